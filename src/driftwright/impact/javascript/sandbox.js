// Makes the world of a reader the same on every run: one clock, one sequence of random numbers, no timers, and no
// trace of the readers that ran before.

const SEED = 0x9e3779b9;
const WATCHED = [Object, Array, String, Number, Boolean, Function, Map, Set, Promise, Date, RegExp, Error, JSON, Math];
const keysOf = Reflect.ownKeys;

/** Prepare `globalThis`; returns `{renew, setNow, stained}`. */
export function sandbox() {
  let seed = SEED;
  let now = 0;
  for (const name of ["setTimeout", "clearTimeout", "SharedArrayBuffer", "Atomics", "WebAssembly"]) {
    globalThis[name] = undefined; // what the host defined cannot be deleted
  }
  Math.random = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  globalThis.Date = fixedDate(() => now);
  globalThis.console = silentConsole();
  globalThis.structuredClone = (value) => cloned(value, new Map());
  const original = new Map(keysOf(globalThis).map((key) => [key, globalThis[key]]));
  const counts = WATCHED.map(count);
  return {
    /** Forget what the last reader left behind in the global scope. */
    renew() {
      seed = SEED;
      for (const key of keysOf(globalThis)) if (!original.has(key)) Reflect.deleteProperty(globalThis, key);
      for (const [key, value] of original) if (!Object.is(globalThis[key], value)) Reflect.set(globalThis, key, value);
    },
    setNow(milliseconds) {
      now = milliseconds;
    },
    /** Whether a reader has added to or taken from the built-in objects, which cannot be undone. */
    stained() {
      return WATCHED.some((builtin, index) => count(builtin) !== counts[index]);
    },
  };
}

function count(builtin) {
  return keysOf(builtin).length + (builtin.prototype ? keysOf(builtin.prototype).length : 0);
}

function fixedDate(now) {
  const Real = Date;
  function FixedDate(...parts) {
    if (new.target === undefined) return new Real(now()).toString();
    return Reflect.construct(Real, parts.length > 0 ? parts : [now()], new.target);
  }
  Object.defineProperties(FixedDate, {
    name: { value: "Date" },
    length: { value: 7 },
    prototype: { value: Real.prototype, writable: false },
  });
  FixedDate.now = () => now();
  FixedDate.parse = Real.parse;
  FixedDate.UTC = Real.UTC;
  Real.prototype.constructor = FixedDate;
  return FixedDate;
}

function silentConsole() {
  const names = ["assert", "count", "debug", "dir", "error", "group", "groupCollapsed", "groupEnd", "info", "log"];
  const silent = {};
  for (const name of [...names, "table", "time", "timeEnd", "timeLog", "trace", "warn"]) silent[name] = () => {};
  return silent;
}

function cloned(value, done) {
  if (typeof value === "function" || typeof value === "symbol") throw new Error("DataCloneError");
  if (value === null || typeof value !== "object") return value;
  if (done.has(value)) return done.get(value);
  const keep = (copy) => (done.set(value, copy), copy);
  if (value instanceof Date) return keep(new Date(value.getTime()));
  if (value instanceof RegExp) return keep(new RegExp(value.source, value.flags));
  if (value instanceof Map) {
    const copy = keep(new Map());
    for (const [key, inner] of value) copy.set(cloned(key, done), cloned(inner, done));
    return copy;
  }
  if (value instanceof Set) {
    const copy = keep(new Set());
    for (const inner of value) copy.add(cloned(inner, done));
    return copy;
  }
  const copy = keep(Array.isArray(value) ? new Array(value.length) : {});
  for (const key of Object.keys(value)) copy[key] = cloned(value[key], done);
  return copy;
}
