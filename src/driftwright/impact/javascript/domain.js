// Writes the domain of an address in ASCII: lower case, letters beyond ASCII in Punycode (RFC 3492).
//
// The mapping of the Unicode standard (UTS 46) is made of what the language knows: compatibility forms (NFKC), lower
// case, and the classes of characters. Not checked is whether left-to-right and right-to-left letters may be mixed.

const ASCII = /^[\0-\x7f]*$/;
const IGNORED = /[\u00ad\u034f\u180b-\u180f\u200b\u2060\u2064\ufe00-\ufe0f\ufeff]/gu;
const REFUSED = "\ufffd"; // what INVALID finds, for what would write a dot, as … does
const DOTS = /[\u3002\uff0e\uff61]/gu;
// No label begins with a mark, and none holds what is blank, unassigned or private. The two joiners are allowed where
// scripts need them.
const INVALID = /^\p{M}|\ufffd|(?![\u200c\u200d])[\p{C}\p{Z}]|(?<!\p{M})\u200d|(?<!\p{M}|\p{Script=Arabic})\u200c/u;
const PREFIX = "xn--";
const BASE = 36;
const FIRST = 1;
const LAST = 26;
const DIGITS = "abcdefghijklmnopqrstuvwxyz0123456789";

/** `domain` in ASCII; null when it is none. */
export function domainToAscii(domain) {
  const labels = mapped(domain).split(".").map(asciiLabel);
  return labels.includes(null) ? null : labels.join(".");
}

function mapped(text) {
  if (ASCII.test(text)) return text.toLowerCase();
  const plain = text.replace(IGNORED, "").replace(DOTS, ".");
  return Array.from(plain, mappedCharacter).join("").normalize("NFC");
}

function mappedCharacter(character) {
  const form = character.normalize("NFKC").toLowerCase(); // by itself, so that Σ is never the final ς
  if (character !== "." && form.includes(".")) return REFUSED;
  return form.normalize("NFD").replaceAll("\u0345", "ι"); // what is written below a Greek letter is one of its own
}

function asciiLabel(label) {
  if (label.startsWith(PREFIX)) {
    const letters = ASCII.test(label) ? decoded(label.slice(PREFIX.length)) : null;
    if (letters === null || ASCII.test(letters) || mapped(letters) !== letters) return null;
    return INVALID.test(letters) ? null : label;
  }
  if (ASCII.test(label)) return label;
  return INVALID.test(label) ? null : PREFIX + encoded(label);
}

function encoded(label) {
  const points = Array.from(label, (character) => character.codePointAt(0));
  const basic = label.replace(/[^\0-\x7f]/gu, "");
  const others = [...new Set(points.filter((point) => point >= 0x80))].sort((one, other) => one - other);
  let text = basic + (basic && "-");
  let done = basic.length;
  let bias = 72;
  let delta = 0;
  let reached = 0x80;
  for (const next of others) {
    delta += (next - reached) * (done + 1);
    reached = next;
    for (const point of points) {
      if (point < reached) delta += 1;
      if (point !== reached) continue;
      text += variableLength(delta, bias);
      bias = adapted(delta, done + 1, done === basic.length);
      delta = 0;
      done += 1;
    }
    delta += 1;
    reached += 1;
  }
  return text;
}

function variableLength(number, bias) {
  let text = "";
  for (let k = BASE; ; k += BASE) {
    const threshold = thresholdAt(k, bias);
    if (number < threshold) return text + DIGITS[number];
    text += DIGITS[threshold + ((number - threshold) % (BASE - threshold))];
    number = Math.floor((number - threshold) / (BASE - threshold));
  }
}

function decoded(text) {
  const end = text.lastIndexOf("-");
  const points = Array.from(text.slice(0, Math.max(end, 0)), (character) => character.codePointAt(0));
  let bias = 72;
  let point = 0x80;
  let index = 0;
  for (let at = end + 1; at < text.length; ) {
    const before = index;
    let weight = 1;
    for (let k = BASE; ; k += BASE) {
      const digit = DIGITS.indexOf(text.charAt(at) || " ");
      if (digit < 0) return null;
      at += 1;
      index += digit * weight;
      if (index > 0x7fffffff) return null;
      const threshold = thresholdAt(k, bias);
      if (digit < threshold) break;
      weight *= BASE - threshold;
    }
    const length = points.length + 1;
    bias = adapted(index - before, length, before === 0);
    point += Math.floor(index / length);
    index %= length;
    if (point > 0x10ffff) return null;
    points.splice(index, 0, point);
    index += 1;
  }
  return points.map((found) => String.fromCodePoint(found)).join("");
}

function thresholdAt(k, bias) {
  return Math.min(Math.max(k - bias, FIRST), LAST);
}

function adapted(delta, length, first) {
  let rest = Math.floor(delta / (first ? 700 : 2));
  rest += Math.floor(rest / length);
  let k = 0;
  for (; rest > ((BASE - FIRST) * LAST) / 2; k += BASE) rest = Math.floor(rest / (BASE - FIRST));
  return k + Math.floor(((BASE - FIRST + 1) * rest) / (rest + 38));
}
