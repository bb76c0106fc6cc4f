/**
 * Hands a trace to several workers at once, in memory that all share: the program fills blocks of lines
 * in turn, each worker parses its share of them, and every worker takes all rows in the order of the file.
 */
import { LINE_END } from '../../input/text-lines.ts';
import type { BytesParser, LineRows } from './parse-bytes.ts';
import { createLineRows } from './parse-bytes.ts';
import type { RowsOfBytes } from './read-trace.ts';

/** Of some 5,000 lines, 2 ms of work: what is smaller is waited for too often. */
const BLOCK_BYTES = 5 << 17;
const BLOCK_ROWS = 6144;

/** Blocks that may be under way. */
const SLOTS = 6;

/**
 * Places in the state: blocks filled so far, how many there are in all (−1: not known yet), workers that
 * take no more, the number of the block after the first that has a fault (0: none is known), the slots'.
 */
const [FILLED, TOTAL, ENDED, FAULT, FIRST_SLOT] = [0, 1, 2, 3, 4] as const;

/** Of a slot: its block's number + 1 once that is parsed, workers that have taken it, lengths, where parsing stopped. */
const [PARSED, TAKEN, BYTES, ROWS, STOPPED] = [0, 1, 2, 3, 4] as const;
const SLOT_PLACES = 5;

/** Milliseconds; who waits is woken earlier. */
const LONGEST_WAIT = 100;

export interface SharedRows {
  readonly workers: number;
  readonly state: Int32Array;
  readonly slots: readonly { readonly bytes: Uint8Array; readonly rows: LineRows }[];
}

const placeOf = (block: number, what: number) => FIRST_SLOT + (block % SLOTS) * SLOT_PLACES + what;

export function createSharedRows(workers: number): SharedRows {
  const state = new Int32Array(new SharedArrayBuffer(4 * (FIRST_SLOT + SLOTS * SLOT_PLACES)));
  state[TOTAL] = -1;
  for (let slot = 0; slot < SLOTS; slot++) state[placeOf(slot, TAKEN)] = workers;
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

/** Fills block after block as the workers take them; `pause` waits a little, and may reject. */
export async function fillShared(
  { workers, state, slots }: SharedRows,
  blocks: AsyncIterable<Uint8Array>,
  pause: () => Promise<void>,
): Promise<void> {
  let block = 0;
  /** Bytes of the block that is being filled. */
  let length = 0;
  function handOver(): void {
    state[placeOf(block, BYTES)] = length;
    Atomics.store(state, placeOf(block, TAKEN), 0);
    block += 1;
    length = 0;
    Atomics.store(state, FILLED, block);
    Atomics.notify(state, FILLED);
  }
  for await (const lines of blocks) {
    for (const part of inParts(lines)) {
      if (length + part.length > BLOCK_BYTES) handOver();
      while (Atomics.load(state, placeOf(block, TAKEN)) < workers) {
        if (Atomics.load(state, ENDED) === workers) return;
        await pause();
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

/**
 * The rows of all blocks, for worker `index`; blocks the thread while there are none yet. Who stops at a
 * fault still parses for the others, which go on as far: they may find one in an earlier line.
 */
export function* takeShared(
  { workers, state, slots }: SharedRows,
  index: number,
  { parse }: BytesParser,
): Generator<RowsOfBytes> {
  const rest = createLineRows(BLOCK_ROWS);
  let own = index;
  let block = 0;

  /** Whether the block is there, once that is known, and not one too many. */
  function isThere(isTooMany: () => boolean): boolean {
    while (!isTooMany()) {
      const filled = Atomics.load(state, FILLED);
      if (filled > block) return true;
      const total = Atomics.load(state, TOTAL);
      if (total >= 0 && total <= block) return false;
      Atomics.wait(state, FILLED, filled, LONGEST_WAIT);
    }
    return false;
  }

  function isBehindFault(): boolean {
    const fault = Atomics.load(state, FAULT);
    return fault > 0 && block >= fault;
  }

  function parseOwn(): void {
    const { bytes, rows } = slots[own % SLOTS]!;
    const lines = bytes.subarray(0, state[placeOf(own, BYTES)]);
    state[placeOf(own, STOPPED)] = parse(lines, 0, rows);
    state[placeOf(own, ROWS)] = rows.length;
    Atomics.store(state, placeOf(own, PARSED), own + 1);
    Atomics.notify(state, placeOf(own, PARSED));
    own += workers;
  }

  function waitUntilParsed(): void {
    // Its next one too, if that is there: others will wait for it.
    if (own < block + workers && (own === block || Atomics.load(state, FILLED) > own)) parseOwn();
    const place = placeOf(block, PARSED);
    for (;;) {
      const parsed = Atomics.load(state, place);
      if (parsed === block + 1) return;
      Atomics.wait(state, place, parsed, LONGEST_WAIT);
    }
  }

  function endBlock(): void {
    Atomics.add(state, placeOf(block, TAKEN), 1);
    block += 1;
  }

  function stop(isFault: boolean): void {
    const fault = Atomics.load(state, FAULT);
    if (isFault && (fault === 0 || block < fault)) Atomics.store(state, FAULT, block + 1);
    Atomics.add(state, ENDED, 1);
    if (!isFault) return;
    const areAllOver = () => Atomics.load(state, ENDED) === workers;
    for (endBlock(); isThere(areAllOver); endBlock()) if (own === block) parseOwn();
  }

  let isTaking = false;
  try {
    for (; isThere(isBehindFault); endBlock()) {
      waitUntilParsed();
      const { bytes, rows } = slots[block % SLOTS]!;
      const lines = bytes.subarray(0, state[placeOf(block, BYTES)]);
      rows.length = state[placeOf(block, ROWS)]!;
      isTaking = true;
      yield { bytes: lines, rows };
      for (let at = state[placeOf(block, STOPPED)]!; at < lines.length; ) {
        at = parse(lines, at, rest);
        yield { bytes: lines, rows: rest };
      }
      isTaking = false;
    }
  } finally {
    stop(isTaking);
  }
}
