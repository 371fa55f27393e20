// How texts are written as other texts and as bytes: Base64, UTF-8, and the form of the parameters of an address.

const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const VALUES = new Map(Array.from(BASE64, (character, value) => [character, value]));
const CHUNK = 8192; // code units that are made a text at once

// --- Base64 ---

/** The bytes of Base64, each as a character; null when it is none. */
export function fromBase64(text) {
  const blankless = text.replace(/[\t\n\f\r ]/g, "");
  const digits = blankless.length % 4 === 0 ? blankless.replace(/={1,2}$/, "") : blankless;
  if (digits.length % 4 === 1) return null;
  let bits = 0;
  let held = 0;
  const units = [];
  for (const digit of digits) {
    const value = VALUES.get(digit);
    if (value === undefined) return null;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    units.push((held >> bits) & 0xff);
  }
  return textOf(units);
}

/** Base64 of the bytes that the characters stand for; null when one is no byte. */
export function toBase64(text) {
  let bits = 0;
  let held = 0;
  let coded = "";
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit > 0xff) return null;
    held = ((held << 8) | unit) & 0xffff;
    for (bits += 8; bits >= 6; ) {
      bits -= 6;
      coded += BASE64[(held >> bits) & 0x3f];
    }
  }
  if (bits > 0) coded += BASE64[(held << (6 - bits)) & 0x3f];
  return coded.padEnd(Math.ceil(coded.length / 4) * 4, "=");
}

// --- UTF-8 ---

/** Write as many whole characters as fit; returns the code units read and the bytes written. */
export function encodeInto(text, bytes) {
  let read = 0;
  let written = 0;
  for (const character of text) {
    const point = character.codePointAt(0);
    const more = point < 0x80 ? 0 : point < 0x800 ? 1 : point < 0x10000 ? 2 : 3;
    if (written + more >= bytes.length) break;
    const lead = [0, 0xc0, 0xe0, 0xf0][more];
    bytes[written] = lead | (point >> (6 * more));
    written += 1;
    for (let left = more - 1; left >= 0; left -= 1, written += 1) bytes[written] = 0x80 | ((point >> (6 * left)) & 0x3f);
    read += character.length;
  }
  return { read, written };
}

/** Returns a function that decodes the next bytes, and says at the last of them what was left incomplete. */
export function utf8Decoder(fatal, dropsMark) {
  let point = 0;
  let left = 0; // bytes that the character still needs
  let lower = 0; // within which the next byte goes on with it
  let upper = 0;
  let atStart = dropsMark;

  return (bytes, isEnd) => {
    const units = [];
    const put = (found) => {
      if (!atStart || found !== 0xfeff) {
        if (found < 0x10000) units.push(found);
        else units.push(0xd7c0 + (found >> 10), 0xdc00 + (found & 0x3ff));
      }
      atStart = false;
    };
    const broken = () => {
      if (fatal) throw new TypeError("The encoded data was not valid.");
      left = 0;
      put(0xfffd);
    };
    const begin = (byte) => {
      if (byte < 0x80) return put(byte);
      if (byte < 0xc2 || byte > 0xf4) return broken();
      left = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
      point = byte & (0x3f >> left);
      lower = byte === 0xe0 ? 0xa0 : byte === 0xf0 ? 0x90 : 0x80; // below, a shorter form would do
      upper = byte === 0xed ? 0x9f : byte === 0xf4 ? 0x8f : 0xbf; // above are surrogates, or nothing at all
    };
    for (const byte of bytes) {
      if (left === 0) begin(byte);
      else if (byte < lower || byte > upper) {
        broken();
        begin(byte);
      } else {
        point = (point << 6) | (byte & 0x3f);
        left -= 1;
        lower = 0x80;
        upper = 0xbf;
        if (left === 0) put(point);
      }
    }
    if (isEnd && left > 0) broken();
    return textOf(units);
  };
}

function textOf(units) {
  let text = "";
  for (let at = 0; at < units.length; at += CHUNK) text += String.fromCharCode(...units.slice(at, at + CHUNK));
  return text;
}

// --- parameters ---

/** The pairs `[name, value]` of a query. */
export function formPairs(query) {
  const parts = query.split("&").filter((part) => part !== "");
  return parts.map((part) => {
    const at = part.indexOf("=");
    return (at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)]).map(formDecoded);
  });
}

/** A name or a value as it is written in a query. */
export function formEncoded(text) {
  const marked = (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
  return encodeURIComponent(text).replace(/[!'()~]/g, marked).replaceAll("%20", "+");
}

function formDecoded(text) {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    // Some of the percent signs stand for themselves, or the bytes are no UTF-8.
    return spaced.replace(/(?:%[\da-f]{2})+/gi, (run) => {
      const bytes = run.slice(1).split("%").map((byte) => parseInt(byte, 16));
      return utf8Decoder(false, false)(bytes, true);
    });
  }
}
