/**
 * Finds where one of a few keys of nine bytes stands in a log, most of whose bytes need not be looked
 * at: by the pair of bytes at its end it is known how far a key is away at the least (Wu and Manber).
 */

export const KEY_BYTES = 9;

/** Any two bytes in a row, as one number. */
const PAIRS = 1 << 16;

/** From a place on the next one that a key begins at, or −1. */
type KeySearch = (bytes: Uint8Array, from: number) => number;

/** @throws Error where a key is not nine characters of ASCII. */
export function createKeySearch(keys: readonly string[]): KeySearch {
  const end = KEY_BYTES - 2;
  const shifts = new Uint8Array(PAIRS).fill(end + 1);
  const firsts = new Int32Array(keys.length);
  const seconds = new Int32Array(keys.length);
  keys.forEach((key, i) => {
    const bytes = Buffer.from(key);
    if (bytes.length !== KEY_BYTES) throw new Error(`${key}: expected ${KEY_BYTES} bytes`);
    for (let at = 0; at <= end; at++) {
      const pair = bytes.readUInt16LE(at);
      shifts[pair] = Math.min(shifts[pair]!, end - at);
    }
    firsts[i] = bytes.readInt32LE(0);
    seconds[i] = bytes.readInt32LE(4);
  });

  /** Of a place whose last two bytes are those of a key. */
  function isKeyAt(view: DataView, at: number): boolean {
    const first = view.getInt32(at, true);
    const second = view.getInt32(at + 4, true);
    for (let i = 0; i < firsts.length; i++) {
      if (firsts[i] === first && seconds[i] === second) return true;
    }
    return false;
  }

  return (bytes, from) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    // Local names, and a whole number at each step: else the compiler makes an object of every place.
    const [shiftOf, toEnd] = [shifts, end];
    const last = (bytes.length - KEY_BYTES) | 0;
    for (let at = from | 0; at <= last; ) {
      const shift = shiftOf[view.getUint16(at + toEnd, true)]!;
      if (shift > 0) {
        at = (at + shift) | 0;
        continue;
      }
      if (isKeyAt(view, at)) return at;
      at = (at + 1) | 0;
    }
    return -1;
  };
}
