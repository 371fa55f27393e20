// Loads stores from where they lie. Nothing here throws: a store that is absent, closed or no JSON is null.

const AREAS = { session: "sessionStorage", local: "localStorage" };

/** The key of a store, with the parameter that a pattern names; null while that is not given. */
function keyOf(pattern, params) {
  let whole = true;
  const key = pattern.replace(/\{([^{}]+)\}/, (_, name) => {
    whole = typeof params?.[name] === "string";
    return params?.[name];
  });
  return whole ? key : null;
}

/** A store in the page's own storage: `(params) => value`. */
export function pageStore(area, pattern) {
  return (params) => {
    try {
      const text = globalThis[AREAS[area]].getItem(keyOf(pattern, params) ?? "");
      return text === null || keyOf(pattern, params) === null ? null : JSON.parse(text);
    } catch {
      return null;
    }
  };
}

/** A store in the extension's storage: `(params) => promise of the value`. */
export function extensionStore(area, pattern) {
  return async (params) => {
    try {
      const key = keyOf(pattern, params);
      if (key === null) return null;
      const { storage } = globalThis.browser?.storage ? globalThis.browser : globalThis.chrome;
      return (await storage[area].get(key))[key] ?? null;
    } catch {
      return null;
    }
  };
}

const asked = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
    // It is not there: opening it must not make it.
    request.onupgradeneeded = () => request.transaction.abort();
  });

/** A store in a database, under `database/object store/key`: `(params) => promise of the value`. */
export function databaseStore(pattern) {
  return async (params) => {
    let database;
    try {
      const [name, table, ...key] = (keyOf(pattern, params) ?? "").split("/");
      database = await asked(globalThis.indexedDB.open(name));
      const value = await asked(database.transaction(table).objectStore(table).get(key.join("/")));
      return (typeof value === "string" ? JSON.parse(value) : value) ?? null;
    } catch {
      return null;
    } finally {
      database?.close();
    }
  };
}

/** Load several stores at once: `load({ site, session }, { parent })` is a promise of `{ site, session }`. */
export async function load(loaders, params) {
  const names = Object.keys(loaders);
  const values = await Promise.all(names.map((name) => loaders[name](params)));
  return Object.fromEntries(names.map((name, at) => [name, values[at]]));
}
