// Lets calls that only read share one parsed store: parsing a large store costs more than most readers do.
//
// Such a store is frozen, and reading code is strict: whoever tries to change it throws. A call that throws runs again on
// a copy of its own, so that no call sees what another did, and none is judged by what only freezing did to it. Code that
// could swallow such an error, or could see that a store is frozen, is given the store behind proxies instead, which note
// a try to change something and let it pass; where one was noted, the call runs again as well and the store is dropped.

const WORTH_IT = 16_384; // in characters; smaller stores are not worth their proxies
const { isArray } = Array;
const { keys: keysOf, defineProperty, freeze } = Object;
const MOST = 16_000_000; // characters of frozen stores that are kept
const parseJson = JSON.parse;
// To swallow an error takes `try` or a promise.
const SEES_FROZEN =
  /\btry\s*\{|\b(async|Promise|Reflect|Proxy|eval|Function|constructor|is(Frozen|Sealed|Extensible)|getOwnPropertyDescriptors?|__\w+__)\b/;

/** Whether code could tell a frozen store from another without throwing. */
export function seesFrozen(source) {
  return SEES_FROZEN.test(source.replace('{"__proto__": null, ', "{")); // every program returns its exports so
}

/** Returns `{begin, frozen, noting, written}`; `frozen` and `noting` give the shared form of a text. */
export function sharing() {
  const kept = new Map();
  const solid = new Map();
  let room = MOST;
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
    frozen(text) {
      const known = solid.get(text);
      if (known !== undefined) return known;
      room -= text.length;
      if (room < 0) {
        solid.clear(); // before the new one is parsed: there may not be room for both
        room = MOST - text.length;
      }
      const value = frozen(parseJson(text));
      solid.set(text, value);
      return value;
    },
    noting(text, name) {
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

function frozen(value) {
  if (value === null || typeof value !== "object") return value;
  if (isArray(value)) for (let index = 0; index < value.length; index += 1) frozen(value[index]);
  else for (const key of keysOf(value)) frozen(value[key]);
  return freeze(value);
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
