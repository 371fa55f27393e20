// Hides the pseudonyms of a page's answer once more, under a key that no page ever gets

const MARKED = new RegExp(`${BEGINS}(${SHORT_MARK}?)([^${BEGINS}${ENDS}]*)${ENDS}`, "g");
const MARKED_NUMBER = new RegExp(`^${BEGINS}([#~])(-?[0-9][0-9.e+-]*)${ENDS}$`);
const SHORT_NAME = /^[A-Za-z][A-Za-z0-9_$]?$/;
const DEEPEST = 2 * LIMIT.depth; // no answer of ours is so deep

function rekeyer(policy) {
  const names = pseudonyms(keyed(policy.salt));
  const spoken = vocabularyOf(policy);
  const number = (kind, written) => {
    const made = Number(written);
    if (kind === NUMBER_MARK.pseudonym && Number.isSafeInteger(made)) return names.ofNumber(made);
    return maskedNumber(made, (figures) => names.mantissa(figures[0]));
  };
  const anew = (_, kind, made) => (kind && SHORT_NAME.test(made) ? names.short(made, spoken) : names.of(made));
  const text = (held) => (held.includes(BEGINS) ? held.replace(MARKED, anew) : held);
  const string = (held, depth) => {
    if (!held.includes(BEGINS)) return held;
    const found = MARKED_NUMBER.exec(held);
    if (found && Number.isFinite(Number(found[2]))) return number(found[1], found[2]);
    const parsed = inner(held);
    return parsed === undefined ? text(held) : asText(value(parsed, depth + 1), held);
  };
  const object = (held, depth) => {
    const made = {};
    let counts;
    for (const name of Object.keys(held)) {
      let shown = text(name);
      if (own(made, shown)) shown = freeName(made, shown, (counts ??= new Map()));
      put(made, shown, value(held[name], depth + 1));
    }
    return made;
  };
  const value = (held, depth = 0) => {
    if (depth > DEEPEST) throw OVERSIZE;
    if (typeof held === "string") return string(held, depth);
    if (held === null || typeof held !== "object") return held;
    return Array.isArray(held) ? held.map((item) => value(item, depth + 1)) : object(held, depth);
  };
  // Ids and parameters are whole texts, which are never taken apart, and never numbers.
  const texts = (held) => Object.keys(held).reduce((made, name) => put(made, name, text(held[name])), {});
  return { text, texts, value };
}

return (policyText, answerText) => {
  const tool = rekeyer(JSON.parse(policyText));
  const answer = JSON.parse(answerText);
  const entry = (held) => ({ ...held, key: tool.text(held.key), ids: tool.texts(held.ids), value: tool.value(held.value) });
  const areas = answer.areas.map((view) => ({ ...view, entries: view.entries.map(entry).sort(byKey) }));
  const bindings = (answer.bindings ?? []).map(tool.texts);
  return JSON.stringify({ ...answer, areas, bindings });
};
