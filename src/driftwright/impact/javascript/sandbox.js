// Makes the world of a reader the same on every run: one clock, one sequence of random numbers, timers that wait for
// nothing, and no trace of the readers that ran before.

const SEED = 0x9e3779b9;
const { ownKeys: keysOf, getOwnPropertyDescriptor: describe, isExtensible: isOpen } = Reflect;

/**
 * Prepare `globalThis`; `names` and `make` are what every page has, `pinClocks` and `intrinsics` keep the clocks and the
 * built-in objects as they are; returns `{renew, setSeed, setNow, runNextTimer, settle, mend}`.
 */
export function sandbox(names, make, { pinClocks, intrinsics, timers }) {
  let first = SEED;
  let seed = SEED;
  let loaded = 0;
  let now = 0;
  const later = timers({ now: () => now, advance: (time) => void (now = Math.max(now, time)) });
  for (const name of ["SharedArrayBuffer", "Atomics", "WebAssembly"]) {
    globalThis[name] = undefined; // what the host defined cannot be deleted
  }
  const random = () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let mixed = Math.imul(seed ^ (seed >>> 15), seed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  Math.random = random;
  Object.assign(globalThis, later.functions);
  globalThis.crypto = randomness(random);
  pinClocks(() => now, () => loaded);
  globalThis.console = silentConsole();
  const original = new Map(keysOf(globalThis).map((key) => [key, globalThis[key]]));
  const globals = [...original];
  const { is } = Object;
  const { set } = Reflect;
  const restore = () => {
    for (let index = 0; index < globals.length; index += 1) {
      const held = globals[index];
      if (!is(globalThis[held[0]], held[1])) set(globalThis, held[0], held[1]);
    }
  };
  /** Whether the global scope is what it was, but for what `renew` can take away. */
  const isWhole = () => {
    restore();
    for (let index = 0; index < globals.length; index += 1) {
      const now = describe(globalThis, globals[index][0]);
      if (now === undefined || !("value" in now) || !is(now.value, globals[index][1])) return false;
    }
    const keys = keysOf(globalThis);
    for (let index = 0; index < keys.length; index += 1) {
      if (!original.has(keys[index]) && !describe(globalThis, keys[index]).configurable) return false;
    }
    return isOpen(globalThis);
  };
  const page = onDemand(names, make);
  const builtin = intrinsics(new Set(names));
  return {
    /** Forget what the last reader left behind in the global scope. */
    renew() {
      seed = first;
      later.forget();
      for (const key of keysOf(globalThis)) {
        if (!original.has(key) && !page.has(key)) Reflect.deleteProperty(globalThis, key);
      }
      restore();
      page.renew();
    },
    /** Begin the random numbers of each reader elsewhere. */
    setSeed(number) {
      first = (SEED + number) | 0;
    },
    setNow(milliseconds) {
      now = milliseconds;
      loaded = milliseconds;
    },
    runNextTimer: later.runNext,
    /** Undo what would change how an answer is told. */
    settle() {
      if (builtin.isTouched()) builtin.mend();
      restore();
    },
    /** Undo what a reader did to the built-in objects and the global scope; false when that cannot be undone. */
    mend() {
      return builtin.mend() && !page.isStained() && isWhole();
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

/** The random numbers of a page: as few as those of `Math.random` are they secret here. */
function randomness(random) {
  const byte = () => Math.floor(random() * 256);
  const hex = (count) => Array.from({ length: count }, () => byte().toString(16).padStart(2, "0")).join("");
  return {
    getRandomValues(view) {
      const bytes = new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
      for (let index = 0; index < bytes.length; index += 1) bytes[index] = byte();
      return view;
    },
    randomUUID() {
      const variant = "89ab"[byte() % 4];
      return `${hex(4)}-${hex(2)}-4${hex(2).slice(1)}-${variant}${hex(2).slice(1)}-${hex(6)}`;
    },
  };
}

function silentConsole() {
  const names = ["assert", "count", "debug", "dir", "error", "group", "groupCollapsed", "groupEnd", "info", "log"];
  const silent = {};
  for (const name of [...names, "table", "time", "timeEnd", "timeLog", "trace", "warn"]) silent[name] = () => {};
  return silent;
}
