// Lets calls that only read share one parsed store: parsing a large store costs more than most readers do.
//
// Every object of it holds the proxies of its children, and a proxy only notes a try to change something. Where one was
// noted, the store is dropped and the call runs again on a copy of its own, so that no call sees what another did.

const WORTH_IT = 16_384; // in characters; smaller stores are parsed for each call
const { isArray } = Array;
const { keys: keysOf, defineProperty } = Object;
const parseJson = JSON.parse;

/** Returns `{begin, parse, written}`; `parse(text, name)` gives the shared form of a large text. */
export function sharing() {
  const kept = new Map();
  let written = false;
  const noting = (change) => (...parts) => {
    written = true;
    return change(...parts);
  };
  const guard = {
    // An assignment ends in `defineProperty` too.
    defineProperty: noting(Reflect.defineProperty),
    deleteProperty: noting(Reflect.deleteProperty),
    preventExtensions: noting(Reflect.preventExtensions),
    setPrototypeOf: noting(Reflect.setPrototypeOf),
  };
  return {
    /** Before each call: what a call that was cut off has changed is dropped as well. */
    begin() {
      if (written) kept.clear();
      written = false;
    },
    parse(text, name) {
      if (text.length < WORTH_IT) return parseJson(text);
      const known = kept.get(name);
      if (known?.text === text) return known.value;
      const value = guarded(parseJson(text), guard);
      kept.set(name, { text, value });
      return value;
    },
    /** Whether the call tried to change what it shares. */
    written() {
      return written;
    },
  };
}

function guarded(value, guard) {
  if (value === null || typeof value !== "object") return value;
  if (isArray(value)) {
    for (let index = 0; index < value.length; index += 1) value[index] = guarded(value[index], guard);
  } else {
    for (const key of keysOf(value)) {
      const inner = value[key];
      if (inner === null || typeof inner !== "object") continue;
      if (key !== "__proto__") value[key] = guarded(inner, guard);
      else defineProperty(value, key, { value: guarded(inner, guard) });
    }
  }
  return new Proxy(value, guard);
}
