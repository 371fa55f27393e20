// Makes the world of a reader the same on every run: one clock, one sequence of random numbers, no timers, and no
// trace of the readers that ran before.

const SEED = 0x9e3779b9;
const WATCHED = [Object, Array, String, Number, Boolean, Function, Map, Set, Promise, Date, RegExp, Error, JSON, Math];
const CLOCKS = [globalThis.Temporal?.Now, Intl, Intl.DateTimeFormat].filter((builtin) => builtin !== undefined);
const keysOf = Reflect.ownKeys;

/** Prepare `globalThis` with `pinClocks`; `names` and `make` are what every page has; returns `{renew, setNow, stained}`. */
export function sandbox(names, make, pinClocks) {
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
  pinClocks(() => now);
  globalThis.console = silentConsole();
  const original = new Map(keysOf(globalThis).map((key) => [key, globalThis[key]]));
  const watched = [...WATCHED, ...CLOCKS];
  const counts = watched.map(count);
  const page = onDemand(names, make);
  return {
    /** Forget what the last reader left behind in the global scope. */
    renew() {
      seed = SEED;
      for (const key of keysOf(globalThis)) {
        if (!original.has(key) && !page.has(key)) Reflect.deleteProperty(globalThis, key);
      }
      for (const [key, value] of original) if (!Object.is(globalThis[key], value)) Reflect.set(globalThis, key, value);
      page.renew();
    },
    setNow(milliseconds) {
      now = milliseconds;
    },
    /** Whether a reader has added to or taken from the built-in objects, which cannot be undone. */
    stained() {
      return page.isStained() || watched.some((builtin, index) => count(builtin) !== counts[index]);
    },
  };
}

/** Globals that are made when a reader first asks for one: few do, and what one does to them is its own. */
function onDemand(names, make) {
  let made = null;
  let stays = false;
  const lazy = new Map(names.map((name) => [name, asked(name)]));
  return {
    has: (name) => lazy.has(name),
    /** Forget what was made, and whatever was put in its place. */
    renew() {
      made = null;
      for (const [name, property] of lazy) {
        const isDone = Reflect.defineProperty(globalThis, name, property);
        stays ||= !isDone;
      }
    },
    /** Whether a reader has put something in their place that cannot be taken away. */
    isStained: () => stays,
  };

  function asked(name) {
    const settle = (value) => {
      Reflect.defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
      return value;
    };
    return {
      get: () => settle((made ??= make())[name]),
      set: (value) => void settle(value),
      enumerable: false,
      configurable: true,
    };
  }
}

function count(builtin) {
  return keysOf(builtin).length + (builtin.prototype ? keysOf(builtin.prototype).length : 0);
}

function silentConsole() {
  const names = ["assert", "count", "debug", "dir", "error", "group", "groupCollapsed", "groupEnd", "info", "log"];
  const silent = {};
  for (const name of [...names, "table", "time", "timeEnd", "timeLog", "trace", "warn"]) silent[name] = () => {};
  return silent;
}
