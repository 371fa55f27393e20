// Listens to what an extension asks of its own storage areas: `chrome.storage.local`, `sync` and `session`.
(storage, given) => {
  "use strict";

  const { storeAt, handed, noteOther, sites, plain, saved, hear } = given;
  const { apply } = Reflect;
  const { hasOwn } = Object;
  const { parse } = JSON;
  const isRecord = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
  const listened = [];

  /** The keys that a call asks for; null for all that there are, or for what it asks in a way that nobody can tell. */
  function askedKeys(keys) {
    try {
      if (typeof keys === "string") return [keys];
      if (Array.isArray(keys)) return keys.map(String);
      return isRecord(keys) ? Object.keys(keys) : null;
    } catch {
      return null;
    }
  }

  /** What was found under the asked keys, with each store in the form that tells what is read of it. */
  function shown(area, found, asked, present, at) {
    if (!isRecord(found)) return found;
    for (const key of asked ?? Object.keys(found)) {
      const store = storeAt(area, key);
      if (store === undefined) {
        if (asked !== null) noteOther(area, key);
        continue;
      }
      const isThere = hasOwn(found, key) && (present === null || present.has(key));
      const value = handed(store, found[key], { present: isThere, at, isSwept: asked === null });
      if (isThere) found[key] = value;
    }
    return found;
  }

  function listen(area, held) {
    const state = { area, denied: false };
    const { get, set, remove } = held;
    const begun = saved?.area === area ? begin(held, get, set) : null;

    // Of defaults it does not tell which were taken; the keys alone are asked for first, where there are any.
    function thereBefore(given) {
      if (!isRecord(given)) return Promise.resolve(null);
      return apply(get, held, [Object.keys(given)]).then((found) => new Set(Object.keys(found)));
    }

    function asks(given, at) {
      const asked = askedKeys(given[0]);
      const isDirect = begun === null && !isRecord(given[0]);
      const before = isDirect ? null : (begun ?? Promise.resolve()).then(() => thereBefore(given[0]));
      const answered = before === null ? apply(get, held, given) : before.then(() => apply(get, held, given));
      const present = before ?? Promise.resolve(null);
      return answered.then(
        async (found) => {
          state.denied = false; // it may have been opened meanwhile
          return shown(area, found, asked, await present, at);
        },
        (error) => {
          state.denied = /not allowed/.test(error?.message);
          throw error;
        },
      );
    }

    held.get = {
      get(...given) {
        const at = sites.here();
        const last = given.at(-1);
        if (typeof last !== "function") return asks(given.map(plain), at);
        const asked = askedKeys(given.length > 1 ? given[0] : null);
        const call = (present) => (found) => {
          state.denied = found === undefined;
          return last(shown(area, found, asked, present, at));
        };
        const rest = given.slice(0, -1).map(plain);
        if (begun === null && !isRecord(given[0])) return apply(get, held, [...rest, call(null)]);
        const asking = (begun ?? Promise.resolve()).then(() => thereBefore(rest[0]));
        asking.then((present) => apply(get, held, [...rest, call(present)]), () => apply(get, held, given));
        return undefined;
      },
    }.get;

    held.set = {
      set(...given) {
        for (const key of (isRecord(given[0]) && askedKeys(given[0])) || []) {
          const store = storeAt(area, key);
          if (store !== undefined) store.written = true;
        }
        return apply(set, held, given.map(plain));
      },
    }.set;

    held.remove = {
      remove(...given) {
        return apply(remove, held, given.map(plain));
      },
    }.remove;

    hear(held.onChanged, heard(() => area));
    return state;
  }

  /** Put the saved store there before anything is read; whoever has one of its own keeps it. */
  function begin(held, get, set) {
    return apply(get, held, [saved.key])
      .then((found) => (hasOwn(found, saved.key) ? undefined : apply(set, held, [{ [saved.key]: parse(saved.text) }])))
      .catch(() => undefined);
  }

  function changed(area, changes) {
    const entries = Object.entries(changes).map(([key, change]) => {
      const store = storeAt(area, key);
      if (store === undefined) return [key, change];
      const parts = Object.entries(change).map(([name, value]) => [name, handed(store, value, { present: true })]);
      return [key, Object.fromEntries(parts)];
    });
    return Object.fromEntries(entries);
  }

  const heard = (areaOf) => (listener) => (changes, area) => listener(changed(areaOf(area), changes), area);

  for (const name of ["local", "sync", "session"]) {
    if (typeof storage?.[name]?.get === "function") listened.push(listen(`extension-${name}`, storage[name]));
  }
  hear(storage?.onChanged, heard((area) => `extension-${area}`));
  return listened;
}
