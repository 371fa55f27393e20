// Stores: which entry is, or resembles, which declared store

const bare = (key) => key.slice(key.lastIndexOf("/") + 1);

/** What stands before and behind the placeholder of a store's key, and its name; null where there is none. */
function patternOf(key) {
  const match = /^([^{}]*)\{([^{}]+)\}([^{}]*)$/.exec(key);
  return match && { before: match[1], name: match[2], after: match[3] };
}

/** A store with what every entry is held against: a page may have a hundred thousand of them. */
function prepared(store) {
  const { area, key, rule = NO_RULE } = store;
  const otherKey = area === "indexed-db" ? bare(key) : key;
  const other = { key: otherKey, pattern: patternOf(otherKey) };
  const parts = partsOf(rule).map(([name, below]) => ({ name, fields: namesOf(below) }));
  return { ...store, pattern: patternOf(key), other, names: namesOf(rule), parts };
}

/** How a store's key pattern reads `key`: null when it does not, else the placeholder's name and text. */
function bound(store, key) {
  if (!store.pattern) return store.key === key ? { before: key, after: "" } : null;
  const { before, name, after } = store.pattern;
  if (key.length <= before.length + after.length || !key.startsWith(before) || !key.endsWith(after)) return null;
  return { before, after, name, text: key.slice(before.length, key.length - after.length) };
}

/** Every field name of a value, also inside text that holds JSON; a bounded look. */
function fieldsOf(value) {
  const found = new Set();
  const waiting = [value];
  for (let looked = 0; waiting.length > 0 && looked < LIMIT.nodes; looked++) {
    const next = waiting.pop();
    const seen = typeof next === "string" ? inner(next) : next;
    if (seen === null || typeof seen !== "object") continue;
    if (!Array.isArray(seen)) for (const name of Object.keys(seen)) found.add(name);
    for (const below of Object.values(seen)) waiting.push(below);
  }
  return found;
}

/** What a text holds; `budget` is what may still be unpacked of one capture, in units. */
function parsed(text, budget) {
  if (text.length > LIMIT.units) return { form: "oversize" };
  try {
    const value = JSON.parse(text);
    return { form: typeof value === "string" && inner(value) !== undefined ? "json-in-text" : "json", value };
  } catch {
    return packed(text, budget) ?? { form: "text" };
  }
}

/** The best store among `missing` that the value resembles: three of its names at least, and two in five. */
function resembled(value, missing) {
  if (value === undefined) return null;
  const seen = fieldsOf(value);
  let best = null;
  for (const store of missing) {
    let shared = 0;
    for (const name of store.names) shared += seen.has(name);
    const share = shared / store.names.size;
    if (shared >= 3 && share >= 0.4 && (best === null || share > best.share)) best = { store, share };
  }
  return best && best.store;
}

/** Whether `key` is the store's own key in another area: in a database it stands behind two names. */
const sameKey = (store, entry) =>
  bound(store, entry.key) !== null ||
  ((entry.area === "indexed-db") !== (store.area === "indexed-db") &&
    bound(store.other, bare(entry.key)) !== null);

/** Where the store's whole key stands in a longer one, as where a user's id is put before or behind it; else -1. */
function placeIn(store, key) {
  const wanted = bare(store.key);
  const at = wanted.length < 6 || wanted.includes("{") ? -1 : key.indexOf(wanted);
  const joins = (letter) => letter === undefined || !/[A-Za-z0-9]/.test(letter);
  return at >= 0 && joins(key[at - 1]) && joins(key[at + wanted.length]) ? at : -1;
}

/** The containers that make up a store: its outermost fields with something below, also inside an envelope. */
function partsOf(rule, depth = 0) {
  return Object.entries(rule.fields ?? {}).flatMap(([name, below]) => [
    ...(name.length >= 5 && (below.values || below.items || below.fields) ? [[name, below]] : []),
    ...(depth < 1 ? partsOf(below, depth + 1) : []),
  ]);
}

/** The missing store of which the entry holds a part: one that it names, in its key or above all else it holds. */
function pieceOf(entry, missing) {
  const { value } = entry.parsed;
  if (!isObject(value) && !Array.isArray(value)) return null;
  const above = [value, ...(isObject(value) ? Object.values(value).filter(isObject) : [])];
  const seen = fieldsOf(value);
  for (const store of missing) {
    if (store.key.includes("{")) continue;
    const named = store.parts.some(({ name, fields }) => {
      const alone = bare(entry.key) === name || entry.key.toLowerCase().endsWith(name.toLowerCase());
      const inKey = alone && [...fields].some((field) => seen.has(field));
      return inKey || above.some((object) => own(object, name));
    });
    if (named) return store;
  }
  return null;
}

/** The missing store that an unknown entry is, or is a part of. */
function placedIn(entry, missing) {
  const moved = missing.find((store) => sameKey(store, entry));
  if (moved) return moved;
  const { value } = entry.parsed;
  const kin = (store) => value !== undefined && [...fieldsOf(value)].filter((name) => store.names.has(name)).length >= 2; // prettier-ignore
  const grown = missing.find((store) => placeIn(store, entry.key) >= 0 && kin(store));
  return grown ?? resembled(value, missing) ?? pieceOf(entry, missing);
}

