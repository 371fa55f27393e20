// Folds what lies in storage areas into shapes: paths, types, forms and counts, and no value

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

/** What maps' records, `below` being the node of the maps' values, repeat of their key, by field; under "*" their number. */
function keyedBy(maps, below) {
  const hits = {};
  const look = (key, value, node) => {
    if (Array.isArray(value)) for (const item of value) look(key, item, node?.l);
    else if (isObject(value) && node?.p) {
      tally(hits, "*");
      for (const [name, part] of Object.entries(value)) if (part === key) tally(hits, name);
    }
  };
  for (const map of maps) for (const [key, value] of Object.entries(map)) look(key, value, below);
  return hits;
}

// A position without anything below it is a number: 1 where its values are to be masked.
const hides = (rule) => rule === 1 || rule.redact === "mask";

function folder(said, deepest) {
  const nameOf = (name, rule) => (own(rule.fields ?? {}, name) || said(name) ? name : `x_${keyForm(name)}`);
  const fold = (column, rule, depth) => {
    const node = {};
    for (const value of column) {
      if (typeof value === "string") tally((node.s ??= {}), textForm(value));
      else tally(node, LETTER[typeOf(value)]);
    }
    const flags = hides(rule) ? 0 : column.filter((value) => value === true).length;
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
    if (rule.values !== undefined || (!rule.fields && names.length > 0 && unsaid === names.length)) {
      node.k = {};
      for (const name of names) tally(node.k, keyForm(name));
      node.v = fold(objects.flatMap(Object.values), rule.values ?? NO_RULE, depth + 1);
      node.q = keyedBy(objects, node.v);
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

const WORDS = /[A-Z]+(?![a-z])|[A-Z]?[a-z]+/g;

/** Whether a name may be said: when every word of it is one of the stores' own names or keys, or of no one's. */
function saidBy(stores) {
  const names = stores.flatMap((store) => [...namesOf(store.rule), ...(store.names ?? "").split(" ")]);
  const words = [...names, ...stores.map((store) => store.key)].flatMap((name) => name.match(WORDS) ?? []);
  return vocabulary(words, names);
}

function valueOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no JSON
  }
}

/** What a pattern's placeholder stands for in a key; undefined where the key is no such key. */
function boundBy(pattern, key) {
  const [before, after] = pattern.split(/\{[^{}]+\}/);
  if (after === undefined) return key === pattern ? "" : undefined;
  const fits = key.length > before.length + after.length && key.startsWith(before) && key.endsWith(after);
  return fits ? key.slice(before.length, key.length - after.length) : undefined;
}

/** The stores of an area that are where they should be, and the whole keys of those that lie there and should not. */
function sorted({ area, entries, denied }, stores) {
  const here = [];
  const strays = [];
  const known = new Set();
  for (const { name, area: home, key, rule } of stores) {
    const found = entries.filter(([held]) => boundBy(key, held) !== undefined);
    const isPattern = key.includes("{");
    const stray = (part) => strays.push({ key: part, ids: {}, store: name, size: 0, form: "text", value: null });
    for (const entry of found) known.add(entry);
    if (home !== area) {
      if (found.length > 0 && !isPattern) stray(key);
      continue;
    }
    const values = found.map(([held, text]) => [boundBy(key, held), text.length > LIMIT.units ? undefined : valueOf(text)]);
    const whole = values.filter(([, value]) => value !== undefined);
    if (whole.length === 0) {
      if (found.length > 0) stray(key.replace(/\{[^{}]+\}/, ""));
    } else if (isPattern) {
      const all = {};
      for (const [id, value] of whole) put(all, id, value);
      here.push({ name, value: all, rule: { values: rule }, deepest: DEEPEST });
    } else here.push({ name, value: whole[0][1], rule, deepest: DEEPEST });
  }
  return { area, others: entries.length - known.size, denied: denied ?? "", here, entries: strays };
}

/** The areas with the shapes of the stores that lie there; `stores` are `{name, area, key, rule}`, the foremost first. */
function shapesOf(stores, areas) {
  const said = saidBy(stores);
  const views = areas.map((view) => sorted(view, stores));
  const all = views.flatMap((view) => view.here);
  const order = stores.map((store) => store.name);
  const shape = (store) => {
    store.node = folder(said, store.deepest)([store.value], store.rule, 0);
  };
  all.forEach(shape);
  const told = () =>
    views.map(({ area, others, denied, here, entries }) => ({
      area, others, entries, ...(denied ? { denied } : {}), shapes: Object.fromEntries(here.map((store) => [store.name, store.node])),
    }));
  // The last give way first, as they are listed: what is cut off is marked, and taken for not seen.
  for (const store of [...all].sort((one, two) => order.indexOf(two.name) - order.indexOf(one.name))) {
    while (store.deepest > 0 && JSON.stringify(told()).length > MOST) {
      store.deepest -= 1;
      shape(store);
    }
  }
  return told();
}
