// The one redactor: it runs where the raw values are (the page's isolated world, or the extension's own world), so
// that nothing but its redacted text ever leaves the browser. Default deny: what is kept is named by the policy.
//
// The whole file is one expression, so that it can be evaluated under any content security policy:
//   (this file).capture(policyText) -> Promise of the answer's text     reads the storage areas and redacts them
//   (this file).redact(policyText, areasText) -> the answer's text      the same law on areas given as text
(() => {
  "use strict";

  const LIMIT = { depth: 64, nodes: 200_000, units: 16 * 1024 * 1024 };
  const OVERSIZE = { name: "oversize" }; // thrown and caught here; carries nothing of the page
  const NO_RULE = Object.freeze({});
  const own = (object, name) => Object.prototype.hasOwnProperty.call(object, name);
  const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);

  // Storage keys and map keys may be named `__proto__`; a plain assignment would lose them.
  const put = (object, name, value) =>
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });

  // ---- HMAC-SHA-256, synchronous: crypto.subtle is absent on plain http pages -------------------------------------

  const ROUND = new Uint32Array(64);
  const START = new Uint32Array(8);
  for (let candidate = 2, found = 0; found < 64; candidate++) {
    let prime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) prime = prime && candidate % divisor !== 0;
    if (!prime) continue;
    const fraction = (root) => (root - Math.floor(root)) * 2 ** 32;
    if (found < 8) START[found] = fraction(Math.sqrt(candidate));
    ROUND[found++] = fraction(Math.cbrt(candidate));
  }
  const SCHEDULE = new Uint32Array(64);
  const turn = (word, bits) => (word >>> bits) | (word << (32 - bits));

  function compress(state, bytes, offset) {
    for (let i = 0; i < 16; i++) {
      const at = offset + 4 * i;
      SCHEDULE[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    }
    for (let i = 16; i < 64; i++) {
      const early = SCHEDULE[i - 15];
      const late = SCHEDULE[i - 2];
      const small = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
      const large = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
      SCHEDULE[i] = SCHEDULE[i - 16] + small + SCHEDULE[i - 7] + large;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const first = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUND[i] + SCHEDULE[i]) | 0;
      const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    const added = [a, b, c, d, e, f, g, h];
    for (let i = 0; i < 8; i++) state[i] += added[i];
  }

  /** The hash of `bytes`, after a block that was already compressed into `from`. */
  function sha256(bytes, from, before) {
    const state = Uint32Array.from(from);
    const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
    padded.set(bytes);
    padded[bytes.length] = 0x80;
    const bits = new DataView(padded.buffer);
    bits.setUint32(padded.length - 8, Math.floor(((bytes.length + before) * 8) / 2 ** 32));
    bits.setUint32(padded.length - 4, ((bytes.length + before) * 8) >>> 0);
    for (let offset = 0; offset < padded.length; offset += 64) compress(state, padded, offset);
    const digest = new Uint8Array(32);
    state.forEach((word, i) => new DataView(digest.buffer).setUint32(4 * i, word));
    return digest;
  }

  function utf8(text) {
    const bytes = [];
    for (const char of text) {
      const code = char.codePointAt(0);
      if (code < 0x80) bytes.push(code);
      else if (code < 0x800) bytes.push(0xc0 | (code >> 6), 0x80 | (code & 63));
      else if (code < 0x10000) bytes.push(0xe0 | (code >> 12), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
      else bytes.push(0xf0 | (code >> 18), 0x80 | ((code >> 12) & 63), 0x80 | ((code >> 6) & 63), 0x80 | (code & 63));
    }
    return Uint8Array.from(bytes);
  }

  /** A keyed hash: text -> 32 bytes. */
  function keyed(saltHex) {
    const salt = Uint8Array.from((saltHex.match(/../g) ?? []).slice(0, 64), (pair) => parseInt(pair, 16));
    const padded = (mask) => {
      const block = new Uint8Array(64).fill(mask);
      salt.forEach((byte, i) => (block[i] ^= byte));
      const state = Uint32Array.from(START);
      compress(state, block, 0);
      return state;
    };
    const inner = padded(0x36);
    const outer = padded(0x5c);
    return (text) => sha256(sha256(utf8(text), inner, 64), outer, 64);
  }

  // ---- Pseudonyms: the same value gives the same pseudonym, of the same format class ------------------------------

  const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
  const HEX = /^[0-9a-f]{8,}$/i;
  const DIGITS = /^[0-9]{8,}$/;
  const TOKEN = /^(?=.*[0-9])[A-Za-z0-9_-]{16,}$/;
  const INSIDE = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![A-Za-z0-9])(?:[0-9a-f]{16,}|[0-9]{8,})(?![A-Za-z0-9])/gi;
  const ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const looksLikeId = (text) => UUID.test(text) || HEX.test(text) || TOKEN.test(text);

  function pseudonyms(hash) {
    const known = new Map();
    const hex = (text, length) => {
      let digits = "";
      for (let block = 0; digits.length < length; block++) {
        const label = block === 0 ? text : `${block}:${text}`;
        for (const byte of hash(label)) digits += byte.toString(16).padStart(2, "0");
      }
      return digits.slice(0, length);
    };
    const cased = (text, like) => (/[A-F]/.test(like) && !/[a-f]/.test(like) ? text.toUpperCase() : text);
    const uuid = (text) => {
      const h = hex(text, 32);
      const variant = "89ab"[parseInt(h[16], 16) & 3];
      const parts = [h.slice(0, 8), h.slice(8, 12), `4${h.slice(13, 16)}`, variant + h.slice(17, 20), h.slice(20)];
      return cased(parts.join("-"), text);
    };
    // A hexadecimal id must not turn into a run of digits: that would be another format class.
    const hexadecimal = (text) => cased(hex(text, text.length).replace(/^[0-9]/, (d) => "abcdefabcd"[d]), text);
    const token = (text) => {
      let made = "";
      for (let block = 0; made.length < text.length; block++) {
        for (const byte of hash(`t${block}:${text}`)) made += ALPHABET[byte % ALPHABET.length];
      }
      return `x${made.slice(2, text.length)}7`; // starts like a word, ends in a digit: still this class
    };
    // Up to 15 digits: a keyed permutation of the numbers of that length, so that different ids stay different.
    const shortDigits = (text) => {
      const low = text.length === 1 ? 1 : 10 ** (text.length - 1);
      const span = 10 ** text.length - low;
      const half = Math.max(1, Math.ceil(Math.log2(span) / 2));
      const side = 2 ** half;
      let at = Number(text) - low;
      do {
        let left = Math.floor(at / side);
        let right = at % side;
        for (let round = 0; round < 4; round++) {
          const mixed = hash(`d${text.length}:${round}:${right}`);
          const word = ((mixed[0] << 24) | (mixed[1] << 16) | (mixed[2] << 8) | mixed[3]) >>> 0;
          [left, right] = [right, (left ^ word % side) >>> 0];
        }
        at = left * side + right;
      } while (at >= span);
      return String(at + low);
    };
    const digits = (text) => {
      if (text === "0") return text;
      if (text.length <= 15 && text[0] !== "0") return shortDigits(text);
      const made = hex(text, text.length).replace(/[a-f]/g, (letter) => "012345"["abcdef".indexOf(letter)]);
      return made.replace(/^0/, "9");
    };
    const make = (text) => {
      if (UUID.test(text)) return uuid(text);
      if (/^[0-9]+$/.test(text)) return digits(text);
      if (HEX.test(text)) return hexadecimal(text);
      if (TOKEN.test(text)) return token(text);
      return `key_${hex(text, 8)}`;
    };
    const of = (text) => {
      if (text === "") return text;
      if (!known.has(text)) known.set(text, make(text));
      return known.get(text);
    };
    return { of, tag: (text) => `x_${hex(text, 8)}` };
  }

  // ---- Names: kept when every word of them is allowed -------------------------------------------------------------

  const STRUCTURAL =
    `a action active activity after all an and any app archived array as asset at attempt auth available avatar base batch
    before body boolean bucket buffer build by cache can category channel child children code collection color column config
    content context count counter create created current cursor data date deep default delete deleted depth description
    detail device disabled done draft duration edge edited element enabled end entity entry error event exist expire
    expiry extra failed feature field file filter first flag folder for format frame from full global group has hash
    header height hidden history id ids image in index info initial input is item items job json key kind label last
    length level limit link list loaded loading local locale lock locked map max media member message meta metadata
    migrate min mode model moderate moderated modified more name new next no node note null number object of offset old
    on open option order origin output override owner page parent part path payload pending percent persist position
    post prev preview previous primary priority private process progress prompt property provider public query queue
    quality rate ratio raw read ready reason record ref reference request response result retry revision role root row
    schema scope score seen selected seq sequence session set setting shape share size sort source src start started
    state stats status step storage store stream string sub success sync synced system tab table tag target task text
    theme thumb thumbnail time timestamp title to token total tree type ui unread update updated uri url use used user uuid
    val valid value variant version video view visible visibility was width with word work workspace year`.split(/\s+/);

  const stems = (word) => {
    const bare = word.replace(/[0-9]+$/, "");
    const found = [bare];
    for (const ending of ["s", "es", "d", "ed", "ing"]) {
      const stem = bare.endsWith(ending) ? bare.slice(0, -ending.length) : "";
      if (stem.length >= 3) found.push(stem, `${stem}e`);
    }
    if (bare.endsWith("ies") && bare.length > 4) found.push(`${bare.slice(0, -3)}y`);
    return found;
  };

  function vocabulary(words) {
    const allowed = new Set();
    for (const word of [...STRUCTURAL, ...words]) for (const stem of stems(String(word).toLowerCase())) allowed.add(stem);
    const spoken = (name) => {
      if (name.length > 80 || !/^[A-Za-z0-9_$.:/-]+$/.test(name)) return false;
      const parts = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").replace(/([A-Z])([A-Z][a-z])/g, "$1 $2");
      const said = parts.split(/[^A-Za-z0-9]+/).filter((word) => word !== "");
      const known = (word) => /^[a-z]/.test(word) && stems(word).some((stem) => allowed.has(stem));
      return said.length > 0 && said.every((word) => known(word.toLowerCase()));
    };
    return { spoken };
  }

  // ---- Times: their format and order are kept, never the value ----------------------------------------------------

  const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:([T ])(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:?\d\d)?)?$/;
  const RFC = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;
  const BASE = 1_262_304_000; // 2010-01-01T00:00:00Z in seconds: as many digits as times of today have, in every unit
  const UNITS = [1, 1e3, 1e6];

  function isoInstant(match) {
    const [, year, month, day, , hour = "0", minute = "0", second = "0", fraction = "", zone = "Z"] = match;
    const clock = Date.UTC(+year, month - 1, +day, +hour, +minute, +second) / 1000;
    const [sign, hours, minutes] = zone === "Z" ? [1, 0, 0] : [zone[0] === "-" ? -1 : 1, +zone.slice(1, 3), +zone.slice(-2)];
    return [clock - sign * (hours * 3600 + minutes * 60), Number(fraction.padEnd(9, "0"))];
  }

  function epochUnit(number) {
    return Number.isInteger(number) ? UNITS.find((unit) => number >= 9e8 * unit && number < 4.2e9 * unit) : undefined;
  }

  /** The order of all times of one capture: filled in a first walk over the values, used in a second. */
  function calendar() {
    const instants = new Map();
    let ranks = null;
    const rank = ([seconds, nanos]) => {
      const name = `${seconds}.${nanos}`;
      if (ranks) return ranks.get(name) ?? 0;
      instants.set(name, [seconds, nanos]);
      return 0;
    };
    const close = () => {
      const sorted = [...instants].sort(([, one], [, two]) => one[0] - two[0] || one[1] - two[1]);
      ranks = new Map(sorted.map(([name], index) => [name, index]));
    };
    const text = (value) => {
      const match = ISO.exec(value);
      if (match && match[2] >= 1 && match[2] <= 12 && match[3] >= 1 && match[3] <= 31) {
        const place = rank(isoInstant(match));
        const [, , , , joint, , , second, fraction, zone] = match;
        if (!joint) return new Date((BASE + place * 86_400) * 1000).toISOString().slice(0, 10);
        const [day, clock] = new Date((BASE + place * 60) * 1000).toISOString().split("T");
        const shown = clock.slice(0, second === undefined ? 5 : 8) + (fraction ? `.${"0".repeat(fraction.length)}` : "");
        const offset = zone === undefined || zone === "Z" ? zone ?? "" : zone.includes(":") ? "+00:00" : "+0000";
        return day + joint + shown + offset;
      }
      if (!RFC.test(value) || Number.isNaN(Date.parse(value))) return null;
      return new Date((BASE + rank([Date.parse(value) / 1000, 0]) * 60) * 1000).toUTCString();
    };
    const number = (value) => {
      const unit = epochUnit(value);
      if (unit === undefined) return null;
      return (BASE + 60 * rank([Math.floor(value / unit), Math.round((value % unit) * (1e9 / unit))])) * unit;
    };
    return { text, number, close };
  }

  // ---- Values -----------------------------------------------------------------------------------------------------

  const LITERALS = new Set(["", "true", "false", "yes", "no", "null", "undefined", "on", "off"]);
  const SCHEMES = new Set(["http", "https", "ws", "wss", "ftp", "file", "chrome-extension", "moz-extension"]);
  const SHORT_WORD = /^[A-Za-z0-9_.-]{1,24}$/;

  function maskedNumber(number) {
    if (number === 0) return 0;
    const size = Math.abs(number);
    const power = Number(`1e${Math.floor(Math.log10(size))}`);
    // A fraction stays a fraction: readers and schemas tell 10 from 10.5.
    return Math.sign(number) * (Number.isInteger(number) || size < 1 ? power : power + 0.5);
  }

  function maskedUrl(text) {
    if (/^data:/i.test(text)) return "data:,masked";
    const blob = /^blob:/i.test(text) ? "blob:" : "";
    const match = /^([a-z][a-z0-9+.-]*):\/\/\S*$/i.exec(text.slice(blob.length));
    if (!match) return blob ? "blob:https://masked.example/masked" : null;
    const scheme = match[1].toLowerCase();
    return `${blob}${SCHEMES.has(scheme) ? scheme : "https"}://masked.example/masked`;
  }

  function maskedText(text) {
    const url = maskedUrl(text);
    if (url !== null) return url;
    if (/^\/[^\s]+$/.test(text)) return "/masked/masked";
    if (/^[^\s/]+(?:\/[^\s/]+)+\/?$/.test(text)) return "masked/masked";
    if (/^-?\d{1,15}(?:\.\d+)?$/.test(text)) return String(maskedNumber(Number(text)));
    return "masked text";
  }

  const typeOf = (value) => {
    if (value === null) return "null";
    if (Array.isArray(value)) return "array";
    return Number.isInteger(value) ? "integer" : typeof value;
  };

  function declared(value, rule) {
    const types = rule.types ?? [];
    const type = typeOf(value);
    return types.includes(type) || (type === "integer" && types.includes("number"));
  }

  /** Text that holds JSON, as its value; undefined when it holds none. Only objects and lists count. */
  function inner(text) {
    if (!/^\s*[[{]/.test(text)) return undefined;
    try {
      return JSON.parse(text);
    } catch {
      return undefined;
    }
  }

  function redactor(policy) {
    const names = pseudonyms(keyed(policy.salt));
    const { spoken } = vocabulary(policy.words ?? []);
    const times = calendar();
    let nodes = 0;

    // A key such as `draft_<id>`: the id inside it becomes its pseudonym, if the words around it may be said.
    const composite = (text) => {
      const rest = text.replace(INSIDE, " ").split(" ").filter((part) => /[A-Za-z0-9]/.test(part));
      return rest.length > 0 && rest.every(spoken) ? text.replace(INSIDE, (id) => names.of(id)) : text;
    };
    const idKey = (text) => {
      const shown = composite(text);
      return shown === text ? names.of(text) : shown;
    };
    const fieldName = (text) => {
      if (text === "" || spoken(text)) return text;
      const shown = composite(text);
      if (shown !== text) return shown;
      return looksLikeId(text) || /^[0-9]+$/.test(text) ? names.of(text) : names.tag(text);
    };

    const number = (value, rule) => {
      if (rule.redact === "keep") return value;
      if (rule.redact === "pseudonym" && Number.isSafeInteger(value) && Math.abs(value) < 1e15) {
        return Math.sign(value) * Number(names.of(String(Math.abs(value))));
      }
      return times.number(value) ?? maskedNumber(value);
    };
    const string = (value, rule, depth) => {
      const parsed = inner(value);
      if (parsed !== undefined) return JSON.stringify(walk(parsed, rule, depth + 1));
      if (LITERALS.has(value.toLowerCase())) return value;
      if (looksLikeId(value)) return names.of(value);
      if (rule.redact === "keep" && (declared(value, rule) || SHORT_WORD.test(value))) return value;
      if (rule.redact === "pseudonym") {
        const url = maskedUrl(value);
        return url === null ? names.of(value) : url.replace(/masked$/, names.of(value));
      }
      return times.text(value) ?? maskedText(value);
    };
    const nameIn = (name, rule) => {
      if (rule.fields && own(rule.fields, name)) return [name, rule.fields[name]];
      if (rule.values) return [idKey(name), rule.values];
      return [fieldName(name), NO_RULE];
    };
    const object = (value, rule, depth) => {
      const made = {};
      for (const name of Object.keys(value)) {
        let [shown, below] = nameIn(name, rule);
        while (own(made, shown)) shown += "_"; // two names may share a token: neither may hide the other
        put(made, shown, walk(value[name], below, depth + 1));
      }
      return made;
    };
    const walk = (value, rule, depth) => {
      if (depth > LIMIT.depth || ++nodes > LIMIT.nodes) throw OVERSIZE;
      if (value === null) return null;
      if (typeof value === "boolean") return rule.redact === "mask" ? false : value;
      if (typeof value === "number") return number(value, rule);
      if (typeof value === "string") return string(value, rule, depth);
      if (Array.isArray(value)) return value.map((item) => walk(item, rule.items ?? NO_RULE, depth + 1));
      return object(value, rule, depth);
    };
    const value = (raw, rule) => {
      nodes = 0;
      return walk(raw, rule, 1);
    };
    return { value, id: names.of, key: fieldName, times };
  }

  // ---- Stores: which entry is, or resembles, which declared store -------------------------------------------------

  /** How a store's key pattern reads `key`: null when it does not, else the placeholder's name and text. */
  function bound(store, key) {
    const pattern = /^([^{}]*)\{([^{}]+)\}([^{}]*)$/.exec(store.key);
    if (!pattern) return store.key === key ? { before: key, after: "" } : null;
    const [, before, name, after] = pattern;
    if (key.length <= before.length + after.length || !key.startsWith(before) || !key.endsWith(after)) return null;
    return { before, after, name, text: key.slice(before.length, key.length - after.length) };
  }

  function namesOf(rule, found = new Set()) {
    for (const [name, below] of Object.entries(rule.fields ?? {})) namesOf(below, found.add(name));
    for (const below of [rule.values, rule.items]) if (below) namesOf(below, found);
    return found;
  }

  /** Every field name of a value, also inside text that holds JSON; a bounded look. */
  function fieldsOf(value) {
    const found = new Set();
    const waiting = [value];
    for (let looked = 0; waiting.length > 0 && looked < LIMIT.nodes; looked++) {
      const next = waiting.pop();
      const seen = typeof next === "string" ? inner(next) : next;
      if (seen === null || typeof seen !== "object") continue;
      if (!Array.isArray(seen)) for (const name of Object.keys(seen)) found.add(name);
      for (const below of Object.values(seen)) waiting.push(below);
    }
    return found;
  }

  function parsed(text) {
    if (text.length > LIMIT.units) return { form: "oversize" };
    try {
      const value = JSON.parse(text);
      return { form: typeof value === "string" && inner(value) !== undefined ? "json-in-text" : "json", value };
    } catch {
      return { form: "text" };
    }
  }

  /** The best store among `missing` that the value resembles: three of its names at least, and two in five. */
  function resembled(value, missing) {
    if (value === undefined) return null;
    const seen = fieldsOf(value);
    let best = null;
    for (const store of missing) {
      const wanted = [...namesOf(store.rule ?? NO_RULE)];
      const shared = wanted.filter((name) => seen.has(name)).length;
      const share = shared / wanted.length;
      if (shared >= 3 && share >= 0.4 && (best === null || share > best.share)) best = { store, share };
    }
    return best && best.store;
  }

  /** Pairs of raw entry and store, over all areas. */
  function assigned(policy, areas) {
    const stores = policy.stores ?? [];
    // An exact key is nearer than a pattern, a long pattern nearer than a short one.
    const near = [...stores].sort((one, two) => one.key.includes("{") - two.key.includes("{") || two.key.length - one.key.length);
    const raw = areas.flatMap((view) => (view.entries ?? []).map(([key, text]) => ({ area: view.area, key, text })));
    const taken = raw.map((entry) => ({ ...entry, store: near.find((s) => s.area === entry.area && bound(s, entry.key)) }));
    const present = new Set(taken.map((entry) => entry.store));
    const missing = near.filter((store) => !present.has(store));
    if (missing.length === 0) return taken.filter((entry) => entry.store);
    const placed = (entry) => {
      if (entry.store) return entry;
      const moved = missing.find((store) => bound(store, entry.key)); // the same key in another area
      return { ...entry, store: moved ?? resembled(parsed(entry.text).value, missing) };
    };
    return taken.map(placed).filter((entry) => entry.store);
  }

  function identity(entry, tool) {
    const match = bound(entry.store, entry.key);
    if (match && match.name === undefined) return { key: entry.key, ids: {} };
    if (match) {
      const id = tool.id(match.text);
      return { key: match.before + id + match.after, ids: put({}, match.name, id) };
    }
    const [, placeholder] = /\{([^{}]+)\}/.exec(entry.store.key) ?? [];
    const inside = entry.key.match(INSIDE) ?? [];
    const ids = placeholder && inside.length === 1 ? put({}, placeholder, tool.id(inside[0])) : {};
    return { key: tool.key(entry.key), ids };
  }

  function redactedEntry(entry, tool) {
    const base = { ...identity(entry, tool), store: entry.store.name, size: entry.text.length };
    const { form, value } = parsed(entry.text);
    if (value === undefined) return { ...base, form, value: null };
    try {
      return { ...base, form, value: tool.value(value, entry.store.rule ?? NO_RULE) };
    } catch {
      return { ...base, form: "oversize", value: null }; // too deep or too large; a stack that ran out is the same
    }
  }

  const byKey = (one, two) => (one.key < two.key ? -1 : Number(one.key > two.key));

  function redactedAreas(policy, areas) {
    const tool = redactor(policy);
    const entries = assigned(policy, areas);
    for (const entry of entries) redactedEntry(entry, tool); // the first walk only learns the order of the times
    tool.times.close();
    const done = entries.map((entry) => ({ area: entry.area, shown: redactedEntry(entry, tool) }));
    return areas.map((view) => {
      const shown = done.filter((entry) => entry.area === view.area).map((entry) => entry.shown).sort(byKey);
      return { area: view.area, entries: shown, others: (view.entries ?? []).length - shown.length, denied: view.denied ?? "" };
    });
  }

  // ---- Reading: only in a world of our own, or in the extension's ------------------------------------------------

  /** Why an area was closed, as a word; never the browser's sentence, which may hold page text. */
  const reason = (error) => (/^[A-Za-z]{1,40}$/.test(error?.name ?? "") ? error.name : "Error");

  function pageArea(area, storage) {
    try {
      const held = storage();
      // Through the prototype: a stored key may be named like a method.
      const length = Object.getOwnPropertyDescriptor(Storage.prototype, "length").get.call(held);
      const keys = Array.from({ length }, (_, index) => Storage.prototype.key.call(held, index));
      return { area, entries: keys.map((key) => [key, Storage.prototype.getItem.call(held, key) ?? ""]) };
    } catch (error) {
      return { area, entries: [], denied: reason(error) };
    }
  }

  async function extensionArea(area, name) {
    try {
      const held = await globalThis.chrome.storage[name].get(null);
      return { area, entries: Object.keys(held).map((key) => [key, JSON.stringify(held[key]) ?? "null"]) };
    } catch (error) {
      return { area, entries: [], denied: reason(error) };
    }
  }

  const READERS = {
    session: (area) => pageArea(area, () => globalThis.sessionStorage),
    local: (area) => pageArea(area, () => globalThis.localStorage),
    "extension-local": (area) => extensionArea(area, "local"),
    "extension-sync": (area) => extensionArea(area, "sync"),
  };

  const answer = (policy, areas, origin) => JSON.stringify({ areas: redactedAreas(policy, areas), origin });

  return {
    redact: (policyText, areasText) => answer(JSON.parse(policyText), JSON.parse(areasText), ""),
    capture: async (policyText) => {
      const policy = JSON.parse(policyText);
      const areas = await Promise.all(policy.areas.map((area) => READERS[area](area)));
      return answer(policy, areas, globalThis.location.origin);
    },
  };
})()
