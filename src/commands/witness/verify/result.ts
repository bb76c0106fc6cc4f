/** The result of a verification: what witness and search reach beside each closed form. */
import * as z from 'zod';
import { MEMBERS } from '../../../kernel/rss-stat.ts';
import { noted, type ResultOf } from '../../../render/result.ts';
import {
  count,
  cpulist,
  pages,
  program,
  schemeCells,
  sides,
  topology,
} from '../../../render/schema-parts.ts';
import type { RecordedUpdate } from '../../../update/record.ts';
import { DIRECTIONS } from '../witness-stream.ts';

const signedPages = z.int().describe('signed, pages');

const recorded = z.strictObject({
  kind: z.literal(['fault', 'huge', 'bulk', 'remote']),
  thread: count,
  cpu: count,
  pages: signedPages,
  member: z.literal(MEMBERS),
  mm: count,
  repeat: z.int().min(1),
}) as unknown as z.ZodType<RecordedUpdate>;

const begin = z.strictObject({ begin: z.strictObject({ cpu: count, pages: signedPages }) });

const carry = z.strictObject({
  carry: z.strictObject({ level: count, item: count, pages: signedPages }),
});

const slot = z.strictObject({
  slot: z.strictObject({
    step: z.literal(['start', 'add', 'move', 'subtract']),
    pages: signedPages,
  }),
});

const middle = z.strictObject({
  middle: z.strictObject({
    step: z.literal(['start', 'add', 'exchange', 'share']),
    group: count,
    pages: signedPages,
  }),
});

export type SlotStepName = ResultOf<typeof slot>['slot']['step'];

/**
 * A step of an update that can be stopped between two of them, which no recorded stream has: its
 * add at level 0 of a tree and each level that its carry is added to; its three steps on one
 * per-NUMA slot, of which the later two are of what it saw; or what it spills out of its cell into a middle
 * value, the exchange of that for 0, and what the shared value gets. `start` is what stood there before.
 */
export type ScheduleStep = ResultOf<typeof begin | typeof carry | typeof slot | typeof middle>;

const step = z.union([recorded, begin, carry, slot, middle]);

export type StreamStep = ResultOf<typeof step>;

const check = z.strictObject({
  /**
   * settled: every update done before the next. running: at most C updates at once, in a tree. burst
   * and after-burst: C updates that meet on one per-NUMA slot, what a reader can then lack of it, and
   * what the slot holds at the end.
   */
  check: z.literal(['settled', 'running', 'burst', 'after-burst']),
  exact: sides.describe('the closed form'),
  witness: z
    .strictObject({ under: pages.nullable(), over: pages.nullable() })
    .describe('what the witness reaches; null: there is none, or that side is not checked'),
  found: sides.describe('largest magnitudes that the search saw'),
  states: count.nullable().describe('distinct states; null where they are not counted'),
  transitions: count.describe('moves tried, or updates made'),
  verdict: z.literal([
    // All reachable states were seen: the closed form is the largest error among them.
    'exhaustive',
    // A stream reaches the closed form, and a search of the planned length found none beyond.
    'attained',
    // The time limit ended the search: none beyond was found until then.
    'cut-short',
    // No stream reaches the closed form, though all states were seen, or its own witness does not.
    'not-attained',
    // A stream goes beyond the closed form.
    'beaten',
  ]),
  stream: noted(z.array(step).nullable().describe('what goes beyond the closed form'), {
    as: false,
  }),
});

export type Check = ResultOf<typeof check>;
export type Verdict = Check['verdict'];

export const verifyResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/verify@2'),
      program,
      topology,
      scheme: noted(z.string().describe('as --scheme takes it'), { cells: [schemeCells] }),
      used: z.strictObject({ cpulist, cpus: count }),
      threads: z.int().min(1),
      directions: noted(z.array(z.literal(DIRECTIONS)).min(1), { as: false }),
      inFlight: z.strictObject({ updates: count, pages }).nullable(),
      seed: count,
      seconds: count,
      checks: noted(z.array(check).min(1), { line: 'check', rows: true }),
      // Null: there are none, or they are too many.
      bursts: noted(
        z
          .array(pages)
          .nullable()
          .describe('largest magnitude of a per-NUMA slot after one burst, two, …'),
        { as: false },
      ),
    })
    .describe('rss-err witness --verify --format json'),
  {
    line: 'run',
    lines: 'a line of rss-err witness --verify --format ndjson: the run first, then each check',
  },
);

export type Verification = ResultOf<typeof verifyResult>;
