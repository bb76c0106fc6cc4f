/**
 * Finds where one of a few keys of four bytes stands in a log, most of whose bytes need not be looked
 * at: by the pair of bytes at its end it is known how far a key is away at the least (Wu and Manber).
 */

const LENGTH = 4;

/** Any two bytes in a row, as one number. */
const PAIRS = 1 << 16;

/** From a place on the next one that a key begins at, or −1. */
export type KeySearch = (bytes: Uint8Array, from: number) => number;

/** @throws Error where a key is not four characters of ASCII. */
export function createKeySearch(keys: readonly string[]): KeySearch {
  const shifts = new Uint8Array(PAIRS).fill(LENGTH - 1);
  const codes = keys.map((key) => {
    const bytes = Buffer.from(key);
    if (bytes.length !== LENGTH) throw new Error(`${key}: expected ${LENGTH} bytes`);
    for (let end = 1; end < LENGTH; end++) {
      const pair = bytes[end - 1]! | (bytes[end]! << 8);
      shifts[pair] = Math.min(shifts[pair]!, LENGTH - 1 - end);
    }
    return bytes.readInt32LE();
  });

  return (bytes, from) => {
    const { length } = bytes;
    const shiftOf = shifts;
    let end = from + LENGTH - 1;
    while (end < length) {
      const high = bytes[end]! << 8;
      const shift = shiftOf[bytes[end - 1]! | high]!;
      if (shift > 0) {
        end += shift;
        continue;
      }
      const code =
        bytes[end - 3]! | (bytes[end - 2]! << 8) | (bytes[end - 1]! << 16) | (high << 16);
      if (codes.includes(code)) return end - LENGTH + 1;
      end += 1;
    }
    return -1;
  };
}
