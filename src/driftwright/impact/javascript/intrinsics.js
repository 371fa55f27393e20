// Keeps the built-in objects as they were: what a reader changes in them is undone before another one runs.
//
// Everything that code can reach without a name of its own is remembered once: each built-in object with its prototype
// and its properties. Methods are frozen instead, for there are a thousand of them and nobody adds to one. Comparing the
// rest takes a tenth of a millisecond, so it is done between readers, not between the calls of one: what a reader does
// to itself is its own.

const { ownKeys, getOwnPropertyDescriptor, getPrototypeOf, setPrototypeOf, defineProperty, deleteProperty, isExtensible } =
  Reflect;
const { freeze, is } = Object;
const OF_METHODS = new Set(["length", "name"]);

const USED = [
  [Array.prototype, "concat", "every", "filter", "find", "flatMap", "includes", "join", "map", "push", "slice", "some"],
  [Array.prototype, "sort", "toJSON", Symbol.iterator],
  [getPrototypeOf([].values()), "next"],
  [Map.prototype, "get", "has", "set", "entries", Symbol.iterator],
  [getPrototypeOf(new Map().entries()), "next"],
  [Set.prototype, "add", "delete", "has", "values", Symbol.iterator],
  [getPrototypeOf(new Set().values()), "next"],
  [Object, "keys", "entries", "fromEntries", "is", "hasOwn"],
  [Object.prototype, "toJSON", "toString", "valueOf"],
  [String.prototype, "includes", "slice", "toJSON", "toString"],
  [Number, "isInteger", "isNaN"],
  [Number.prototype, "toJSON", "toString"],
  [Date.prototype, "getTime", "toISOString"],
  [JSON, "stringify"],
];

/** Remember all built-in objects, those of `globalThis` under the names `skipped` left out; returns `{isTouched, mend}`. */
export function intrinsics(skipped) {
  const known = [];
  const met = new Set([globalThis]);
  const waiting = [...hidden()];
  for (const name of ownKeys(globalThis)) if (!skipped.has(name)) waiting.push(globalThis[name]);
  while (waiting.length > 0) {
    const object = waiting.pop();
    if (object === null || (typeof object !== "object" && typeof object !== "function") || met.has(object)) continue;
    met.add(object);
    const properties = ownKeys(object).map((key) => [key, getOwnPropertyDescriptor(object, key)]);
    const prototype = getPrototypeOf(object);
    waiting.push(prototype);
    if (isMethod(object, properties)) freeze(object);
    else known.push({ object, prototype, properties, keys: new Set(ownKeys(object)), open: isExtensible(object) });
    for (const [, { value, get, set }] of properties) waiting.push(value, get, set);
  }
  const used = USED.flatMap(([object, ...names]) => names.map((name) => [object, name, object[name]]));
  return {
    /** Whether something is changed that telling an answer takes; much faster than looking at all. */
    isTouched() {
      for (let index = 0; index < used.length; index += 1) {
        const entry = used[index];
        if (entry[0][entry[1]] !== entry[2]) return true;
      }
      return false;
    },
    /** Undo every change; false when one cannot be undone. */
    mend() {
      let done = true;
      for (let index = 0; index < known.length; index += 1) done = isMended(known[index]) && done;
      return done;
    },
  };
}

function isMethod(object, properties) {
  return typeof object === "function" && properties.every(([key]) => OF_METHODS.has(key));
}

/** The built-in objects that no name leads to. */
function hidden() {
  const kinds = [function* () {}, async function () {}, async function* () {}];
  const iterators = [[].values(), new Map().values(), new Set().values(), ""[Symbol.iterator](), "".matchAll(/x/g)];
  return [...kinds, ...iterators].map(getPrototypeOf);
}

function isMended(held) {
  const { object, prototype, properties, keys, open } = held;
  let done = getPrototypeOf(object) === prototype || setPrototypeOf(object, prototype);
  for (let index = 0; index < properties.length; index += 1) {
    const key = properties[index][0];
    const property = properties[index][1];
    const now = getOwnPropertyDescriptor(object, key);
    if (now === undefined || !is(now.value, property.value) || now.get !== property.get || now.set !== property.set) {
      done = defineProperty(object, key, property) && done;
    }
  }
  const present = ownKeys(object);
  if (present.length !== properties.length) {
    for (const key of present) if (!keys.has(key)) done = deleteProperty(object, key) && done;
  }
  return done && isExtensible(object) === open;
}
