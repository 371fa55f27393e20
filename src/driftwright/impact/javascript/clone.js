// Copies a value as `structuredClone` does: what a page may hand to another page, and a cycle as a cycle.

const { isArray } = Array;
const { keys: keysOf, getPrototypeOf, defineProperty } = Object;
const tagOf = Object.prototype.toString;
const { isView } = ArrayBuffer;
// The sandbox gives readers another constructor of dates.
const RealDate = Date;
const PRIMITIVES = [Boolean, Number, String, BigInt];
const ERRORS = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];
// Objects with an inner life that no other page could take over.
const BOUND =
  /^\[object (?:Promise|Weak\w+|FinalizationRegistry|Symbol|URL|URLSearchParams|Text(?:En|De)coder|.*(?:Iterator|Generator))\]$/;

/** A deep copy of `value`; `refuse` is called with the name of what cannot be copied, and throws. */
export function cloned(value, refuse) {
  const done = new Map();
  return copied(value);

  function copied(from) {
    if (typeof from === "function" || typeof from === "symbol") refuse(String(from));
    if (from === null || typeof from !== "object") return from;
    if (done.has(from)) return done.get(from);
    if (isArray(from)) return withKeys(from, new Array(from.length));
    const kind = getPrototypeOf(from);
    return kind === Object.prototype || kind === null ? withKeys(from, {}) : special(from);
  }

  function keep(from, copy) {
    done.set(from, copy);
    return copy;
  }

  function withKeys(from, copy) {
    keep(from, copy);
    for (const key of keysOf(from)) {
      const value = copied(from[key]);
      if (key !== "__proto__") copy[key] = value;
      else defineProperty(copy, key, { value, writable: true, enumerable: true, configurable: true });
    }
    return copy;
  }

  function special(from) {
    if (from instanceof RealDate) return keep(from, new RealDate(from.getTime()));
    if (from instanceof RegExp) return keep(from, new RegExp(from.source, from.flags));
    if (from instanceof Map) {
      const copy = keep(from, new Map());
      for (const [key, value] of [...from]) copy.set(copied(key), copied(value));
      return copy;
    }
    if (from instanceof Set) {
      const copy = keep(from, new Set());
      for (const value of [...from]) copy.add(copied(value));
      return copy;
    }
    if (from instanceof Error) return error(from);
    if (from instanceof ArrayBuffer) return keep(from, from.slice(0));
    if (isView(from)) return view(from);
    if (PRIMITIVES.some((Primitive) => from instanceof Primitive)) return keep(from, Object(from.valueOf()));
    const tag = tagOf.call(from);
    if (BOUND.test(tag)) refuse(`#<${tag.slice(8, -1)}>`);
    return withKeys(from, {});
  }

  function error(from) {
    const Kind = ERRORS.find(({ name }) => name === from.name) ?? Error;
    const copy = keep(from, new Kind(from.message));
    defineProperty(copy, "stack", { value: String(from.stack), writable: true, configurable: true });
    const cause = (value) => defineProperty(copy, "cause", { value, writable: true, configurable: true });
    if ("cause" in from) cause(copied(from.cause));
    return copy;
  }

  function view(from) {
    const buffer = copied(from.buffer); // views of one buffer share its copy
    const Kind = globalThis[from[Symbol.toStringTag]];
    return keep(from, new Kind(buffer, from.byteOffset, from.length ?? from.byteLength));
  }
}
