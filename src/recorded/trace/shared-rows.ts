/**
 * Hands a trace to several workers at once, in memory that all share: the program, which is one of them, fills
 * blocks of lines, whoever comes to one first parses it, and every worker takes all rows in the order of the file.
 */
import { LINE_END } from '../../input/text-lines.ts';
import type { BytesParser, LineRows } from './parse-bytes.ts';
import { createLineRows } from './parse-bytes.ts';
import type { RowsOfBytes } from './read-trace.ts';

/** Of some 5,000 lines, 2 ms of work: what is smaller is waited for too often. */
const BLOCK_BYTES = 5 << 17;
const BLOCK_ROWS = 6144;

/** Blocks that may be under way. */
const SLOTS = 8;

/**
 * Places in the state: blocks filled so far, how many there are in all (−1: not known yet), those that
 * someone parses, the number of the block after the first that has a fault (0: none is known), then how many
 * each worker has taken, and the slots'.
 */
const [FILLED, TOTAL, CLAIMED, FAULT, FIRST] = [0, 1, 2, 3, 4] as const;

/** Of a slot: its block's number + 1 once that is parsed, lengths, where parsing stopped. */
const [PARSED, BYTES, ROWS, STOPPED] = [0, 1, 2, 3] as const;
const SLOT_PLACES = 4;

/** What has been taken by a worker that takes no more. */
const ALL = 2 ** 31 - 1;

/** Milliseconds; who waits is woken earlier. */
const LONGEST_WAIT = 100;

export interface SharedRows {
  readonly workers: number;
  readonly state: Int32Array;
  readonly slots: readonly { readonly bytes: Uint8Array; readonly rows: LineRows }[];
}

const placeOf = ({ workers }: SharedRows, block: number, what: number) =>
  FIRST + workers + (block % SLOTS) * SLOT_PLACES + what;

export function createSharedRows(workers: number): SharedRows {
  const places = FIRST + workers + SLOTS * SLOT_PLACES;
  const state = new Int32Array(new SharedArrayBuffer(4 * places));
  state[TOTAL] = -1;
  const slots = Array.from({ length: SLOTS }, () => ({
    // More than a block, for those who look at several bytes at once.
    bytes: new Uint8Array(new SharedArrayBuffer(BLOCK_BYTES + 1024)),
    rows: createLineRows(BLOCK_ROWS, SharedArrayBuffer),
  }));
  return { workers, state, slots };
}

/** Whole lines that fit a block; of a line that does not, and is too long by far, what fits. */
function* inParts(lines: Uint8Array): Generator<Uint8Array> {
  for (let from = 0; from < lines.length; ) {
    const most = Math.min(lines.length, from + BLOCK_BYTES);
    const border = lines.lastIndexOf(LINE_END, most - 1) + 1;
    const to = border > from ? border : most;
    yield lines.subarray(from, to);
    from = to;
  }
}

/** Fills a block at each step, whose slot has to be free. */
async function* filling(
  shared: SharedRows,
  blocks: AsyncIterable<Uint8Array>,
): AsyncGenerator<void> {
  const { state, slots } = shared;
  let block = 0;
  /** Bytes of the block that is being filled. */
  let length = 0;
  function handOver(): void {
    state[placeOf(shared, block, BYTES)] = length;
    block += 1;
    length = 0;
    Atomics.store(state, FILLED, block);
    Atomics.notify(state, FILLED);
  }
  for await (const lines of blocks) {
    for (const part of inParts(lines)) {
      if (length + part.length > BLOCK_BYTES) {
        handOver();
        yield;
      }
      const { bytes } = slots[block % SLOTS]!;
      bytes.set(part, length);
      length += part.length;
      bytes[length - 1] = LINE_END;
    }
  }
  if (length > 0) handOver();
  Atomics.store(state, TOTAL, block);
  Atomics.notify(state, FILLED);
}

