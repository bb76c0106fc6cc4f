/**
 * Finds where one of a few keys of eight bytes stands in a log, most of whose bytes need not be looked
 * at: by the pair of bytes at its end it is known how far a key is away at the least (Wu and Manber).
 */

const LENGTH = 8;

/** Any two bytes in a row, as one number. */
const PAIRS = 1 << 16;

/** From a place on the next one that a key begins at, or −1. */
export type KeySearch = (bytes: Uint8Array, from: number) => number;

/** @throws Error where a key is not eight characters of ASCII. */
export function createKeySearch(keys: readonly string[]): KeySearch {
  const shifts = new Uint8Array(PAIRS).fill(LENGTH - 1);
  const words = keys.map((key) => {
    const bytes = Buffer.from(key);
    if (bytes.length !== LENGTH) throw new Error(`${key}: expected ${LENGTH} bytes`);
    for (let end = 1; end < LENGTH; end++) {
      const pair = bytes[end - 1]! | (bytes[end]! << 8);
      shifts[pair] = Math.min(shifts[pair]!, LENGTH - 1 - end);
    }
    return { first: bytes.readInt32LE(0), second: bytes.readInt32LE(4) };
  });

  return (bytes, from) => {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const shiftOf = shifts;
    const behind = bytes.length - LENGTH;
    for (let at = from; at <= behind; ) {
      const shift = shiftOf[view.getUint16(at + LENGTH - 2, true)]!;
      if (shift > 0) {
        at += shift;
        continue;
      }
      const [first, second] = [view.getInt32(at, true), view.getInt32(at + 4, true)];
      if (words.some((word) => word.first === first && word.second === second)) return at;
      at += 1;
    }
    return -1;
  };
}
