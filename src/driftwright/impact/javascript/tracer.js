// Records what a reader reads, without changing what it sees.
//
// The parsed argument is rebuilt once, from the leaves up, so that every object *contains* the proxies of its children.
// Reading then returns what the target really holds: identity is stable, and freezing the argument breaks no invariant.

const IGNORED = new Set(["toJSON", "then"]); // asked for by the language itself, not by the reader
const INDEX = /^(?:0|[1-9]\d*)$/;
const MANY = 512; // names of one object that are told apart; where there are more, they are keys of a map
const isArray = Array.isArray;
const hasOwn = Object.hasOwn;

class Place {
  constructor(parent, key, noted = null) {
    this.parent = parent;
    this.key = key;
    this.noted = noted;
    this.below = new Map();
    this.asked = new Map();
    this.last = null;
  }

  /** The place of a name; of too many names the rest are taken for the last one. */
  at(key, most = 2 * MANY) {
    let place = this.below.get(key);
    if (place !== undefined) return place;
    if (this.below.size >= most) return this.last;
    this.below.set(key, (place = new Place(this, key, this.noted)));
    return (this.last = place);
  }

  note(asked, present, type) {
    let read = this.asked.get(asked);
    if (read === undefined) this.asked.set(asked, (read = { times: 0, present: 0, types: {} }));
    read.times += 1;
    if (present) read.present += 1;
    const seen = present ? type : "absent";
    read.types[seen] = (read.types[seen] ?? 0) + 1;
    if (this.noted !== null) this.noted(read);
  }

  path() {
    const keys = [];
    for (let place = this; place.parent !== null; place = place.parent) keys.push(place.key);
    return keys.reverse();
  }
}

class Watch {
  proxy = null;
  #trace;
  #place;
  #unwatched;
  #written = new Set(); // what the reader wrote itself says nothing about the store
  #expected = []; // keys whose descriptors the language will ask for, because it enumerates

  constructor(trace, place, unwatched) {
    this.#trace = trace;
    this.#place = place;
    this.#unwatched = unwatched;
  }

  get(target, key) {
    const value = target[key];
    if (this.#trace.live && typeof key === "string" && !this.#quiet(key)) this.#got(target, key, value);
    return value;
  }

  #got(target, key, value) {
    if (isArray(target)) {
      if (INDEX.test(key)) return this.#place.at(-1).note("get", hasOwn(target, key), this.#trace.typeOf(value));
      if (key === "length") return this.#place.note("keys", true, "array");
    }
    const present = hasOwn(target, key);
    if (!present && (IGNORED.has(key) || key in target)) return undefined;
    return this.#place.at(key).note("get", present, this.#trace.typeOf(value));
  }

  has(target, key) {
    this.#asks(target, key);
    return key in target;
  }

  getOwnPropertyDescriptor(target, key) {
    const awaited = this.#expected.lastIndexOf(key);
    if (awaited < 0) this.#asks(target, key);
    else this.#expected.length = awaited; // what was left out on the way is not asked for any more
    return Reflect.getOwnPropertyDescriptor(target, key);
  }

  #asks(target, key) {
    if (!this.#trace.live || typeof key !== "string" || this.#quiet(key)) return;
    if (isArray(target) && (INDEX.test(key) || key === "length")) return; // how built-in list methods walk
    this.#place.at(key).note("has", hasOwn(target, key), this.#trace.typeOf(target[key]));
  }

  ownKeys(target) {
    const keys = Reflect.ownKeys(target);
    if (this.#trace.live) {
      if (this.#unwatched === null) this.#place.note("keys", true, this.#trace.typeOf(target));
      this.#expected = keys.slice().reverse();
    }
    return keys;
  }

  set(target, key, value, receiver) {
    if (receiver !== this.proxy) return Reflect.set(target, key, value, receiver); // an object that inherits from it
    this.#written.add(key);
    const done = Reflect.set(target, key, value);
    if (!done) throw new TypeError(refusal(target, key));
    return true;
  }

  defineProperty(target, key, descriptor) {
    this.#written.add(key);
    return Reflect.defineProperty(target, key, descriptor);
  }

  deleteProperty(target, key) {
    this.#written.add(key);
    return Reflect.deleteProperty(target, key);
  }

  #quiet(key) {
    return this.#written.has(key) || (this.#unwatched !== null && this.#unwatched.has(key));
  }
}

function refusal(target, key) {
  const name = String(key);
  if (!hasOwn(target, key)) return `Cannot add property ${name}, object is not extensible`;
  const object = isArray(target) ? "[object Array]" : "#<Object>";
  return `Cannot assign to read only property '${name}' of object '${object}'`;
}

/**
 * A trace of one call. `typeOf` names the type of a value; `noted`, where there is one, is called with the record of each
 * read when it is made, and what it keeps there as `sites` is told with the read. `isOpen`, where there is one, says of which
 * objects the parts are watched.
 */
export function startTrace(typeOf, noted = null, isOpen = null) {
  const root = new Place(null, null, noted);
  const trace = { live: true, typeOf };
  const wrapped = (value, place, unwatched) => {
    if (value === null || typeof value !== "object" || (isOpen !== null && !isOpen(value))) return value;
    if (isArray(value)) {
      for (let index = 0; index < value.length; index += 1) value[index] = wrapped(value[index], place.at(-1), null);
    } else {
      for (const key of Object.keys(value)) adopt(value, key, wrapped(value[key], place.at(key, MANY), null));
    }
    return watched(value, new Watch(trace, place, unwatched));
  };
  return {
    /** The watched form of a document, or of an argument whose keys in `unwatched` are no stores. */
    watch(value, unwatched) {
      const place = root;
      if (unwatched === null) return wrapped(value, place, null);
      for (const key of Object.keys(value)) {
        if (!unwatched.has(key)) value[key] = wrapped(value[key], place.at(key), null);
      }
      return watched(value, new Watch(trace, place, unwatched));
    },
    /** The watched form of a store that code parses itself; an empty name stands for the whole document. */
    adopt: (name, value) => wrapped(value, name === "" ? root : root.at(name), null),
    /** Note that a store was asked for where it lies. */
    note(name, value) {
      if (trace.live && name !== "") root.at(name).note("get", value !== undefined, typeOf(value));
    },
    /** Stop recording. */
    end() {
      trace.live = false;
    },
    /** Every read as `[path, asked, times, present, types]`, and its `sites` where it has any. */
    reads() {
      const found = [];
      collect(root, found);
      return found;
    },
  };
}

function watched(value, watch) {
  watch.proxy = new Proxy(value, watch);
  return watch.proxy;
}

function adopt(object, key, value) {
  if (key !== "__proto__") object[key] = value;
  else Object.defineProperty(object, key, { value, writable: true, enumerable: true, configurable: true });
}

function collect(place, found) {
  for (const [asked, { times, present, types, sites }] of place.asked) {
    const read = [place.path(), asked, times, present, types];
    if (sites !== undefined) read.push(sites);
    found.push(read);
  }
  for (const inner of place.below.values()) collect(inner, found);
}
