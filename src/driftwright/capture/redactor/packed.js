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
function unpacked(bits) {
  const known = [null, null, null];
  const parts = [];
  let units = 0;
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
    units += part.length;
    if (units > LIMIT.units) throw OVERSIZE;
    if (last !== "") known.push(last + part[0]);
    last = part;
    while (known.length >= 2 ** width) width++;
  }
}

const BASE64_TEXT = /^[A-Za-z0-9+/]{8,}={0,3}$/;
const IN_URI_TEXT = /^[A-Za-z0-9+$-]{8,}$/;

const attempt = (form, text) => {
  try {
    const found = inner(text());
    return found === undefined ? null : { form, value: found };
  } catch {
    return null; // not packed in this way, or beyond the bounds
  }
};

/** JSON that lies packed in `text`: its form and value; null when there is none. */
function packed(text) {
  if (text.length < 4 || text.length > LIMIT.units) return null;
  const codes = (map) => (at) => map.get(text.charCodeAt(at)) ?? 0;
  const from = (width, codeAt) => () => unpacked(bitReader(text.length, width, codeAt));
  const lz = "json-in-lz-string";
  if (BASE64_TEXT.test(text)) {
    const plain = () =>
      new TextDecoder().decode(Uint8Array.from(globalThis.atob(text), (letter) => letter.charCodeAt(0)));
    const found = attempt("json-in-base64", plain) ?? attempt(lz, from(6, codes(BASE64_CODES)));
    if (found) return found;
  }
  if (IN_URI_TEXT.test(text)) return attempt(lz, from(6, codes(IN_URI_CODES)));
  if (text.charCodeAt(0) < 0x80) return null; // prose
  return attempt(lz, from(15, (at) => text.charCodeAt(at) - 32)) ?? attempt(lz, from(16, (at) => text.charCodeAt(at)));
}
