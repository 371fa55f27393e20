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
const EXACT = 64; // letters: as many as ids and usual digests have
const LONGEST = 256;
/** How long a pseudonym is: of a long text no exact length is told, and none costs more than its own hash. */
const shownLength = (length) => (length <= EXACT ? length : Math.min(LONGEST, 2 ** Math.ceil(Math.log2(length))));

// A pseudonym that is still to be hidden under the key which never comes here stands between two marks. JSON writes them
// as they are, also in a text that is written as JSON itself, and both are ASCII: one letter that is not has DevTools
// pack the whole answer at two bytes a letter, which took a quarter of the time in the page.
const [BEGINS, ENDS] = ["\x7f", ";"];
const MARK_CODES = [BEGINS.charCodeAt(0), ENDS.charCodeAt(0)];
const NUMBER_MARK = { pseudonym: "#", masked: "~" };
const SHORT_MARK = "!";

/** Pseudonyms under the key of `hash`; `isMarked` tells to put them between marks, for `rekeyed` to find them. */
function pseudonyms(hash, isMarked = false) {
  const mark = (text, kind = "") => (isMarked ? BEGINS + kind + text + ENDS : text);
  // Only the latest: most texts come once, or soon again, and a map of all costs more than hashing a few anew.
  const known = new Array(SLOTS);
  const mantissas = new Map();
  // A text made of its codes at once costs a third of one put together from parts.
  const hex = (text, length) => {
    let digits = "";
    let seed = text;
    for (let block = 0; digits.length < length; block++) {
      if (block === 1) seed = seedOf(text);
      const words = hash(block === 0 ? text : `${block}:${seed}`);
      const codes = ROOMS[Math.min(length - digits.length, 64)];
      for (let i = 0; i < codes.length; i++) codes[i] = digitAt(words, i);
      digits += textOfCodes(codes);
    }
    return digits;
  };
  /** What further blocks of a long text's pseudonym are drawn from: to hash the text for each takes its length squared. */
  const seedOf = (text) => {
    if (text.length <= EXACT) return text;
    const words = hash(`s:${text}`);
    return textOfCodes(Array.from({ length: 64 }, (_, place) => digitAt(words, place)));
  };
  const cased = (text, like) => (/[A-F]/.test(like) && !/[a-f]/.test(like) ? text.toUpperCase() : text);
  const uuid = (text) => {
    const words = hash(text);
    const codes = ROOMS[isMarked ? 38 : 36];
    if (isMarked) [codes[0], codes[37]] = MARK_CODES;
    for (let i = 0, at = isMarked ? 1 : 0; i < 32; i++) {
      if (i === 8 || i === 12 || i === 16 || i === 20) codes[at++] = HYPHEN;
      codes[at++] = i === 12 ? FOUR : i === 16 ? VARIANTS[(words[2] >>> 4) & 15] : digitAt(words, i);
    }
    return cased(textOfCodes(codes), text);
  };
  // A letter first, a digit last: never a mere number, never a mere word.
  const hexadecimal = (text) => {
    const made = hex(text, shownLength(text.length)).replace(/^[0-9]/, (digit) => "abcdefabcd"[digit]);
    return cased(made.replace(/[a-f]$/, (letter) => "012345"["abcdef".indexOf(letter)]), text);
  };
  const token = (text) => {
    let made = "";
    const length = shownLength(text.length);
    const seed = seedOf(text);
    for (let block = 0; made.length < length; block++) {
      for (const word of hash(`t${block}:${seed}`)) for (let i = 0; i < 24; i += 6) made += LETTERS[((word >>> i) & 63) % 52];
    }
    // Many digits tell an id from a long word, and so does a hyphen.
    const digits = text.replace(/[^0-9]+/g, "").length >= 4 ? 4 : 1;
    const end = String(10 ** (digits - 1) + (hash(`e:${seed}`)[0] % (9 * 10 ** (digits - 1))));
    return (NAME.test(text) ? "x" : "x-") + made.slice(NAME.test(text) ? 1 : 2, length - digits) + end;
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
    if (text === "0") return text;
    // One nought in front stays, as no number has it; a second one would tell of a short text what it is.
    const zero = text[0] === "0" ? "0" : "";
    const rest = text.slice(zero.length);
    const length = rest.length;
    if (length <= 15) {
      const low = zero ? 0 : length === 1 ? 1 : 10 ** (length - 1);
      const label = (zero ? "z" : "d") + length;
      return zero + String(low + permuted(label, Number(rest) - low, 10 ** length - low)).padStart(length, "0");
    }
    const made = hex(text, shownLength(length)).replace(/[a-f]/g, (letter) => "012345"["abcdef".indexOf(letter)]);
    return zero + made.replace(/^0/, "9");
  };
  /** A number as text: noughts alone stay, as 0 does among numbers. */
  const numeric = (text) =>
    text.replace(/[0-9]+/g, (run) => (/^0+$/.test(run) ? run.slice(0, shownLength(run.length)) : digits(run)));
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
    const token = last ? bare(text.slice(-36)) : hex(text, 10);
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
    const isHost = path > start && query - path < 2; // the address of a host, and of nothing on it
    return `${scheme}://${isHost ? `h${token}.masked.example${text.slice(path, query)}` : `masked.example/${token}`}${tail}`;
  };
  const prefixed = (text, form) => `x_${hex(text.slice(0, -36), 8)}${PREFIX_JOINT[form] ?? ":"}${bare(text.slice(-36))}`;
  const prose = (text) => {
    if (NAME.test(text)) return `_x_${hex(text, 8)}`;
    const other = URL_LIKE.exec(text);
    const scheme = other && other[1].toLowerCase();
    if (other && text.includes("://")) return `${SCHEMES.has(scheme) ? scheme : "app"}://masked.example/${hex(text, 10)}`;
    if (/^\/[^\s/]+\/?$/.test(text)) return `/x_${hex(text, 8)}`;
    return `masked ${text.includes("/") ? "/" : "text "}${hex(text, 10)}`;
  };
  const make = (text, form) => {
    if (form === "digits") return digits(text);
    if (form === "hex") return hexadecimal(text);
    if (URL_FORMS.has(form) || form === "url") return url(text, form);
    if (form !== "json" && endsWithId(text)) return prefixed(text, form);
    if (form === "token") return token(text);
    if (form === "word") return NAME.test(text) ? `x_${hex(text, 8)}` : `x-${hex(text, 10)}`;
    if (form === "numeric") return numeric(text);
    if (form === "local-date") return localDate(text);
    if (form === "json") return `${text[0]}masked ${text.includes("/") ? "/" : ""}${hex(text, 10)}${text[0] === "[" ? "]" : "}"}`;
    if (form !== "path") return prose(text);
    const [, start = "", end] = PATH.exec(text);
    return `${start}masked/${hex(text, 10)}${end}`;
  };
  const held = (text, form) => {
    const slot = slotOf(text);
    const found = known[slot];
    if (found !== undefined && found.text === text) return found;
    const itsForm = form ?? formOf(text);
    // By far the most common are made with their marks at once: to put them around it would cost as much again.
    const shown = itsForm === "uuid" ? uuid(text) : mark(make(text, itsForm));
    return (known[slot] = { text, shown });
  };
  /** A pseudonym without marks, as a part of another. */
  const bare = (text) => (isMarked ? held(text).shown.slice(1, -1) : held(text).shown);
  /** The pseudonym of a text; `form` is its form, where that is known already. */
  const of = (text, form) => (text === "" ? text : held(text, form).shown);
  /** The pseudonym of a whole number that is exact. */
  const ofNumber = (number) => {
    const made = Math.sign(number) * Number(bare(String(Math.abs(number))));
    return isMarked && number !== 0 ? mark(made, NUMBER_MARK.pseudonym) : made;
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
  /** A number with no more of it than its sign, its size, its kind and one figure. */
  const masked = (number) => {
    const made = maskedNumber(number, mantissa);
    return isMarked && number !== 0 && number !== 1 ? mark(made, NUMBER_MARK.masked) : made;
  };
  return { of, ofNumber, masked, mantissa, short: (text, taken) => mark(short(text, taken), SHORT_MARK) };
}
