// BLAKE2s with a key (RFC 7693), synchronous: crypto.subtle is absent on plain http pages, and waits for each text

// It is made for keys and takes one block for most texts, where HMAC over another hash takes two or three.
const START = new Int32Array(8);
for (let candidate = 2, found = 0; found < 8; candidate++) {
  let prime = true;
  for (let divisor = 2; divisor * divisor <= candidate; divisor++) prime = prime && candidate % divisor !== 0;
  const root = Math.sqrt(candidate);
  if (prime) START[found++] = (root - Math.floor(root)) * 2 ** 32;
}
const ORDERS = `0123456789abcdef ea489fd61c02b753 b8c052fdae367194 7931dcbe265a40f8 905724afe1bc683d
  2c6a0b834d75fe19 c51fed4a0763928b db7ec13950f4862a 6fe9b308c2d714a5 a2847615fb9e3cd0`;
const ORDER = Uint8Array.from(ORDERS.match(/[0-9a-f]/g), (digit) => parseInt(digit, 16));
const BLOCK = new Int32Array(16);
const turn = (word, bits) => (word >>> bits) | (word << (32 - bits));

/** Mix BLOCK into `state`; `count` bytes were taken with it, and `last` is -1 for the last block, else 0. */
function compress(state, count, last) {
  let a0 = state[0] | 0, a1 = state[1] | 0, a2 = state[2] | 0, a3 = state[3] | 0; // prettier-ignore
  let b0 = state[4] | 0, b1 = state[5] | 0, b2 = state[6] | 0, b3 = state[7] | 0; // prettier-ignore
  let c0 = START[0], c1 = START[1], c2 = START[2], c3 = START[3]; // prettier-ignore
  let d0 = START[4] ^ count, d1 = START[5], d2 = START[6] ^ last, d3 = START[7]; // prettier-ignore
  for (let at = 0; at < 160; at += 16) {
    // The four columns, side by side ...
    a0 = (a0 + b0 + BLOCK[ORDER[at]]) | 0;
    a1 = (a1 + b1 + BLOCK[ORDER[at + 2]]) | 0;
    a2 = (a2 + b2 + BLOCK[ORDER[at + 4]]) | 0;
    a3 = (a3 + b3 + BLOCK[ORDER[at + 6]]) | 0;
    d0 = turn(d0 ^ a0, 16), d1 = turn(d1 ^ a1, 16), d2 = turn(d2 ^ a2, 16), d3 = turn(d3 ^ a3, 16); // prettier-ignore
    c0 = (c0 + d0) | 0, c1 = (c1 + d1) | 0, c2 = (c2 + d2) | 0, c3 = (c3 + d3) | 0; // prettier-ignore
    b0 = turn(b0 ^ c0, 12), b1 = turn(b1 ^ c1, 12), b2 = turn(b2 ^ c2, 12), b3 = turn(b3 ^ c3, 12); // prettier-ignore
    a0 = (a0 + b0 + BLOCK[ORDER[at + 1]]) | 0;
    a1 = (a1 + b1 + BLOCK[ORDER[at + 3]]) | 0;
    a2 = (a2 + b2 + BLOCK[ORDER[at + 5]]) | 0;
    a3 = (a3 + b3 + BLOCK[ORDER[at + 7]]) | 0;
    d0 = turn(d0 ^ a0, 8), d1 = turn(d1 ^ a1, 8), d2 = turn(d2 ^ a2, 8), d3 = turn(d3 ^ a3, 8); // prettier-ignore
    c0 = (c0 + d0) | 0, c1 = (c1 + d1) | 0, c2 = (c2 + d2) | 0, c3 = (c3 + d3) | 0; // prettier-ignore
    b0 = turn(b0 ^ c0, 7), b1 = turn(b1 ^ c1, 7), b2 = turn(b2 ^ c2, 7), b3 = turn(b3 ^ c3, 7); // prettier-ignore
    // ... and the four diagonals.
    a0 = (a0 + b1 + BLOCK[ORDER[at + 8]]) | 0;
    a1 = (a1 + b2 + BLOCK[ORDER[at + 10]]) | 0;
    a2 = (a2 + b3 + BLOCK[ORDER[at + 12]]) | 0;
    a3 = (a3 + b0 + BLOCK[ORDER[at + 14]]) | 0;
    d3 = turn(d3 ^ a0, 16), d0 = turn(d0 ^ a1, 16), d1 = turn(d1 ^ a2, 16), d2 = turn(d2 ^ a3, 16); // prettier-ignore
    c2 = (c2 + d3) | 0, c3 = (c3 + d0) | 0, c0 = (c0 + d1) | 0, c1 = (c1 + d2) | 0; // prettier-ignore
    b1 = turn(b1 ^ c2, 12), b2 = turn(b2 ^ c3, 12), b3 = turn(b3 ^ c0, 12), b0 = turn(b0 ^ c1, 12); // prettier-ignore
    a0 = (a0 + b1 + BLOCK[ORDER[at + 9]]) | 0;
    a1 = (a1 + b2 + BLOCK[ORDER[at + 11]]) | 0;
    a2 = (a2 + b3 + BLOCK[ORDER[at + 13]]) | 0;
    a3 = (a3 + b0 + BLOCK[ORDER[at + 15]]) | 0;
    d3 = turn(d3 ^ a0, 8), d0 = turn(d0 ^ a1, 8), d1 = turn(d1 ^ a2, 8), d2 = turn(d2 ^ a3, 8); // prettier-ignore
    c2 = (c2 + d3) | 0, c3 = (c3 + d0) | 0, c0 = (c0 + d1) | 0, c1 = (c1 + d2) | 0; // prettier-ignore
    b1 = turn(b1 ^ c2, 7), b2 = turn(b2 ^ c3, 7), b3 = turn(b3 ^ c0, 7), b0 = turn(b0 ^ c1, 7); // prettier-ignore
  }
  state[0] ^= a0 ^ c0;
  state[1] ^= a1 ^ c1;
  state[2] ^= a2 ^ c2;
  state[3] ^= a3 ^ c3;
  state[4] ^= b0 ^ d0;
  state[5] ^= b1 ^ d1;
  state[6] ^= b2 ^ d2;
  state[7] ^= b3 ^ d3;
}

/** Read the 64 bytes at `offset` as the next block. */
function load(bytes, offset) {
  for (let i = 0, at = offset; i < 16; i++, at += 4) {
    BLOCK[i] = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
  }
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

/** A keyed hash: text, which must not be empty -> 8 words, their lowest byte first. They live until the next call. */
function keyed(saltHex) {
  let bytes = new Uint8Array(1024);
  const key = (saltHex.match(/../g) ?? []).slice(0, 32);
  key.forEach((pair, i) => (bytes[i] = parseInt(pair, 16)));
  const begun = Int32Array.from(START);
  begun[0] ^= 0x01010020 | (key.length << 8); // one tree of one leaf, 32 bytes out
  load(bytes, 0);
  compress(begun, 64, 0);
  const state = new Uint32Array(8);
  return (text) => {
    if (bytes.length < 3 * text.length + 64) bytes = new Uint8Array(6 * text.length + 64);
    const length = putUtf8(text, bytes);
    const end = (length + 63) & ~63;
    for (let i = length; i < end; i++) bytes[i] = 0;
    for (let i = 0; i < 8; i++) state[i] = begun[i];
    for (let offset = 0; offset < end; offset += 64) {
      load(bytes, offset);
      const isLast = offset + 64 === end;
      compress(state, 64 + (isLast ? length : offset + 64), isLast ? -1 : 0);
    }
    return state;
  };
}
