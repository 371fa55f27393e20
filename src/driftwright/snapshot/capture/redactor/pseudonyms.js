// Pseudonyms: the same text gives the same pseudonym, of the same form

const INSIDE = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|(?<![A-Za-z0-9])(?:[0-9a-f]{16,}|[0-9]{8,})(?![A-Za-z0-9])/gi;
const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const DIGIT_CODES = Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
const VARIANTS = DIGIT_CODES.map((_, digit) => DIGIT_CODES[8 | (digit & 3)]); // what a UUID's 17th digit may be
const [HYPHEN, FOUR] = Array.from("-4", (letter) => letter.charCodeAt(0));
/** The code of the hexadecimal digit at `place` of a hash's words. */
const digitAt = (words, place) => DIGIT_CODES[(words[place >> 3] >>> (4 * ((place & 7) ^ 1))) & 15];
const SHORT = `${LETTERS}0123456789_$`;
const SCHEMES = new Set(["ftp", "mailto", "chrome-extension", "moz-extension"]);
const PREFIX_JOINT = { token: "_", word: ".", path: "/" };

const SLOTS = 4096;
/** Where a text's pseudonym is remembered: a few of its letters draw the place. */
const slotOf = (text) => {
  const step = Math.max(1, (text.length - 1) >> 2);
  let drawn = text.length;
  for (let at = 0; at < text.length; at += step) drawn = (drawn * 31 + text.charCodeAt(at)) | 0;
  return drawn & (SLOTS - 1);
};
const ROOMS = Array.from({ length: 65 }, (_, length) => new Array(length).fill(0)); // for codes, used again each time
const textOfCodes = (codes) => String.fromCharCode.apply(null, codes);

