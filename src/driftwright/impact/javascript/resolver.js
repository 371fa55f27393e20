// Walks the ordered sources of one derived fact and takes the first that can be trusted. It never throws.
// Dependency-free, so that an extension can ship this very file.

/**
 * @param {{sources: Array<{name?: string, level: string, lost?: string, derive?: Function, needs?: Function,
 *          value?: unknown}>, result?: object}} fact  The sources, best first, and what a right result looks like:
 *          `type` (text or list), `minimum`, `maximum`, `minLength`, `enum`, `items: {type}`.
 * @param {object} input  Every store by its name, and every parameter.
 * @returns {{value: unknown, source: string, level: string, lost: string,
 *          tried: Array<{source: string, why: string}>}}  `tried` names the sources passed over, and why.
 */
export function resolve(fact, input) {
  const tried = [];
  for (const source of Array.isArray(fact?.sources) ? fact.sources : []) {
    const name = source?.name ?? source?.level ?? "";
    const { why, value } = attempt(source, fact.result, input);
    if (why === "") return { value, source: name, level: source.level, lost: source.lost ?? "", tried };
    tried.push({ source: name, why });
  }
  return { value: null, source: "", level: "unavailable", lost: "", tried };
}

function attempt(source, result, input) {
  if (typeof source?.derive !== "function") {
    if (source !== null && typeof source === "object" && "value" in source) return { why: "", value: source.value };
    return { why: "it has neither a function nor a value" };
  }
  if (source.needs !== undefined && source.needs !== null) {
    const need = guarded(source.needs, input);
    if (need.why !== "") return { why: `needs ${need.why}` };
    if (need.value !== true) return { why: "needs is not true" };
  }
  const { why, value } = guarded(source.derive, input);
  if (why !== "") return { why };
  try {
    return { why: objection(value, result), value };
  } catch (error) {
    return { why: `cannot be checked: ${shown(error)}` };
  }
}

function guarded(reader, input) {
  try {
    return { why: "", value: reader(input) };
  } catch (error) {
    return { why: `throws ${shown(error)}` };
  }
}

function shown(error) {
  try {
    return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  } catch {
    return "an error that cannot be shown";
  }
}

/** Why `value` is no right result; the empty text when it is one. */
function objection(value, result) {
  if (value === null || value === undefined || Number.isNaN(value)) return `gives ${value}`;
  if (value instanceof Promise) return "gives a promise; sources are synchronous";
  if (result === null || typeof result !== "object") return "";
  const broken = Object.keys(HOLDS).find((rule) => result[rule] !== undefined && !HOLDS[rule](value, result[rule]));
  return broken === undefined ? "" : `violates ${broken}`;
}

// What a result may be asked, in this order; what is asked of another type holds.
const HOLDS = {
  type: isOf,
  minimum: (value, least) => typeof value !== "number" || value >= least,
  maximum: (value, most) => typeof value !== "number" || value <= most,
  minLength: (value, least) => typeof value !== "string" || [...value].length >= least,
  enum: (value, held) => !Array.isArray(held) || held.includes(value),
  items(value, items) {
    if (!Array.isArray(value) || items?.type === undefined) return true;
    for (let index = 0; index < value.length; index += 1) if (!isOf(value[index], items.type)) return false; // nor a hole
    return true;
  },
};

const SPECIAL = { integer: Number.isInteger, number: Number.isFinite };
const typeOf = (value) => (value === null ? "null" : Array.isArray(value) ? "array" : typeof value);

/** Whether a value is of one of some types of JSON Schema. */
export function isOf(value, types) {
  return [].concat(types).some((type) => (Object.hasOwn(SPECIAL, type) ? SPECIAL[type](value) : typeOf(value) === type));
}
