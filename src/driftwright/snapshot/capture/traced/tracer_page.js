// Listens to an extension's own reads, in the isolated world of its content scripts or in its service worker, before any
// of its own code runs there.
//
// Whatever the extension parses or takes out of a watched store becomes the proxies of the tracer that also follows readers
// in V8. Reads are added up here, by path; map keys become `{}`, and of other names only those leave the page that a schema
// declares or that stand in the extension's own code. No value leaves it.
(setup, makeTracer, parts) => {
  "use strict";

  const { apply } = Reflect;
  const { hasOwn } = Object;
  const { parse, stringify } = JSON;
  const { getItem, setItem, key: keyAt } = globalThis.Storage?.prototype ?? {}; // a service worker has none
  const now = performance.now.bind(performance);
  const ForProxies = Proxy;
  const SWEPT = "swept ";
  const CHEAP = 65_536; // characters of a store that may be looked up at every parse
  const PATIENCE = 25; // milliseconds for which a large one is taken to be unchanged
  const RECENT = 8; // texts that were fetched and may be parsed next
  const NODES = 1_000_000; // of a value that is followed
  const KEYS = 32; // keys of no store that are told of one area

  if (hasOwn(globalThis, setup.handle)) return; // a second entry of content scripts shares the first one's world

  const words = new Set(setup.words);
  const ours = new WeakSet();
  const areas = {};
  for (const [name, property] of [["session", "sessionStorage"], ["local", "localStorage"]]) {
    try {
      if (property in globalThis) areas[name] = globalThis[property];
    } catch {
      // A frame without an origin of its own has no storage, and so nothing to trace.
    }
  }

  // ---- sweeps: whoever copies or serialises an object asks for every field, which says nothing about any of them

  let sweeping = 0;

  function swept(work) {
    sweeping += 1;
    try {
      return work();
    } finally {
      sweeping -= 1;
    }
  }

  /** A proxy whose handler also sees the order in which spread, rest and Object.entries ask: key, descriptor, value. */
  class Listening {
    constructor(target, watch) {
      let sweep = null;
      const proxy = new ForProxies(target, {
        get(_, key) {
          if (sweeping > 0 && key === "length" && Array.isArray(target)) return target.length; // how it walks a list
          const isSwept = sweep !== null && sweep.alone && sweep.asked === key;
          if (sweep !== null && typeof key === "string") sweep = sweep.asked === key ? { ...sweep, asked: null } : null;
          return isSwept ? swept(() => watch.get(target, key)) : watch.get(target, key);
        },
        getOwnPropertyDescriptor(_, key) {
          if (sweep !== null) sweep = { alone: sweep.alone && sweep.asked === null, asked: key };
          return watch.getOwnPropertyDescriptor(target, key);
        },
        ownKeys() {
          const keys = watch.ownKeys(target);
          sweep = { alone: keys.length > 1, asked: null }; // with one key, it could as well be read by its name
          return keys;
        },
        has: (_, key) => watch.has(target, key),
        set: (_, key, value, receiver) => watch.set(target, key, value, receiver),
        defineProperty: (_, key, descriptor) => watch.defineProperty(target, key, descriptor),
        deleteProperty: (_, key) => watch.deleteProperty(target, key),
      });
      ours.add(proxy);
      return proxy;
    }
  }

  const tracer = makeTracer(Listening);
  const typeOf = (value) => (sweeping > 0 ? SWEPT + tracer.typeOf(value) : tracer.typeOf(value));

  const sites = parts.makeSites(setup.script);

  // ---- stores

  const COUNTS = { parses: 0, handed: 0, asked: 0, present: 0, swept: 0, opaque: 0, written: false };
  const stores = setup.stores.map(({ name, area, key, layout }) => {
    const pattern = /^([^{}]*)\{[^{}]+\}([^{}]*)$/.exec(key);
    return { name, area, key, layout, pattern, ...COUNTS, types: {}, trace: tracer.startTrace(typeOf, sites.note, isPlain) };
  });

  function isNamed(store, key) {
    if (store.pattern === null) return store.key === key;
    const [, before, after] = store.pattern;
    return key.length > before.length + after.length && key.startsWith(before) && key.endsWith(after);
  }

  /** The store that lies under a key; an exact key is nearer than a pattern. */
  function storeAt(area, key) {
    const found = stores.filter((store) => store.area === area && isNamed(store, String(key)));
    return found.find((store) => store.pattern === null) ?? found[0];
  }

  /** The name of the area that a storage of the page is. */
  const areaOf = (storage) => Object.keys(areas).find((name) => areas[name] === storage);

  /** What was asked for under keys of no store, by the area; of the keys only those that stand in the code. */
  const others = {};

  function noteOther(area, key) {
    const found = (others[area] ??= { keys: [] });
    const shown = words.has(key) ? key : 0;
    if (found.keys.length < KEYS && !found.keys.includes(shown)) found.keys.push(shown);
  }

  const recent = [];

  function remember(store, text) {
    recent.unshift({ store, text });
    if (recent.length > RECENT) recent.length = RECENT;
  }

  // A store that was fetched as `sessionStorage.name` is known by its text alone.
  let lookedAt = -Infinity;
  let held = [];

  function look() {
    const size = held.reduce((sum, { text }) => sum + text.length, 0);
    if (size > CHEAP && now() - lookedAt < PATIENCE) return;
    lookedAt = now();
    held = [];
    for (const [name, area] of Object.entries(areas)) {
      for (let index = 0; index < area.length; index += 1) {
        const key = apply(keyAt, area, [index]);
        const store = storeAt(name, key);
        if (store !== undefined) held.push({ store, text: apply(getItem, area, [key]) });
      }
    }
  }

  function storeOf(text) {
    const isIt = (one) => one.text === text;
    const known = recent.find(isIt);
    if (known !== undefined) return known.store;
    look();
    return held.find(isIt)?.store;
  }

  // ---- values that are handed over as they are, and not as text

  /** Whether an object is a record or a list, which a proxy can stand for. */
  function isPlain(value) {
    const prototype = Object.getPrototypeOf(value);
    return Array.isArray(value) ? prototype === Array.prototype : prototype === Object.prototype || prototype === null;
  }

  /** Whether a value is a tree of a bearable size: in a database, values may refer to themselves, and lists have holes. */
  function isTree(value) {
    const seen = new Set();
    const waiting = [value];
    while (waiting.length > 0) {
      const next = waiting.pop();
      if (next === null || typeof next !== "object" || !isPlain(next)) continue;
      if (seen.has(next) || seen.size >= NODES) return false;
      seen.add(next);
      const parts = Object.values(next);
      if (Array.isArray(next) && parts.length !== next.length) return false;
      for (const part of parts) waiting.push(part);
    }
    return true;
  }

  /**
   * What the extension gets instead of the value of a store.
   * `at` is where in its code it asked, and `isSwept` whether it asked for all that there is.
   */
  function handed(store, value, { present, at = null, isSwept = false }) {
    const type = present ? tracer.typeOf(value) : "absent";
    store.asked += 1;
    store.types[type] = (store.types[type] ?? 0) + 1;
    if (isSwept) store.swept += 1;
    if (at !== null) sites.put(store, at);
    if (!present) return value;
    store.present += 1;
    store.handed += 1;
    if (typeof value === "string") remember(store, value);
    if (value === null || typeof value !== "object" || ours.has(value)) return value;
    if (isPlain(value) && isTree(value)) return store.trace.watch(value, null);
    store.opaque += 1;
    return value;
  }

  // ---- what the extension calls

  JSON.parse = {
    parse(text, reviver) {
      const value = parse(text, reviver);
      const store = typeof text === "string" ? storeOf(text) : undefined;
      if (store === undefined) return value;
      if (typeof value === "string") remember(store, value); // JSON inside JSON
      if (value === null || typeof value !== "object") return value;
      store.parses += 1;
      sites.note(store);
      return store.trace.watch(value, null);
    },
  }.parse;

  JSON.stringify = {
    stringify(value, replacer, space) {
      return swept(() => stringify(value, replacer, space));
    },
  }.stringify;

  /** The same value without proxies: what crosses into another world would refuse one, or take a list for a record. */
  function plain(value, above) {
    if (value === null || typeof value !== "object" || above.includes(value)) return value;
    const isOurs = ours.has(value);
    if (!isOurs && !Array.isArray(value) && !isPlain(value)) return value;
    const within = [...above, value];
    const inner = () => Object.entries(value).map(([key, part]) => [key, part, plain(part, within)]);
    const parts = isOurs ? swept(inner) : inner();
    if (!isOurs && parts.every(([, part, same]) => part === same)) return value;
    const copy = Object.fromEntries(parts.map(([key, , same]) => [key, same]));
    return Array.isArray(value) ? Object.assign([], copy) : copy;
  }

  /** The same, or what was given where it lies about itself: whoever takes it will say what is wrong with it. */
  function handedOver(value) {
    try {
      return plain(value, []);
    } catch {
      return value;
    }
  }

  function handsOver(holder, name) {
    const original = holder?.[name];
    if (typeof original !== "function") return;
    holder[name] = {
      [name](...given) {
        return apply(original, this, given.map(handedOver));
      },
    }[name];
  }

  /** Let the listeners of an event of the browser be those that `wrap` makes of them. */
  function hear(event, wrap) {
    if (typeof event?.addListener !== "function") return;
    const wrapped = new WeakMap();
    const standIn = (listener) => (typeof listener === "function" ? (wrapped.get(listener) ?? listener) : listener);
    const { addListener, removeListener, hasListener } = event;
    event.addListener = {
      addListener(listener, ...rest) {
        if (typeof listener === "function" && !wrapped.has(listener)) wrapped.set(listener, wrap(listener));
        return apply(addListener, event, [standIn(listener), ...rest]);
      },
    }.addListener;
    event.removeListener = {
      removeListener: (listener) => apply(removeListener, event, [standIn(listener)]),
    }.removeListener;
    event.hasListener = {
      hasListener: (listener) => apply(hasListener, event, [standIn(listener)]),
    }.hasListener;
  }

  handsOver(globalThis, "structuredClone");
  handsOver(globalThis, "postMessage");
  handsOver(globalThis.history, "pushState");
  handsOver(globalThis.history, "replaceState");
  for (const kind of ["MessagePort", "BroadcastChannel", "Worker"]) handsOver(globalThis[kind]?.prototype, "postMessage");
  const given = { storeAt, handed, noteOther, sites, plain: handedOver, hear, saved: setup.saved };
  const listened = [...parts.listenToExtensionAreas(globalThis.chrome?.storage, given), ...parts.listenToDatabases(given)];

  if (getItem !== undefined) listenToStorages();

  function listenToStorages() {
    Storage.prototype.getItem = {
      getItem(...given) {
        const text = apply(getItem, this, given);
        const store = text === null ? undefined : storeAt(areaOf(this), given[0]);
        if (store !== undefined) remember(store, text);
        else if (text !== null) noteOther(areaOf(this), String(given[0]));
        return text;
      },
    }.getItem;

    Storage.prototype.setItem = {
      setItem(...given) {
        const store = given.length > 1 ? storeAt(areaOf(this), given[0]) : undefined;
        if (store !== undefined) store.written = true;
        return apply(setItem, this, given);
      },
    }.setItem;
  }

  // ---- what leaves the page

  /** A path of names, with 0 for any value of a map or a name that may not be told, and -1 for any item of a list. */
  function generalised(keys, layout) {
    let here = layout;
    return keys.map((key) => {
      if (key === -1) {
        here = here?.items;
        return -1;
      }
      if (here !== undefined && hasOwn(here.fields, key)) {
        here = here.fields[key];
        return key;
      }
      const isMap = here?.values !== undefined;
      here = here?.values;
      return !isMap && words.has(key) ? key : 0;
    });
  }

  function told(store) {
    const rows = new Map();
    for (const [keys, asked, times, present, types, places] of store.trace.reads()) {
      const path = generalised(keys, store.layout);
      const name = stringify([path, asked]);
      const row = rows.get(name) ?? { path, asked, times: 0, present: 0, swept: 0, types: {}, sites: new Map() };
      rows.set(name, row);
      sites.add(row.sites, places);
      row.times += times;
      row.present += present;
      for (const [type, count] of Object.entries(types)) {
        const isSwept = type.startsWith(SWEPT);
        const plain = isSwept ? type.slice(SWEPT.length) : type;
        if (isSwept) row.swept += count;
        row.types[plain] = (row.types[plain] ?? 0) + count;
      }
    }
    if (store.asked > 0) {
      const { asked: times, present, swept, types, sites: places = new Map() } = store;
      rows.set("", { path: [], asked: "get", times, present, swept, types, sites: places });
    }
    const reads = [...rows.values()].map((row) => ({ ...row, sites: [...row.sites] }));
    const { name, parses, handed, opaque, written } = store;
    return { name, parses, handed, opaque, written, sites: [...(store.sites ?? [])], reads };
  }

  const sent = parts.handOverMessages(globalThis.chrome, given);
  const world = `${performance.timeOrigin} ${Math.random()}`;
  listened.push(...Object.keys(areas).map((area) => ({ area, denied: false })));
  const text = () => stringify({ world, stacks: sites.stacks, stores: stores.map(told), others, areas: listened, sent: sent() });
  Object.defineProperty(globalThis, setup.handle, { value: text });
  const { area, key, text: saved } = setup.saved ?? {};
  if (hasOwn(areas, area ?? "") && globalThis.window === globalThis.top && apply(getItem, areas[area], [key]) === null) {
    apply(setItem, areas[area], [key, saved]);
  }
}
