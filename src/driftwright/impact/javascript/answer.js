// What a reader answered, as text that tells apart everything a consumer could tell apart.

const stringify = JSON.stringify;
const isArray = Array.isArray;
const keysOf = Object.keys;
const tagOf = Object.prototype.toString;
const PREVIEW = 200;
const MESSAGE = 500;

/** The type of a value; `NaN` and integers are told from other numbers. */
export function typeOf(value) {
  if (value === null) return "null";
  if (isArray(value)) return "array";
  if (typeof value === "object") return heldBack(value) ?? "object";
  if (typeof value !== "number") return typeof value;
  if (value !== value) return "NaN";
  return Number.isInteger(value) ? "integer" : "number";
}

/** The kind of an object whose values are not there yet, told by its tag, which no document has; undefined for others. */
function heldBack(value) {
  const tag = tagOf.call(value);
  if (tag === "[object Promise]") return "promise";
  return tag.endsWith("Iterator]") || tag.endsWith("Generator]") ? "iterator" : undefined;
}

/** Whether a value is such an object of a page: each reader has classes of its own, so the tag must tell. */
function isPageObject(value, name) {
  return tagOf.call(value) === `[object ${name}]`;
}

/** One answer as a plain record for the host. */
export function describe(value) {
  const shape = new Map();
  const text = written(value, "", shape, new Set());
  const size = sizeOf(value);
  const types = {};
  for (const [path, found] of shape) types[path || "/"] = [...found].sort();
  return {
    kind: value === undefined ? "undefined" : "value",
    type: typeOf(value),
    text,
    preview: text.slice(0, PREVIEW),
    empty: value === null || value === undefined || value === "" || value === 0 || value !== value || size === 0,
    size,
    shape: types,
  };
}

/** What was thrown, as an answer; an exhausted stack is a stop, because its depth is the machine's. */
export function describeThrown(error) {
  return isExhausted(error) ? failed("stopped", "stack") : failed("throws", thrownText(error));
}

function isExhausted(error) {
  try {
    return error instanceof RangeError && error.message === "Maximum call stack size exceeded";
  } catch {
    return false; // what is thrown may throw in its turn, whatever it is asked
  }
}

function failed(kind, text) {
  return { kind, type: "", text, preview: text.slice(0, PREVIEW), empty: false, size: null, shape: {} };
}

function thrownText(error) {
  try {
    if (error instanceof Error) return `${error.name}: ${error.message}`.slice(0, MESSAGE);
    return `thrown ${written(error, "", new Map(), new Set())}`.slice(0, MESSAGE);
  } catch {
    return "an error that cannot be shown";
  }
}

function sizeOf(value) {
  if (value === null || typeof value !== "object") return null;
  if (isArray(value)) return value.length;
  if (value instanceof Map || value instanceof Set) return value.size;
  if (value instanceof Date || isPageObject(value, "URL")) return null;
  if (isPageObject(value, "URLSearchParams")) return value.size;
  return keysOf(value).length;
}

function written(value, path, shape, above) {
  let found = shape.get(path);
  if (found === undefined) shape.set(path, (found = new Set()));
  found.add(typeOf(value));
  if (typeof value === "object" && value !== null) {
    if (above.has(value)) return "<cycle>";
    above.add(value);
    const text = composite(value, path, shape, above);
    above.delete(value);
    return text;
  }
  if (typeof value === "string") return stringify(value);
  if (Object.is(value, -0)) return "-0";
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "function") return `Function(${stringify(String(value.name))})`;
  return String(value);
}

function composite(value, path, shape, above) {
  const item = (inner) => written(inner, `${path}/[]`, shape, above);
  const field = (inner) => written(inner, `${path}/{}`, shape, above);
  if (isArray(value)) return list(value, item);
  if (value instanceof Map) {
    const entries = [];
    for (const [key, inner] of value) entries.push(`${written(key, "", new Map(), above)}=>${field(inner)}`);
    return `Map{${entries.join(",")}}`;
  }
  if (value instanceof Set) return `Set${list([...value], item)}`;
  if (value instanceof Date) return `Date(${Number.isNaN(value.getTime()) ? "invalid" : value.toISOString()})`;
  if (isPageObject(value, "URL") || isPageObject(value, "URLSearchParams")) {
    return `${tagOf.call(value).slice(8, -1)}(${stringify(String(value))})`;
  }
  if (value instanceof RegExp) return `RegExp(${String(value)})`;
  if (value instanceof Error) return `Error(${stringify(thrownText(value))})`;
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    return `${value.constructor.name}[${Array.prototype.join.call(value, ",")}]`;
  }
  const fields = [];
  for (const key of keysOf(value).sort()) fields.push(`${stringify(key)}:${field(value[key])}`);
  return `{${fields.join(",")}}`;
}

function list(values, item) {
  const parts = [];
  for (let index = 0; index < values.length; index += 1) parts.push(index in values ? item(values[index]) : "hole");
  return `[${parts.join(",")}]`;
}
