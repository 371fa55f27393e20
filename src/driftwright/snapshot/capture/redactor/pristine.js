// What the page may have replaced since this file was read is put back for as long as the work takes

// The work is synchronous, so nobody sees it; afterwards the page has its own things again.

const { defineProperty, getOwnPropertyDescriptor } = Object;
const { ownKeys, deleteProperty } = Reflect;
const NAMES = `Array Date Infinity JSON Map Math NaN Number Object Promise Reflect RegExp Set Storage String Uint32Array
  Uint8Array localStorage parseInt sessionStorage undefined`.split(/\s+/);
const iterator = (made) => Object.getPrototypeOf(made[Symbol.iterator]());
const HELD = [Array, Date, JSON, Map, Math, Number, Object, Promise, Reflect, RegExp, Set, String, Function, Symbol]
  .flatMap((home) => [home, home.prototype])
  .concat([Object.getPrototypeOf(Uint8Array), Object.getPrototypeOf(Uint8Array.prototype), Uint8Array, Uint32Array])
  .concat([iterator([]), iterator(new Map()), Object.getPrototypeOf(iterator([])), globalThis.Storage?.prototype])
  .filter((home) => home)
  .map((home) => ({ home, names: ownKeys(home), whole: home !== Function.prototype }))
  .concat({ home: globalThis, names: NAMES.filter((name) => getOwnPropertyDescriptor(globalThis, name)), whole: false })
  .map(({ home, names, whole }) => {
    const kept = Object.create(null);
    for (const name of names) kept[name] = getOwnPropertyDescriptor(home, name);
    return { home, names, whole, kept };
  });

const alike = (one, other) =>
  one !== undefined && one.value === other.value && one.get === other.get && one.set === other.set;

/** Put everything back as it was when this file was read; `put` is told each property that is not. */
function restored(put) {
  for (let i = 0; i < HELD.length; i++) {
    const { home, names, whole, kept } = HELD[i];
    const now = whole ? ownKeys(home) : [];
    for (let j = 0; j < now.length; j++) if (!(now[j] in kept)) put(home, now[j], null);
    for (let j = 0; j < names.length; j++) {
      const name = names[j];
      // Where regular expressions left their last match is not the page's doing.
      if (home === RegExp || alike(getOwnPropertyDescriptor(home, name), kept[name])) continue;
      put(home, name, kept[name]);
    }
  }
}

function placed(home, name, wanted) {
  if (wanted) defineProperty(home, name, wanted);
  else if (!deleteProperty(home, name)) throw OVERSIZE;
}

function pristine(work) {
  let undo = null;
  try {
    restored((home, name, wanted) => {
      undo = { home, name, had: getOwnPropertyDescriptor(home, name), next: undo };
      placed(home, name, wanted);
    });
    return work();
  } finally {
    for (; undo; undo = undo.next) {
      if (undo.had) defineProperty(undo.home, undo.name, undo.had);
      else deleteProperty(undo.home, undo.name);
    }
  }
}
