// Packed text: the few ways of packing JSON that libraries for web storage use, undone within bounds

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const IN_URI = `${BASE64.slice(0, 63)}-`;
const codesOf = (letters) => new Map([...letters].map((letter, code) => [letter.charCodeAt(0), code]));
const BASE64_CODES = codesOf(BASE64);
const IN_URI_CODES = codesOf(IN_URI);

/** Reads a stream of characters that carry `width` bits each, the highest first. */
function bitReader(length, width, codeAt) {
  let at = 0;
  let held = 0;
  let left = 0;
  return (count) => {
    let number = 0;
    for (let place = 0; place < count; place++) {
      if (left === 0) {
        if (at >= length) throw OVERSIZE;
        held = codeAt(at++);
        left = width;
      }
      number |= ((held >>> --left) & 1) << place; // a number's lowest bit comes first
    }
    return number;
  };
}

/** Undo a dictionary packing: marks 0 and 1 bring a new character of 8 or 16 bits, 2 is the end. */
function unpacked(bits, budget) {
  const known = [null, null, null];
  const parts = [];
  let last = "";
  let width = 2;
  for (;;) {
    let mark = bits(width);
    if (mark === 2) return parts.join("");
    if (mark < 2) {
      known.push(String.fromCharCode(bits(mark === 0 ? 8 : 16)));
      mark = known.length - 1;
    }
    if (mark > known.length || (mark === known.length && last === "")) throw OVERSIZE;
    const part = mark < known.length ? known[mark] : last + last[0];
    parts.push(part);
    // A few kilobytes may unpack to the square of their length: all entries of a capture share one bound.
    budget.units -= part.length;
    if (budget.units < 0) throw OVERSIZE;
    if (last !== "") known.push(last + part[0]);
    last = part;
    while (known.length >= 2 ** width) width++;
  }
}

/** Whether `text` has these letters alone and up to three for padding; a pattern runs out of stack on a long text. */
function isSpelled(text, codes, padding) {
  let end = text.length;
  while (end > text.length - 3 && text[end - 1] === padding) end--;
  if (end < 8) return false;
  for (let at = 0; at < end; at++) if (!codes.has(text.charCodeAt(at))) return false;
  return true;
}

// A page may replace the browser's own decoders, and the engine that reads saved dumps has none.

/** The bytes that base64 letters carry. */
function bytesOf(text) {
  const bytes = new Uint8Array(Math.floor((text.length * 3) / 4));
  let end = 0;
  let held = 0;
  let bits = 0;
  for (let at = 0; at < text.length && text[at] !== "="; at++) {
    held = ((held << 6) | BASE64_CODES.get(text.charCodeAt(at))) & 0xfff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[end++] = (held >> bits) & 0xff;
  }
  return bytes.subarray(0, end);
}

const following = (first) => (first < 0xc2 || first > 0xf4 ? 0 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3);

/** The text of UTF-8 bytes; a byte that belongs to none is a letter of its own, as where no UTF-8 was made. */
function textIn(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at++) {
    const more = following(bytes[at]);
    let point = more ? bytes[at] & (0x3f >> more) : bytes[at];
    let step = 1;
    while (step <= more && (bytes[at + step] & 0xc0) === 0x80) point = (point << 6) | (bytes[at + step++] & 0x3f);
    if (step <= more) point = bytes[at];
    else at += more;
    text += String.fromCodePoint(point);
  }
  return text;
}

const attempt = (form, text) => {
  try {
    const found = inner(text());
    return found === undefined ? null : { form, value: found };
  } catch {
    return null; // not packed in this way, or beyond the bounds
  }
};

/** JSON that lies packed in `text`: its form and value; null when there is none. */
function packed(text, budget) {
  if (text.length < 4 || text.length > LIMIT.units) return null;
  const codes = (map) => (at) => map.get(text.charCodeAt(at)) ?? 0;
  const from = (width, codeAt) => () => unpacked(bitReader(text.length, width, codeAt), budget);
  const lz = "json-in-lz-string";
  if (isSpelled(text, BASE64_CODES, "=")) {
    const begins = textIn(bytesOf(text.slice(0, 64)));
    const plain = /^\s*(?:[[{]|$)/.test(begins) ? attempt("json-in-base64", () => textIn(bytesOf(text))) : null;
    const found = plain ?? attempt(lz, from(6, codes(BASE64_CODES)));
    if (found) return found;
  }
  if (isSpelled(text, IN_URI_CODES, "$")) return attempt(lz, from(6, codes(IN_URI_CODES)));
  if (text.charCodeAt(0) < 0x80) return null; // prose
  return attempt(lz, from(15, (at) => text.charCodeAt(at) - 32)) ?? attempt(lz, from(16, (at) => text.charCodeAt(at)));
}
