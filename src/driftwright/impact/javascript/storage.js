// The storage of a page and of an extension, as reading code asks it: backed by the stores of the moment.
//
// What is asked is told as a read of the store that lies there, and the parsed text of a store is watched like an argument.
// What code writes it finds again, and nobody after it.

const { parse, stringify } = JSON;
const { defineProperty, hasOwn } = Object;
const EXTENSION = { "extension-local": "local", "extension-sync": "sync", "extension-session": "session" };

/**
 * Put the storage of a moment into `globalThis`. `stores` are `{name, area, key, text}`, with a text of JSON or null; one
 * without an area lies wherever it is sought first. `hand(name, value)` gives a parsed store as code may see it, and
 * `note(name, value)` is told that a store was asked for.
 */
export function openStorage(stores, hand, note) {
  const present = stores.filter(({ text }) => text !== null);
  const handed = new Map();
  const areas = new Map();
  let homeless = present.find(({ area }) => area === undefined) ?? null;
  const area = (name) => {
    if (!areas.has(name)) areas.set(name, contents(name));
    return areas.get(name);
  };

  /** What lies in an area: each key with a store, or with what code has written there. */
  function contents(name) {
    const found = new Map(present.filter((store) => store.area === name).map((store) => [store.key, store]));
    const missing = new Map(stores.filter((store) => store.area === name).map((store) => [store.key, store.name]));
    return {
      find(key) {
        if (!found.has(key) && homeless !== null) {
          found.set(key, homeless);
          homeless = null;
        }
        const store = found.get(key);
        if (store?.name !== undefined) note(store.name, sampleOf(store.text));
        else if (missing.has(key)) note(missing.get(key), undefined);
        return store;
      },
      keys: () => [...found.keys()],
      write: (key, value) => void found.set(key, { written: value }),
      remove: (key) => void found.delete(key),
      clear: () => found.clear(),
    };
  }

  /** A stored text. A document that is a text itself is stored as it is. */
  function textOf(store) {
    if (store === undefined) return null;
    if (store.name === undefined) return store.written;
    const text = store.text.startsWith('"') ? parse(store.text) : store.text;
    handed.set(text, store.name);
    return text;
  }

  function valueOf(store) {
    return store.name === undefined ? parse(store.written) : hand(store.name, parse(store.text));
  }

  const classes = databaseClasses();
  const globals = {
    sessionStorage: webStorage(area("session"), textOf),
    localStorage: webStorage(area("local"), textOf),
    indexedDB: databases(area("indexed-db"), valueOf, classes),
    ...classes,
    JSON: {
      parse(text, revive) {
        const value = parse(text, revive);
        return handed.has(text) ? hand(handed.get(text), value) : value;
      },
      stringify,
      [Symbol.toStringTag]: "JSON",
    },
    window: globalThis,
    self: globalThis,
  };
  const storage = Object.fromEntries(
    Object.entries(EXTENSION).map(([name, short]) => [short, extensionArea(area(name), valueOf)]),
  );
  const extension = { storage: { ...storage, onChanged: listeners() }, runtime: { id: "driftwright", onMessage: listeners() } };
  Object.assign(globals, { chrome: extension, browser: extension });
  for (const [name, value] of Object.entries(globals)) {
    defineProperty(globalThis, name, { value, writable: true, enumerable: false, configurable: true });
  }
}

/** A value of the type that a JSON text has. */
function sampleOf(text) {
  const first = text.trimStart()[0];
  return first === "n" ? null : ({ "{": {}, "[": [], '"': "", t: true, f: false }[first] ?? 0);
}

// --- sessionStorage and localStorage ---

function webStorage(held, textOf) {
  const methods = {
    getItem: (key) => textOf(held.find(String(key))),
    setItem: (key, value) => held.write(String(key), String(value)),
    removeItem: (key) => held.remove(String(key)),
    clear: () => held.clear(),
    key: (index) => held.keys()[index] ?? null,
  };
  return new Proxy(methods, {
    get(target, key) {
      if (hasOwn(target, key) || typeof key === "symbol") return target[key];
      if (key === "length") return held.keys().length;
      return textOf(held.find(key)) ?? Object.prototype[key];
    },
    has: (target, key) => hasOwn(target, key) || held.keys().includes(key),
    set: (_target, key, value) => (held.write(key, String(value)), true),
    deleteProperty: (_target, key) => (held.remove(key), true),
    ownKeys: () => held.keys(),
    getOwnPropertyDescriptor: (_target, key) =>
      held.keys().includes(key)
        ? { value: textOf(held.find(key)), writable: true, enumerable: true, configurable: true }
        : undefined,
  });
}

// --- chrome.storage and browser.storage ---

const listeners = () => ({ addListener: () => {}, removeListener: () => {}, hasListener: () => false });

