// Stores: which entry is, or resembles, which declared store

/** How a store's key pattern reads `key`: null when it does not, else the placeholder's name and text. */
function bound(store, key) {
  const pattern = /^([^{}]*)\{([^{}]+)\}([^{}]*)$/.exec(store.key);
  if (!pattern) return store.key === key ? { before: key, after: "" } : null;
  const [, before, name, after] = pattern;
  if (key.length <= before.length + after.length || !key.startsWith(before) || !key.endsWith(after)) return null;
  return { before, after, name, text: key.slice(before.length, key.length - after.length) };
}

function namesOf(rule, found = new Set()) {
  for (const [name, below] of Object.entries(rule.fields ?? {})) namesOf(below, found.add(name));
  for (const below of [rule.values, rule.items]) if (below) namesOf(below, found);
  return found;
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

function parsed(text) {
  if (text.length > LIMIT.units) return { form: "oversize" };
  try {
    const value = JSON.parse(text);
    return { form: typeof value === "string" && inner(value) !== undefined ? "json-in-text" : "json", value };
  } catch {
    return { form: "text" };
  }
}

/** The best store among `missing` that the value resembles: three of its names at least, and two in five. */
function resembled(value, missing) {
  if (value === undefined) return null;
  const seen = fieldsOf(value);
  let best = null;
  for (const store of missing) {
    const wanted = [...namesOf(store.rule ?? NO_RULE)];
    const shared = wanted.filter((name) => seen.has(name)).length;
    const share = shared / wanted.length;
    if (shared >= 3 && share >= 0.4 && (best === null || share > best.share)) best = { store, share };
  }
  return best && best.store;
}

/** Pairs of raw entry and store, over all areas. */
function assigned(policy, areas) {
  const stores = policy.stores ?? [];
  // An exact key is nearer than a pattern, a long pattern nearer than a short one.
  const near = [...stores].sort((one, two) => one.key.includes("{") - two.key.includes("{") || two.key.length - one.key.length);
  const raw = areas.flatMap((view) => (view.entries ?? []).map(([key, text]) => ({ area: view.area, key, text })));
  const taken = raw.map((entry) => ({ ...entry, store: near.find((s) => s.area === entry.area && bound(s, entry.key)) }));
  const present = new Set(taken.map((entry) => entry.store));
  const missing = near.filter((store) => !present.has(store));
  if (missing.length === 0) return taken.filter((entry) => entry.store);
  const placed = (entry) => {
    if (entry.store) return entry;
    const moved = missing.find((store) => bound(store, entry.key)); // the same key in another area
    return { ...entry, store: moved ?? resembled(parsed(entry.text).value, missing) };
  };
  return taken.map(placed).filter((entry) => entry.store);
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
  return { key: tool.key(entry.key), ids };
}

function redactedEntry(entry, tool) {
  const base = { ...identity(entry, tool), store: entry.store.name, size: entry.text.length };
  const { form, value } = entry.parsed;
  if (value === undefined) return { ...base, form, value: null };
  try {
    return { ...base, form, value: tool.value(value, entry.store.rule ?? NO_RULE) };
  } catch {
    return { ...base, form: "oversize", value: null }; // too deep or too large; a stack that ran out is the same
  }
}

const byKey = (one, two) => (one.key < two.key ? -1 : Number(one.key > two.key));

function redactedAreas(policy, areas) {
  const tool = redactor(policy);
  const entries = assigned(policy, areas).map((entry) => ({ ...entry, parsed: parsed(entry.text) }));
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
