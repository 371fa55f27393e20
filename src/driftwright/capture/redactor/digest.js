// HMAC-SHA-256, synchronous: crypto.subtle is absent on plain http pages

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

/** Read the 64 bytes at `offset` as the next block. */
function load(bytes, offset) {
  for (let i = 0, at = offset; i < 16; i++, at += 4) {
    SCHEDULE[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
  }
}

/** Mix the block that lies in the schedule into `state`. */
function compress(state) {
  for (let i = 16; i < 64; i++) {
    const early = SCHEDULE[i - 15];
    const late = SCHEDULE[i - 2];
    const small = turn(early, 7) ^ turn(early, 18) ^ (early >>> 3);
    const large = turn(late, 17) ^ turn(late, 19) ^ (late >>> 10);
    SCHEDULE[i] = (SCHEDULE[i - 16] + small + SCHEDULE[i - 7] + large) | 0;
  }
  let a = state[0], b = state[1], c = state[2], d = state[3]; // prettier-ignore
  let e = state[4], f = state[5], g = state[6], h = state[7]; // prettier-ignore
  for (let i = 0; i < 64; i++) {
    const mixed = turn(e, 6) ^ turn(e, 11) ^ turn(e, 25);
    const first = (h + mixed + ((e & f) ^ (~e & g)) + ROUND[i] + SCHEDULE[i]) | 0;
    const second = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  state[0] += a;
  state[1] += b;
  state[2] += c;
  state[3] += d;
  state[4] += e;
  state[5] += f;
  state[6] += g;
  state[7] += h;
}

/** Put the UTF-8 of `text` at the start of `bytes`; return its length. */
function putUtf8(text, bytes) {
  let end = 0;
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i);
    if (code < 0x80) {
      bytes[end++] = code;
      continue;
    }
    if (code >= 0xd800 && code < 0xe000) {
      code = text.codePointAt(i); // a lone surrogate is written as it is
      if (code >= 0x10000) i++;
    }
    if (code >= 0x10000) bytes[end++] = 0xf0 | (code >> 18);
    if (code >= 0x800) bytes[end++] = (code >= 0x10000 ? 0x80 : 0xe0) | ((code >> 12) & (code >= 0x10000 ? 63 : 15));
    bytes[end++] = (code >= 0x800 ? 0x80 : 0xc0) | ((code >> 6) & (code >= 0x800 ? 63 : 31));
    bytes[end++] = 0x80 | (code & 63);
  }
  return end;
}

/** A keyed hash: text -> 8 words. The answer lives until the next call. */
function keyed(saltHex) {
  const salt = Uint8Array.from((saltHex.match(/../g) ?? []).slice(0, 64), (pair) => parseInt(pair, 16));
  const padded = (mask) => {
    const block = new Uint8Array(64).fill(mask);
    salt.forEach((byte, i) => (block[i] ^= byte));
    const state = Uint32Array.from(START);
    load(block, 0);
    compress(state);
    return state;
  };
  const inner = padded(0x36);
  const outer = padded(0x5c);
  const state = new Uint32Array(8);
  let bytes = new Uint8Array(1024);
  return (text) => {
    if (bytes.length < 3 * text.length + 128) bytes = new Uint8Array(6 * text.length + 128);
    const length = putUtf8(text, bytes);
    const end = Math.ceil((length + 9) / 64) * 64;
    for (let i = length; i < end; i++) bytes[i] = 0;
    bytes[length] = 0x80;
    const bits = (length + 64) * 8; // with the block that was compressed into `inner`
    for (let i = 0; i < 4; i++) bytes[end - 1 - i] = bits >>> (8 * i);
    bytes[end - 5] = Math.floor(bits / 2 ** 32);
    for (let i = 0; i < 8; i++) state[i] = inner[i]; // loops: the methods of such arrays cost more for so few
    for (let offset = 0; offset < end; offset += 64) {
      load(bytes, offset);
      compress(state);
    }
    // The outer hash: a block, and then these 8 words with their padding.
    for (let i = 0; i < 8; i++) {
      SCHEDULE[i] = state[i];
      SCHEDULE[i + 8] = 0;
      state[i] = outer[i];
    }
    SCHEDULE[8] = 0x80000000;
    SCHEDULE[15] = (64 + 32) * 8;
    compress(state);
    return state;
  };
}