function extensionArea(held, valueOf) {
  const answer = (value, call) => {
    const promise = Promise.resolve(value);
    if (typeof call !== "function") return promise;
    promise.then(call);
    return undefined;
  };
  const asked = (keys) => {
    if (keys === null || keys === undefined) return held.keys().map((key) => [key]);
    if (typeof keys === "string") return [[keys]];
    return Array.isArray(keys) ? keys.map((key) => [key]) : Object.entries(keys);
  };
  return {
    get(keys, call) {
      const [wanted, then] = typeof keys === "function" ? [null, keys] : [keys, call];
      const found = {};
      for (const [key, otherwise] of asked(wanted)) {
        const store = held.find(key);
        const value = store === undefined ? otherwise : valueOf(store);
        if (value !== undefined) found[key] = value;
      }
      return answer(found, then);
    },
    getKeys: (call) => answer(held.keys(), call),
    getBytesInUse: (_keys, call) => answer(0, call),
    set(values, call) {
      for (const [key, value] of Object.entries(values)) held.write(key, stringify(value) ?? "null");
      return answer(undefined, call);
    },
    remove(keys, call) {
      for (const key of [keys].flat()) held.remove(key);
      return answer(undefined, call);
    },
    clear(call) {
      held.clear();
      return answer(undefined, call);
    },
    onChanged: listeners(),
  };
}

// --- indexedDB, to be read ---

/** The classes of databases, afresh: whoever changes them changes only their own. */
function databaseClasses() {
  class Told {
    #listeners = new Map();

    addEventListener(type, call) {
      this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), call]);
    }
    removeEventListener(type, call) {
      this.#listeners.set(type, (this.#listeners.get(type) ?? []).filter((other) => other !== call));
    }
    dispatchEvent(event) {
      for (const call of [this[`on${event.type}`], ...(this.#listeners.get(event.type) ?? [])]) {
        if (typeof call === "function") call.call(this, event);
        else call?.handleEvent?.(event);
      }
      return true;
    }
  }
  class IDBRequest extends Told {
    error = null;
    readyState = "pending";
    onsuccess = null;
    onerror = null;
  }
  class IDBOpenDBRequest extends IDBRequest {
    onupgradeneeded = null;
    onblocked = null;
  }
  class IDBDatabase extends Told {}
  class IDBTransaction extends Told {}
  class IDBObjectStore {}
  class IDBIndex {}
  class IDBCursor {}
  class IDBKeyRange {}
  return { IDBRequest, IDBOpenDBRequest, IDBDatabase, IDBTransaction, IDBObjectStore, IDBIndex, IDBCursor, IDBKeyRange };
}

function databases(held, valueOf, classes) {
  const { IDBRequest, IDBOpenDBRequest, IDBDatabase, IDBTransaction, IDBObjectStore } = classes;
  const parts = () => held.keys().map((key) => key.split("/"));
  const names = (list) => Object.assign(list, { contains: (name) => list.includes(name), item: (at) => list[at] ?? null });
  const later = (request, result) => {
    Promise.resolve().then(() => {
      Object.assign(request, { readyState: "done", result });
      request.dispatchEvent({ type: "success", target: request, currentTarget: request });
    });
    return request;
  };
  const keyed = (key) => (typeof key === "string" ? key : stringify(key));

  function objectStore(database, name, transaction) {
    const below = () => parts().filter(([first, second]) => first === database && second === name);
    const keys = () => below().map((path) => path.slice(2).join("/"));
    const value = (key) => {
      const store = held.find(`${database}/${name}/${keyed(key)}`);
      return store === undefined ? undefined : valueOf(store);
    };
    const made = Object.assign(new IDBObjectStore(), { name, transaction, indexNames: names([]), keyPath: null });
    return Object.assign(made, {
      get: (key) => later(new IDBRequest(), value(key)),
      getKey: (key) => later(new IDBRequest(), keys().includes(keyed(key)) ? key : undefined),
      getAll: () => later(new IDBRequest(), keys().map(value)),
      getAllKeys: () => later(new IDBRequest(), keys()),
      count: () => later(new IDBRequest(), keys().length),
    });
  }

  function transaction(database, mode) {
    const made = Object.assign(new IDBTransaction(), { mode, db: database, error: null, abort() {}, commit() {} });
    made.objectStore = (name) => objectStore(database.name, name, made);
    return made;
  }

  return {
    open(name, version = 1) {
      const stores = [...new Set(parts().filter(([first]) => first === name).map(([, second]) => second))];
      const database = Object.assign(new IDBDatabase(), { name, version, objectStoreNames: names(stores), close() {} });
      database.transaction = (_names, mode = "readonly") => transaction(database, mode);
      return later(new IDBOpenDBRequest(), database);
    },
    databases: () => Promise.resolve([...new Set(parts().map(([name]) => name))].map((name) => ({ name, version: 1 }))),
  };
}
