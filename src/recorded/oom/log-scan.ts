/**
 * Passes over a log, of which most lines are nothing to a reader: finds where one of a few keys of eight
 * bytes stands, and counts the lines before it, sixteen bytes at once (log-scan.wat).
 */
import { LOG_SCAN } from './log-scan-bytes.ts';

export const KEY_BYTES = 8;

/** In its memory: masks for the halves of a key's last two bytes, the keys, and the text. */
const KEYS = 64;
const TEXT = 1024;
const PAGE = 65_536;

/** Bytes of nothing behind the text. */
const SLACK = 32;

interface LogScan {
  /** Takes a text. */
  take(bytes: Uint8Array): void;
  /** From a place of the text on the next one at which a key begins, or the text's length. */
  next(from: number): number;
  /** How many lines end between the two. */
  lines(): number;
}

interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): void;
}

/** As much of it as is used: the types of Node do not say it. */
declare const WebAssembly: {
  readonly Memory: new (size: { readonly initial: number }) => Memory;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: { readonly log: { readonly memory: Memory } },
  ) => {
    readonly exports: {
      readonly scan: (at: number, end: number, keys: number, keysEnd: number) => number;
      readonly lines: { readonly value: number };
    };
  };
};

/** @throws Error where a key is not eight characters of ASCII, or they are too many. */
export function createLogScan(keys: readonly string[]): LogScan {
  const memory = new WebAssembly.Memory({ initial: 3 });
  const module = new WebAssembly.Module(Buffer.from(LOG_SCAN, 'base64'));
  const { scan, lines } = new WebAssembly.Instance(module, { log: { memory } }).exports;
  const keysEnd = KEYS + KEY_BYTES * keys.length;
  let room = Buffer.from(memory.buffer);
  let end = TEXT;

  if (keysEnd > TEXT) throw new Error(`${keys.length} keys: expected fewer`);
  keys.forEach((key, i) => {
    const bytes = Buffer.from(key);
    if (bytes.length !== KEY_BYTES) throw new Error(`${key}: expected ${KEY_BYTES} bytes`);
    bytes.copy(room, KEYS + KEY_BYTES * i);
    [...bytes.subarray(-2)].forEach((byte, place) => {
      room[32 * place + (byte & 15)]! |= 1 << (i % 8);
      room[32 * place + 16 + (byte >> 4)]! |= 1 << (i % 8);
    });
  });

  return {
    take(bytes) {
      end = TEXT + bytes.length;
      const lacking = end + SLACK - room.length;
      if (lacking > 0) {
        memory.grow(Math.ceil(lacking / PAGE));
        room = Buffer.from(memory.buffer);
      }
      room.set(bytes, TEXT);
      room.fill(0, end, end + SLACK);
    },
    next: (from) => scan(TEXT + from, end, KEYS, keysEnd) - TEXT,
    lines: () => lines.value,
  };
}