/** Worker `index`, who takes one block after the other. */
function createTaker(shared: SharedRows, index: number, { parse }: BytesParser) {
  const { state, slots } = shared;
  const rest = createLineRows(BLOCK_ROWS);
  let block = 0;
  let isTaking = false;

  /** The next filled block that no one parses yet, for this one to do so; −1: there is none. */
  function claim(): number {
    for (;;) {
      const next = Atomics.load(state, CLAIMED);
      if (next >= Atomics.load(state, FILLED)) return -1;
      if (Atomics.compareExchange(state, CLAIMED, next, next + 1) === next) return next;
    }
  }

  function parseBlock(claimed: number): void {
    const { bytes, rows } = slots[claimed % SLOTS]!;
    const lines = bytes.subarray(0, state[placeOf(shared, claimed, BYTES)]);
    state[placeOf(shared, claimed, STOPPED)] = parse(lines, 0, rows);
    state[placeOf(shared, claimed, ROWS)] = rows.length;
    Atomics.store(state, placeOf(shared, claimed, PARSED), claimed + 1);
    Atomics.notify(state, placeOf(shared, claimed, PARSED));
  }

  function waitUntilParsed(): void {
    const place = placeOf(shared, block, PARSED);
    for (;;) {
      const parsed = Atomics.load(state, place);
      if (parsed === block + 1) return;
      const claimed = claim();
      if (claimed >= 0) parseBlock(claimed);
      else Atomics.wait(state, place, parsed, LONGEST_WAIT);
    }
  }

  return {
    isFilled: () => block < Atomics.load(state, FILLED),
    isAtEnd: () => block === Atomics.load(state, TOTAL),
    /** Another has found a fault in a block before. */
    isBehindFault() {
      const fault = Atomics.load(state, FAULT);
      return fault > 0 && block >= fault;
    },
    /** The rows of the block, which is filled. */
    *take(): Generator<RowsOfBytes> {
      isTaking = true;
      waitUntilParsed();
      const { bytes, rows } = slots[block % SLOTS]!;
      const lines = bytes.subarray(0, state[placeOf(shared, block, BYTES)]);
      rows.length = state[placeOf(shared, block, ROWS)]!;
      yield { bytes: lines, rows };
      for (let at = state[placeOf(shared, block, STOPPED)]!; at < lines.length; ) {
        at = parse(lines, at, rest);
        yield { bytes: lines, rows: rest };
      }
      isTaking = false;
      block += 1;
      Atomics.store(state, FIRST + index, block);
    },
    /** Takes no more. In the midst of a block it has found a fault: others go on as far, who may find one before. */
    stop(): void {
      const fault = Atomics.load(state, FAULT);
      if (isTaking && (fault === 0 || block < fault)) Atomics.store(state, FAULT, block + 1);
      Atomics.store(state, FIRST + index, ALL);
      Atomics.notify(state, FILLED);
    },
  };
}

/** The rows of all blocks, for a worker besides the program; blocks the thread while there are none yet. */
export function* takeShared(
  shared: SharedRows,
  index: number,
  parser: BytesParser,
): Generator<RowsOfBytes> {
  const { state } = shared;
  const taker = createTaker(shared, index, parser);
  try {
    while (!taker.isBehindFault()) {
      const filled = Atomics.load(state, FILLED);
      if (taker.isFilled()) yield* taker.take();
      else if (taker.isAtEnd()) return;
      else Atomics.wait(state, FILLED, filled, LONGEST_WAIT);
    }
  } finally {
    taker.stop();
  }
}

/**
 * The same for the program, worker 0, which fills the blocks from `lines`; `pause` waits a little, and
 * rejects where the others have failed.
 */
export async function* fillAndTake(
  shared: SharedRows,
  lines: AsyncIterable<Uint8Array>,
  parser: BytesParser,
  pause: () => Promise<void>,
): AsyncGenerator<RowsOfBytes> {
  const { state, workers } = shared;
  const taker = createTaker(shared, 0, parser);
  const filler = filling(shared, lines);
  let isMore = true;
  function hasRoom(): boolean {
    const taken = state
      .subarray(FIRST, FIRST + workers)
      .map((_, i) => Atomics.load(state, FIRST + i));
    return Atomics.load(state, FILLED) - SLOTS < Math.min(...taken);
  }
  try {
    while (!taker.isBehindFault()) {
      while (isMore && hasRoom()) isMore = (await filler.next()).done !== true;
      if (taker.isFilled()) yield* taker.take();
      else if (taker.isAtEnd()) return;
      else await pause();
    }
  } finally {
    taker.stop();
    await filler.return(undefined);
  }
}
