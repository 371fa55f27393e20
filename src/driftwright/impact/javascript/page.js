// What every web page has and the language alone has not: addresses, Base64, UTF-8 and copies of values.

const LABELS = /^[\t\n\f\r ]*(?:unicode-1-1-utf-8|unicode11utf8|unicode20utf8|utf-?8|x-unicode20utf8)[\t\n\f\r ]*$/i;
// The old numbers of errors, from 1.
const CODES =
  "IndexSize,,HierarchyRequest,WrongDocument,InvalidCharacter,,NoModificationAllowed,NotFound,NotSupported," +
  "InUseAttribute,InvalidState,Syntax,InvalidModification,Namespace,InvalidAccess,,TypeMismatch,Security,Network," +
  "Abort,URLMismatch,QuotaExceeded,Timeout,InvalidNodeType,DataClone";
const CODE_OF = new Map(CODES.split(",").map((name, index) => [`${name}Error`, index + 1]));

export const PAGE_NAMES = [
  "URL",
  "URLSearchParams",
  "atob",
  "btoa",
  "TextEncoder",
  "TextDecoder",
  "structuredClone",
  "DOMException",
];

/** Make the functions of a page, by their names: afresh, so that whoever changes them changes only their own. */
export function pageFunctions(parts) {
  const { addresses, domainToAscii, hrefOf, hostOf, pathOf, originOf, cloned } = parts;
  const { fromBase64, toBase64, encodeInto, utf8Decoder, formEncoded, formPairs } = parts;
  const { parse, setters } = addresses(domainToAscii);
  let listOf;
  let refill;

  class DOMException extends Error {
    constructor(message = "", name = "Error") {
      super(wellFormed(message));
      Object.defineProperty(this, "name", { value: wellFormed(name), writable: true, configurable: true });
    }
    get code() {
      return CODE_OF.get(this.name) ?? 0;
    }
  }

  class URLSearchParams {
    #pairs;
    #written = () => {};

    static {
      /** The parameters of an address, which is told when they are written. */
      listOf = (query, written) => {
        const list = new URLSearchParams();
        list.#written = written;
        list.#pairs = formPairs(query);
        return list;
      };
      refill = (list, query) => void (list.#pairs = formPairs(query));
    }

    constructor(given = "") {
      const isObject = (typeof given === "object" && given !== null) || typeof given === "function";
      this.#pairs = isObject ? givenPairs(given) : formPairs(wellFormed(given).replace(/^\?/, ""));
    }
    get size() {
      return this.#pairs.length;
    }
    append(name, value) {
      need(arguments, 2);
      this.#write([...this.#pairs, [wellFormed(name), wellFormed(value)]]);
    }
    delete(name, value) {
      need(arguments, 1);
      const is = named(name, value);
      this.#write(this.#pairs.filter((pair) => !is(pair)));
    }
    get(name) {
      need(arguments, 1);
      return this.#pairs.find(named(name))?.[1] ?? null;
    }
    getAll(name) {
      need(arguments, 1);
      return this.#pairs.filter(named(name)).map(([, value]) => value);
    }
    has(name, value) {
      need(arguments, 1);
      return this.#pairs.some(named(name, value));
    }
    set(name, value) {
      need(arguments, 2);
      const is = named(name);
      const first = this.#pairs.findIndex(is);
      const pair = [wellFormed(name), wellFormed(value)];
      const others = this.#pairs.filter((held, at) => at === first || !is(held));
      this.#write(first < 0 ? [...others, pair] : others.with(first, pair));
    }
    sort() {
      this.#write([...this.#pairs].sort(([one], [other]) => (one < other ? -1 : one > other ? 1 : 0)));
    }
    forEach(call, self) {
      if (typeof call !== "function") throw new TypeError("The callback is not a function");
      for (const [name, value] of this.#walk((pair) => pair)) call.call(self, value, name, this);
    }
    entries() {
      return this.#walk(([name, value]) => [name, value]);
    }
    keys() {
      return this.#walk(([name]) => name);
    }
    values() {
      return this.#walk(([, value]) => value);
    }
    toString() {
      return this.#pairs.map((pair) => pair.map(formEncoded).join("=")).join("&");
    }

    *#walk(pick) {
      for (let index = 0; index < this.#pairs.length; index += 1) yield pick(this.#pairs[index]); // sees later changes
    }
    #write(pairs) {
      this.#pairs = pairs;
      this.#written(this.toString());
    }
  }

  class URL {
    #url;
    #params = null;

    static canParse(text, base = undefined) {
      need(arguments, 1);
      return read(text, base) !== null;
    }
    static parse(text, base = undefined) {
      need(arguments, 1);
      return read(text, base) && new URL(text, base);
    }

    constructor(text, base = undefined) {
      need(arguments, 1);
      this.#url = valid(read(text, base));
    }
    get href() {
      return hrefOf(this.#url);
    }
    set href(text) {
      this.#url = valid(read(text));
      this.#refill();
    }
    get origin() {
      return originOf(this.#url, parse);
    }
    get protocol() {
      return this.#url.scheme;
    }
    set protocol(text) {
      setters.protocol(this.#url, wellFormed(text));
    }
    get username() {
      return this.#url.username;
    }
    set username(text) {
      setters.username(this.#url, wellFormed(text));
    }
    get password() {
      return this.#url.password;
    }
    set password(text) {
      setters.password(this.#url, wellFormed(text));
    }
    get host() {
      return hostOf(this.#url);
    }
    set host(text) {
      setters.host(this.#url, wellFormed(text));
    }
    get hostname() {
      return this.#url.host ?? "";
    }
    set hostname(text) {
      setters.hostname(this.#url, wellFormed(text));
    }
    get port() {
      return `${this.#url.port ?? ""}`;
    }
    set port(text) {
      setters.port(this.#url, wellFormed(text));
    }
    get pathname() {
      return pathOf(this.#url);
    }
    set pathname(text) {
      setters.pathname(this.#url, wellFormed(text));
    }
    get search() {
      return this.#url.query ? `?${this.#url.query}` : "";
    }
    set search(text) {
      setters.search(this.#url, wellFormed(text));
      this.#refill();
    }
    get searchParams() {
      this.#params ??= listOf(this.#url.query ?? "", (query) => setters.query(this.#url, query || null));
      return this.#params;
    }
    get hash() {
      return this.#url.fragment ? `#${this.#url.fragment}` : "";
    }
    set hash(text) {
      setters.hash(this.#url, wellFormed(text));
    }
    toString() {
      return this.href;
    }
    toJSON() {
      return this.href;
    }

    #refill() {
      if (this.#params !== null) refill(this.#params, this.#url.query ?? "");
    }
  }

  class TextEncoder {
    get encoding() {
      return "utf-8";
    }
    encode(text = "") {
      const whole = wellFormed(text);
      const bytes = new Uint8Array(whole.length * 3);
      return bytes.slice(0, encodeInto(whole, bytes).written);
    }
    encodeInto(text, bytes) {
      need(arguments, 2);
      if (!(bytes instanceof Uint8Array)) throw new TypeError("The destination is not a Uint8Array");
      return encodeInto(wellFormed(text), bytes);
    }
  }

  class TextDecoder {
    #fatal;
    #ignoreBOM;
    #decoder = null;

    constructor(label = "utf-8", options = {}) {
      const name = `${label}`;
      if (!LABELS.test(name)) throw new RangeError(`The encoding label provided ('${name}') is invalid.`);
      this.#fatal = Boolean(options?.fatal);
      this.#ignoreBOM = Boolean(options?.ignoreBOM);
    }
    get encoding() {
      return "utf-8";
    }
    get fatal() {
      return this.#fatal;
    }
    get ignoreBOM() {
      return this.#ignoreBOM;
    }
    decode(given = new Uint8Array(), options = {}) {
      const decoder = this.#decoder ?? utf8Decoder(this.#fatal, !this.#ignoreBOM);
      this.#decoder = null; // an error ends the stream as well
      const text = decoder(bytesOf(given), !options?.stream);
      if (options?.stream) this.#decoder = decoder;
      return text;
    }
  }

  const functions = {
    URL,
    URLSearchParams,
    TextEncoder,
    TextDecoder,
    DOMException,
    atob(text) {
      need(arguments, 1);
      const wrong = "The string to be decoded is not correctly encoded.";
      return fromBase64(`${text}`) ?? fail("InvalidCharacterError", wrong);
    },
    btoa(text) {
      need(arguments, 1);
      const outside = "The string to be encoded contains characters outside of the Latin1 range.";
      return toBase64(`${text}`) ?? fail("InvalidCharacterError", outside);
    },
    structuredClone(value, options = {}) {
      need(arguments, 1);
      const refuse = (what) => fail("DataCloneError", `${what} could not be cloned.`);
      const moved = [...(options?.transfer ?? [])];
      for (const one of moved) if (!(one instanceof ArrayBuffer)) refuse("A value that is not transferable");
      const copy = cloned(value, refuse);
      for (const buffer of moved) buffer.transfer(); // leaves it empty to whoever handed it over
      return copy;
    },
  };
  const iterate = { value: URLSearchParams.prototype.entries, writable: true, configurable: true };
  Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, iterate);
  for (const Class of [URL, URLSearchParams, TextEncoder, TextDecoder, DOMException]) expose(Class);
  return functions;

  function read(text, base) {
    const from = base === undefined ? null : parse(wellFormed(base), null);
    return base !== undefined && from === null ? null : parse(wellFormed(text), from);
  }

  function fail(name, message) {
    throw new DOMException(message, name);
  }
}

/** As in a browser, the members of a class can be listed, and its name is the tag of its objects. */
function expose({ name, prototype }) {
  for (const key of Reflect.ownKeys(prototype)) {
    if (typeof key === "string" && key !== "constructor") Object.defineProperty(prototype, key, { enumerable: true });
  }
  Object.defineProperty(prototype, Symbol.toStringTag, { value: name, configurable: true });
}

function need(given, count) {
  if (given.length >= count) return;
  throw new TypeError(`${count} argument${count > 1 ? "s" : ""} required, but only ${given.length} present.`);
}

/** The text of a value, without halves of surrogate pairs. */
function wellFormed(value) {
  return `${value}`.toWellFormed();
}

function valid(url) {
  if (url === null) throw new TypeError("Invalid URL");
  return url;
}

function named(name, value) {
  const text = wellFormed(name);
  const wanted = value === undefined ? null : wellFormed(value);
  return (pair) => pair[0] === text && (wanted === null || pair[1] === wanted);
}

function givenPairs(given) {
  if (given[Symbol.iterator] === undefined || given[Symbol.iterator] === null) {
    const record = new Map();
    for (const key of Object.keys(given)) record.set(wellFormed(key), wellFormed(given[key]));
    return [...record];
  }
  return Array.from(given, (entry) => {
    const pair = [...entry];
    if (pair.length !== 2) throw new TypeError("Each pair must be an iterable [name, value]");
    return pair.map(wellFormed);
  });
}

function bytesOf(given) {
  if (ArrayBuffer.isView(given)) return new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  if (given instanceof ArrayBuffer) return new Uint8Array(given);
  throw new TypeError("What to decode is neither a buffer nor a view of one");
}