function pseudonyms(hash) {
  // Only the latest: most texts come once, or soon again, and a map of all costs more than hashing a few anew.
  const known = new Array(SLOTS);
  const mantissas = new Map();
  // A text made of its codes at once costs a third of one put together from parts.
  const hex = (text, length) => {
    let digits = "";
    for (let block = 0; digits.length < length; block++) {
      const words = hash(block === 0 ? text : `${block}:${text}`);
      const codes = ROOMS[Math.min(length - digits.length, 64)];
      for (let i = 0; i < codes.length; i++) codes[i] = digitAt(words, i);
      digits += textOfCodes(codes);
    }
    return digits;
  };
  const cased = (text, like) => (/[A-F]/.test(like) && !/[a-f]/.test(like) ? text.toUpperCase() : text);
  const uuid = (text) => {
    const words = hash(text);
    const codes = ROOMS[36];
    for (let i = 0, at = 0; i < 32; i++) {
      if (i === 8 || i === 12 || i === 16 || i === 20) codes[at++] = HYPHEN;
      codes[at++] = i === 12 ? FOUR : i === 16 ? VARIANTS[(words[2] >>> 4) & 15] : digitAt(words, i);
    }
    return cased(textOfCodes(codes), text);
  };
  // A letter first, a digit last: never a mere number, never a mere word.
  const hexadecimal = (text) => {
    const made = hex(text, text.length).replace(/^[0-9]/, (digit) => "abcdefabcd"[digit]);
    return cased(made.replace(/[a-f]$/, (letter) => "012345"["abcdef".indexOf(letter)]), text);
  };
  const token = (text) => {
    let made = "";
    for (let block = 0; made.length < text.length; block++) {
      for (const word of hash(`t${block}:${text}`)) for (let i = 0; i < 24; i += 6) made += LETTERS[((word >>> i) & 63) % 52];
    }
    // Many digits tell an id from a long word, and so does a hyphen.
    const digits = text.replace(/[^0-9]+/g, "").length >= 4 ? 4 : 1;
    const end = String(10 ** (digits - 1) + (hash(`e:${text}`)[0] % (9 * 10 ** (digits - 1))));
    return (NAME.test(text) ? "x" : "x-") + made.slice(NAME.test(text) ? 1 : 2, text.length - digits) + end;
  };
  /** A keyed permutation of the numbers below `span`, so that different texts stay different. */
  const permuted = (label, start, span) => {
    const side = 2 ** Math.max(1, Math.ceil(Math.log2(span) / 2));
    let at = start;
    do {
      let left = Math.floor(at / side);
      let right = at % side;
      for (let round = 0; round < 4; round++) {
        [left, right] = [right, (left ^ (hash(`${label}:${round}:${right}`)[0] % side)) >>> 0];
      }
      at = left * side + right;
    } while (at >= span);
    return at;
  };
  const digits = (text) => {
    const zeros = /^0*/.exec(text)[0];
    const rest = text.slice(zeros.length);
    if (rest === "") return text;
    if (rest.length <= 15) {
      const low = rest.length === 1 ? 1 : 10 ** (rest.length - 1);
      return zeros + String(low + permuted(`d${rest.length}`, Number(rest) - low, 10 ** rest.length - low));
    }
    const made = hex(rest, rest.length).replace(/[a-f]/g, (letter) => "012345"["abcdef".indexOf(letter)]);
    return zeros + made.replace(/^0/, "9");
  };
  /** A name of a letter or two stays one; `taken` tells which of them are names of their own. */
  const short = (text, taken) => {
    const of = (at) => LETTERS[at % 52] + (text.length === 2 ? SHORT[Math.floor(at / 52)] : "");
    let at = LETTERS.indexOf(text[0]) + (text.length === 2 ? 52 * SHORT.indexOf(text[1]) : 0);
    const span = text.length === 2 ? 52 * SHORT.length : 52;
    do at = permuted(`s${text.length}`, at, span);
    while (taken(of(at)));
    return of(at);
  };
  // Parts of one or two digits stay dates however day and month are read.
  const localDate = (text) => {
    const seed = hash(text)[0];
    let place = 0;
    return text.replace(/[0-9]+/g, (part) => {
      const mixed = (seed >>> (4 * place++)) & 15;
      if (part.length === 1) return String(1 + (mixed % 9));
      return place === 3 ? "2025".slice(-part.length) : String(10 + (mixed % 3));
    });
  };
  const url = (text, form) => {
    const last = endsWithId(text);
    const token = last ? of(text.slice(-36)) : hex(text, 10);
    const slash = text.includes("/"); // by which a key is told to be a path
    if (form === "data") return `data:${slash && !last ? "masked/masked" : ""},${token}`;
    if (form === "blob") return `blob:${slash ? "https://masked.example/" : ""}${token}`;
    const colon = text.indexOf(":");
    const scheme = text.slice(0, colon).toLowerCase();
    const double = text.startsWith("//", colon + 1);
    const start = colon + (double ? 3 : 1);
    const before = (mark, end) => {
      const at = text.indexOf(mark, start);
      return at < 0 || at > end ? end : at;
    };
    const fragment = before("#", text.length);
    const query = before("?", fragment);
    const path = before("/", query);
    const tail = last ? "" : (query < fragment ? "?masked" : "") + (fragment < text.length ? "#masked" : "");
    if (!double) return `${scheme}:${slash && !last ? "masked/" : ""}${token}${tail}`;
    const bare = path > start && query - path < 2; // the address of a host, and of nothing on it
    return `${scheme}://${bare ? `h${token}.masked.example${text.slice(path, query)}` : `masked.example/${token}`}${tail}`;
  };
  const prefixed = (text, form) => `x_${hex(text.slice(0, -36), 8)}${PREFIX_JOINT[form] ?? ":"}${of(text.slice(-36))}`;
  const prose = (text) => {
    if (NAME.test(text)) return `_x_${hex(text, 8)}`;
    const other = URL_LIKE.exec(text);
    const scheme = other && other[1].toLowerCase();
    if (other && text.includes("://")) return `${SCHEMES.has(scheme) ? scheme : "app"}://masked.example/${hex(text, 10)}`;
    if (/^\/[^\s/]+\/?$/.test(text)) return `/x_${hex(text, 8)}`;
    return `masked ${text.includes("/") ? "/" : "text "}${hex(text, 10)}`;
  };
  const make = (text, form = formOf(text)) => {
    if (form === "uuid") return uuid(text);
    if (form === "digits") return digits(text);
    if (form === "hex") return hexadecimal(text);
    if (URL_FORMS.has(form) || form === "url") return url(text, form);
    if (form !== "json" && endsWithId(text)) return prefixed(text, form);
    if (form === "token") return token(text);
    if (form === "word") return NAME.test(text) ? `x_${hex(text, 8)}` : `x-${hex(text, 10)}`;
    if (form === "numeric") return text.replace(/[0-9]+/g, digits);
    if (form === "local-date") return localDate(text);
    if (form === "json") return `${text[0]}masked ${text.includes("/") ? "/" : ""}${hex(text, 10)}${text[0] === "[" ? "]" : "}"}`;
    if (form !== "path") return prose(text);
    const [, start = "", end] = PATH.exec(text);
    return `${start}masked/${hex(text, 10)}${end}`;
  };
  /** The pseudonym of a text; `form` is its form, where that is known already. */
  const of = (text, form) => {
    if (text === "") return text;
    const slot = slotOf(text);
    const held = known[slot];
    if (held !== undefined && held.text === text) return held.made;
    const made = make(text, form);
    known[slot] = { text, made };
    return made;
  };
  const drawMantissa = (figures) => {
    if (figures === "1") return 1;
    return figures.length === 1 ? 2 + permuted("m", Number(figures) - 2, 8) : 1 + (hash(`m:${figures}`)[0] % 9);
  };
  /** One figure for the figures of a number: numbers that differ by a power of ten alone get the same. */
  const mantissa = (figures) => {
    if (!mantissas.has(figures)) mantissas.set(figures, drawMantissa(figures));
    return mantissas.get(figures);
  };
  return { of, short, mantissa };
}
