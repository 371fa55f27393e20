// Folds what the redactor answers into shapes: paths, types, forms and counts, and no value

const LETTER = { null: "n", boolean: "b", integer: "i", number: "f", array: "a", object: "o" }; // a text is told by its form
const MOST = 3300; // characters for the areas, so that the whole stays below 4 KB
const DEEPEST = 12;

const typeOf = (value) => {
  if (value === null) return "null";
  if (Array.isArray(value)) return "array";
  return Number.isInteger(value) ? "integer" : typeof value;
};
const tally = (counts, name) => put(counts, name, (own(counts, name) ? counts[name] : 0) + 1);

function textForm(text) {
  if (text === "") return "empty";
  if (text === "true" || text === "false") return "boolean";
  const form = formOf(text);
  if (form !== "time") return form;
  const [, , , , joint, , , , , zone] = TIME.exec(text);
  return !joint ? "date" : !zone ? "time-local" : zone === "Z" ? "time-utc" : "time-offset";
}

function keyForm(key) {
  const form = formOf(key);
  if (["uuid", "digits", "hex", "token", "word"].includes(form)) return form === "token" && (key.match(/[0-9]/g) ?? []).length < 4 && WORD.test(key) ? "word" : form;
  return endsWithId(key) ? "prefixed" : key.includes("/") ? "path" : "text";
}

/** What maps' records repeat of their own key, as counts by field; under "*" how many were looked at. */
function keyedBy(maps) {
  const hits = {};
  for (const map of maps) {
    for (const [key, value] of Object.entries(map)) {
      const record = (Array.isArray(value) ? value : [value]).find(isObject);
      if (!record || hits["*"] >= 64) continue;
      tally(hits, "*");
      for (const [name, part] of Object.entries(record)) if (part === key) tally(hits, name);
    }
  }
  return hits;
}

function folder(said, deepest) {
  const nameOf = (name, rule) => (own(rule.fields ?? {}, name) || said(name) ? name : `x_${keyForm(name)}`);
  const fold = (column, rule, depth) => {
    const node = {};
    for (const value of column) {
      if (typeof value === "string") tally((node.s ??= {}), textForm(value));
      else tally(node, LETTER[typeOf(value)]);
    }
    const flags = column.filter((value) => value === true).length;
    if (flags) node.y = flags;
    const lists = column.filter(Array.isArray);
    const objects = column.filter(isObject);
    const empty = [...lists, ...objects].filter((value) => Object.keys(value).length === 0).length;
    if (empty) node.e = empty;
    if (depth >= deepest) {
      if (lists.length + objects.length > empty) node.c = 1;
      return node;
    }
    if (lists.length) node.l = fold(lists.flat(), rule.items ?? NO_RULE, depth + 1);
    if (objects.length) held(node, objects, rule, depth);
    return node;
  };
  const held = (node, objects, rule, depth) => {
    const names = objects.flatMap(Object.keys);
    const unsaid = names.filter((name) => !said(name) && !own(rule.fields ?? {}, name)).length;
    if (rule.values || (!rule.fields && names.length > 0 && unsaid === names.length)) {
      node.k = {};
      for (const name of names) tally(node.k, keyForm(name));
      node.v = fold(objects.flatMap(Object.values), rule.values ?? NO_RULE, depth + 1);
      node.q = keyedBy(objects);
      for (const name of Object.keys(node.q)) if (name !== "*" && !said(name)) delete node.q[name];
      return;
    }
    const columns = {};
    for (const object of objects) {
      for (const [name, value] of Object.entries(object)) {
        const shown = nameOf(name, rule);
        if (!own(columns, shown)) put(columns, shown, []);
        columns[shown].push(value);
      }
    }
    node.p = {};
    for (const name of Object.keys(columns)) {
      put(node.p, name, fold(columns[name], own(rule.fields ?? {}, name) ? rule.fields[name] : NO_RULE, depth + 1));
    }
  };
  return fold;
}

/** The values of each store that is where it should be, as columns, and the entries of what is elsewhere. */
function sorted(view, policy) {
  const stores = policy.stores.filter((store) => store.area === view.area);
  const isHere = (entry, store) =>
    entry.store === store.name && entry.form === "json" && (store.key.includes("{") ? Object.keys(entry.ids).length > 0 : entry.key === store.key);
  const here = stores.flatMap((store) => {
    const found = view.entries.filter((entry) => isHere(entry, store));
    if (found.length === 0) return [];
    const rule = store.rule ?? NO_RULE;
    if (!store.key.includes("{")) return [{ name: store.name, value: found[0].value, rule, deepest: DEEPEST }];
    const all = {};
    for (const entry of found) put(all, Object.values(entry.ids)[0], entry.value);
    return [{ name: store.name, value: all, rule: { values: rule }, deepest: DEEPEST }];
  });
  const elsewhere = view.entries.filter((entry) => !stores.some((store) => isHere(entry, store)));
  const entries = elsewhere.map((entry) => ({ ...entry, size: 0, value: null, form: entry.form === "json" ? "text" : entry.form }));
  return { area: view.area, others: view.others, denied: view.denied, here, entries };
}

return (policyText, answerText) => {
  const policy = JSON.parse(policyText);
  const said = vocabularyOf(policy);
  const views = JSON.parse(answerText).areas.map((view) => sorted(view, policy));
  const all = views.flatMap((view) => view.here);
  const order = policy.stores.map((store) => store.name);
  const shape = (store) => {
    store.node = folder(said, store.deepest)([store.value], store.rule, 0);
  };
  all.forEach(shape);
  const told = () =>
    views.map(({ area, others, denied, here, entries }) => ({
      area, others, entries, ...(denied ? { denied } : {}), shapes: Object.fromEntries(here.map((store) => [store.name, store.node])),
    }));
  // The last give way first, as the target lists them: what is cut off is marked, and taken for not seen.
  for (const store of [...all].sort((one, two) => order.indexOf(two.name) - order.indexOf(one.name))) {
    while (store.deepest > 0 && JSON.stringify(told()).length > MOST) {
      store.deepest -= 1;
      shape(store);
    }
  }
  return told();
};
