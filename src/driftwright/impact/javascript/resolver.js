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
    const [why, value] = attempt(source, fact.result, input);
    if (!why) return { value, source: name, level: source.level, lost: source.lost ?? "", tried };
    tried.push({ source: name, why });
  }
  return { value: null, source: "", level: "unavailable", lost: "", tried };
}

// Here and below an answer is `[why, value]`: why there is none, the empty text when there is one, and the value.

function attempt(source, result, input) {
  const { derive, needs } = source ?? {};
  if (typeof derive !== "function") return isOf(source, "object") && "value" in source ? ["", source.value] : ["it has neither a function nor a value"];
  if (needs !== undefined && needs !== null) {
    const [why, held] = guarded(() => needs(input), "needs throws ");
    if (why || held !== true) return [why || "needs is not true"];
  }
  const [why, value] = guarded(() => derive(input), "throws ");
  if (why) return [why];
  const [broken, against] = guarded(() => objection(value, result), "cannot be checked: ");
  return [broken || against, value];
}

function guarded(asked, failing) {
  try {
    return ["", asked()];
  } catch (error) {
    try {
      return [failing + (error instanceof Error ? `${error.name}: ${error.message}` : String(error))];
    } catch {
      return [`${failing}an error that cannot be shown`];
    }
  }
}

/** Why `value` is no right result; the empty text when it is one. */
function objection(value, result) {
  if (value === null || value === undefined || Number.isNaN(value)) return `gives ${value}`;
  if (value instanceof Promise) return "gives a promise; sources are synchronous";
  const broken = Object.keys(HOLDS).find((rule) => result?.[rule] !== undefined && !HOLDS[rule](value, result[rule]));
  return broken ? `violates ${broken}` : "";
}

// What a result may be asked, in this order; what is asked of another type holds. A hole in a list is no item.
const HOLDS = {
  type: isOf,
  minimum: (value, least) => typeof value !== "number" || value >= least,
  maximum: (value, most) => typeof value !== "number" || value <= most,
  minLength: (value, least) => typeof value !== "string" || [...value].length >= least,
  enum: (value, held) => !Array.isArray(held) || held.includes(value),
  items: (value, items) => !Array.isArray(value) || items?.type === undefined || [...value].every((item) => isOf(item, items.type)),
};

/** Whether a value is of one of some types of JSON Schema. */
export function isOf(value, types) {
  const own = value === null ? "null" : Array.isArray(value) ? "array" : typeof value;
  return [].concat(types).some((type) => (type === own ? own !== "number" || Number.isFinite(value) : type === "integer" && Number.isInteger(value)));
}
