/** Looks at bytes of ASCII as they stand in memory: characters, numbers, and pieces seen before. */

export const BLANK = 0x20;
export const ZERO = 0x30;

/** Digits of a number that fits 32 bits, and of one that a double holds. */
export const INT_DIGITS = 9;
export const DOUBLE_DIGITS = 15;

/** Bytes of ASCII as the number that stands there in memory, least byte first. */
export function word(text: string): number {
  return [...text].reduce((sum, character, i) => sum | (character.charCodeAt(0) << (8 * i)), 0);
}

export function skipBlanks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (bytes[at] === BLANK) at += 1;
  return at;
}

export const isDigit = (byte: number) => byte >= ZERO && byte <= ZERO + 9;

export function skipDigits(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isDigit(bytes[at]!)) at += 1;
  return at;
}

/** The number that the digits between two places are; of more than a double holds, anything. */
export function numberAt(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let at = from; at < to; at++) value = value * 10 + bytes[at]! - ZERO;
  return value;
}

/** The first of what is `like` this and ends before a place. */
export function startOf(
  bytes: Uint8Array,
  from: number,
  to: number,
  like: (byte: number) => boolean,
): number {
  let at = to;
  while (at > from && like(bytes[at - 1]!)) at -= 1;
  return at;
}

export const isBlank = (byte: number) => byte === BLANK;

/** Words of a piece of a line that is remembered, the last of which may cover some of the one before. */
export const PIECE_WORDS = 16;

/** Whether bytes are so many as a piece may have. */
export const isPiece = (length: number) => length >= 4 && length <= 4 * PIECE_WORDS;

/** Remembers a piece, from a place in the words on. */
export function keepPiece(
  view: DataView,
  at: number,
  length: number,
  words: Int32Array,
  first: number,
): void {
  const last = at + length - 4;
  let w = first;
  words[w] = view.getInt32(last, true);
  for (let place = at; place < last; place += 4) {
    w += 1;
    words[w] = view.getInt32(place, true);
  }
}

/** Whether the piece that is remembered there stands in the bytes. */
export function isPieceAt(
  view: DataView,
  at: number,
  length: number,
  words: Int32Array,
  first: number,
): boolean {
  const last = at + length - 4;
  let w = first;
  let different = words[w]! ^ view.getInt32(last, true);
  for (let place = at; place < last; place += 4) {
    w += 1;
    different |= words[w]! ^ view.getInt32(place, true);
  }
  return different === 0;
}
