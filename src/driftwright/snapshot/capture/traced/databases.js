// Listens to what an extension reads of IndexedDB: records one by one, all of them, and with a cursor.
(given) => {
  "use strict";

  const { storeAt, handed, noteOther, sites, plain, saved } = given;
  const { apply, defineProperty, getOwnPropertyDescriptor } = Reflect;
  const { parse, stringify } = JSON;
  const { indexedDB, IDBKeyRange, IDBObjectStore, IDBIndex, IDBRequest } = globalThis;
  const { IDBCursor, IDBCursorWithValue, IDBRecord } = globalThis;
  if (indexedDB === undefined) return [];

  const AREA = "indexed-db";
  const requests = new WeakMap(); // what a request asks for, by the request
  const records = new WeakMap(); // the object store of a record that came with others
  const shownOnes = new WeakMap(); // what is shown instead of a value that was handed over
  const getterOf = (type, name) => getOwnPropertyDescriptor(type.prototype, name).get;
  const resultOf = getterOf(IDBRequest, "result");
  const readyOf = getterOf(IDBRequest, "readyState");
  const sourceOf = getterOf(IDBCursor, "source");
  const primaryKeyOf = getterOf(IDBCursor, "primaryKey");
  const cursorValueOf = getterOf(IDBCursorWithValue, "value");

  const storeBelow = (source) => (source instanceof IDBIndex ? source.objectStore : source);
  const keyText = (key) => (typeof key === "string" ? key : stringify(key));

  const storeUnder = (place, key) => storeAt(AREA, `${place.transaction.db.name}/${place.name}/${keyText(key)}`);

  /** What the extension gets instead of a record. */
  function shown(source, key, value, asked) {
    const known = value !== null && typeof value === "object" ? shownOnes.get(value) : undefined;
    if (known !== undefined || key === undefined) return known ?? value;
    const place = storeBelow(source);
    const store = storeUnder(place, key);
    if (store === undefined) {
      noteOther(AREA, place.name);
      return value;
    }
    const instead = handed(store, value, asked);
    if (value !== null && typeof value === "object") shownOnes.set(value, instead);
    return instead;
  }

  /** Listen to a method that asks for records. `ask` returns what its result stands for, from the call. */
  function listen(type, name, ask) {
    const original = type?.prototype[name];
    if (typeof original !== "function") return;
    type.prototype[name] = {
      [name](...given) {
        const at = sites.here();
        let asked = null;
        try {
          asked = ask(this, given);
        } catch {
          // What cannot be asked at all: the call itself throws the right error.
        }
        const request = apply(original, this, given);
        if (asked !== null) requests.set(request, { source: this, at, ...asked });
        return request;
      },
    }[name];
  }

  const isRange = (query) => query instanceof IDBKeyRange;
  const done = (request) => (apply(readyOf, request, []) === "done" ? apply(resultOf, request, []) : undefined);

  // A record comes without its key; where the call does not name it, the key is asked for just before it.
  const { getKey, put } = IDBObjectStore.prototype;
  const { getAllKeys } = IDBObjectStore.prototype;
  const { getKey: indexKey, getAllKeys: indexKeys } = IDBIndex.prototype;
  listen(IDBObjectStore, "get", (source, [query]) => {
    const keys = isRange(query) ? apply(getKey, source, [query]) : null;
    return { one: (value, asked) => shown(source, keys === null ? query : done(keys), value, asked) };
  });
  listen(IDBIndex, "get", (source, [query]) => {
    const keys = apply(indexKey, source, [query]);
    return { one: (value, asked) => shown(source, done(keys), value, asked) };
  });
  for (const [type, keysOf] of [[IDBObjectStore, getAllKeys], [IDBIndex, indexKeys]]) {
    listen(type, "getAll", (source, given) => {
      const keys = apply(keysOf, source, given);
      return {
        all(values, asked) {
          const found = done(keys) ?? [];
          for (let index = 0; index < values.length; index += 1) values[index] = shown(source, found[index], values[index], asked);
        },
      };
    });
    listen(type, "getAllRecords", (source) => ({
      all(values) {
        for (const record of values) records.set(record, source);
      },
    }));
  }

  function redefine(type, name, get) {
    const descriptor = getOwnPropertyDescriptor(type.prototype, name);
    defineProperty(type.prototype, name, { ...descriptor, get });
  }

  redefine(IDBRequest, "result", function result() {
    const value = apply(resultOf, this, []);
    const asked = requests.get(this);
    if (asked === undefined) return value;
    if (!("value" in asked)) {
      const how = { present: value !== undefined, at: asked.at, isSwept: asked.all !== undefined };
      asked.value = value;
      if (asked.one !== undefined) asked.value = asked.one(value, how);
      else if (Array.isArray(value)) asked.all(value, { ...how, present: true });
    }
    return asked.value;
  });
  redefine(IDBCursorWithValue, "value", function value() {
    const held = apply(cursorValueOf, this, []);
    if (held === undefined) return held;
    return shown(apply(sourceOf, this, []), apply(primaryKeyOf, this, []), held, { present: true, at: sites.here() });
  });
  if (IDBRecord !== undefined) {
    const valueOf = getterOf(IDBRecord, "value");
    redefine(IDBRecord, "value", function value() {
      const held = apply(valueOf, this, []);
      const source = records.get(this);
      return source === undefined ? held : shown(source, this.primaryKey, held, { present: true, at: sites.here() });
    });
  }

  // ---- what the extension writes itself

  for (const [type, name] of [[IDBObjectStore, "add"], [IDBObjectStore, "put"], [IDBCursor, "update"]]) {
    const original = type.prototype[name];
    type.prototype[name] = {
      [name](...given) {
        const request = apply(original, this, given.map(plain));
        const place = storeBelow(type === IDBCursor ? apply(sourceOf, this, []) : this);
        const written = () => {
          const store = storeUnder(place, done(request));
          if (store !== undefined) store.written = true;
        };
        request.addEventListener("success", written);
        return request;
      },
    }[name];
  }

  // Whoever opens the database afterwards waits for this one to be closed.
  if (saved?.area === AREA) {
    const [name, place, ...key] = saved.key.split("/");
    const opened = indexedDB.open(name);
    opened.onupgradeneeded = () => {
      apply(put, apply(resultOf, opened, []).createObjectStore(place), [parse(saved.text), key.join("/")]);
    };
    opened.onsuccess = () => apply(resultOf, opened, []).close();
  }

  return [{ area: AREA, denied: false }];
}