/** Pairs of raw entry and store, over all areas. */
function assigned(policy, areas, budget) {
  const stores = (policy.stores ?? []).map(prepared);
  // An exact key is nearer than a pattern, a long pattern nearer than a short one.
  const near = [...stores].sort((one, two) => one.key.includes("{") - two.key.includes("{") || two.key.length - one.key.length);
  const raw = areas.flatMap((view) => (view.entries ?? []).map(([key, text]) => ({ area: view.area, key, text })));
  const taken = raw.map((entry) => ({ ...entry, store: near.find((s) => s.area === entry.area && bound(s, entry.key)) }));
  const present = new Set(taken.map((entry) => entry.store));
  const missing = near.filter((store) => !present.has(store));
  if (missing.length === 0) return taken.filter((entry) => entry.store);
  const placed = (entry) => {
    if (entry.store) return entry;
    const read = { ...entry, parsed: parsed(entry.text, budget) };
    return { ...read, store: placedIn(read, missing) };
  };
  return taken.map(placed).filter((entry) => entry.store);
}

/** A key of another place: of what is unknown in it no more is said than of any name. */
function shownKey(key, store, tool) {
  const told = (text) => text.replace(/[^/:|@]+/g, (part) => {
    let [from, to] = [0, part.length];
    while (from < to && "_.-".includes(part[from])) from++;
    while (to > from && "_.-".includes(part[to - 1])) to--;
    return part.slice(0, from) + (from < to ? tool.key(part.slice(from, to)) : "") + part.slice(to);
  });
  const at = placeIn(store, key);
  if (at < 0) return tool.key(key);
  const wanted = bare(store.key);
  return told(key.slice(0, at)) + wanted + told(key.slice(at + wanted.length));
}

/** The rule for a value that lies inside or outside the envelope it is declared with. */
function fittedRule(value, rule) {
  const fields = rule.fields;
  if (!fields || !isObject(value)) return rule;
  const shares = (object, one) => isObject(object) && Object.keys(one ?? NO_RULE).some((name) => own(object, name));
  if (shares(value, fields)) return rule;
  const half = Math.max(1, Object.keys(fields).length / 2);
  const within = Object.keys(value).find((name) => {
    const below = typeof value[name] === "string" ? inner(value[name]) : value[name];
    return isObject(below) && Object.keys(fields).filter((field) => own(below, field)).length >= half;
  });
  if (within !== undefined) return { around: within, rule }; // the name around it is still nobody's to say
  return Object.values(fields).find((below) => shares(value, below.fields)) ?? rule;
}

function identity(entry, tool) {
  const match = bound(entry.store, entry.key);
  if (match && match.name === undefined) return { key: entry.key, ids: {} };
  if (match) {
    const id = tool.id(match.text);
    return { key: match.before + id + match.after, ids: put({}, match.name, id) };
  }
  const [, placeholder] = /\{([^{}]+)\}/.exec(entry.store.key) ?? [];
  const inside = entry.key.match(INSIDE) ?? [];
  const ids = placeholder && inside.length === 1 ? put({}, placeholder, tool.id(inside[0])) : {};
  return { key: shownKey(entry.key, entry.store, tool), ids };
}

/** How long a text is, up to the next power of two: the exact length would tell one text from another. */
const sizeOf = (text) => (text === "" ? 0 : 2 ** Math.ceil(Math.log2(text.length)));

function redactedEntry(entry, tool) {
  const base = { ...identity(entry, tool), store: entry.store.name, size: sizeOf(entry.text) };
  const { form, value } = entry.parsed;
  if (value === undefined) return { ...base, form, value: null };
  try {
    return { ...base, form, value: tool.value(value, fittedRule(value, entry.store.rule ?? NO_RULE)) };
  } catch {
    return { ...base, form: "oversize", value: null }; // too deep or too large; a stack that ran out is the same
  }
}

/** The areas as they are shown; `tool` is the policy's redactor, which afterwards knows the times of all of them. */
function redactedAreas(policy, areas, tool) {
  const budget = { units: LIMIT.units };
  const entries = assigned(policy, areas, budget).map((entry) => ({ ...entry, parsed: entry.parsed ?? parsed(entry.text, budget) }));
  for (const { key, store, parsed: held } of entries) {
    tool.learn([bound(store, key)?.text ?? "", held.value ?? null]);
  }
  tool.close();
  const done = entries.map((entry) => ({ area: entry.area, shown: redactedEntry(entry, tool) }));
  return areas.map((view) => {
    const shown = done.filter((entry) => entry.area === view.area).map((entry) => entry.shown).sort(byKey);
    return { area: view.area, entries: shown, others: (view.entries ?? []).length - shown.length, denied: view.denied ?? "" };
  });
}
