/** The form of a verification as JSON. */
import * as z from 'zod';
import { MEMBERS } from '../../../kernel/rss-stat.ts';
import { count, cpulist, measured, pages } from '../../../render/schema-parts.ts';
import { DIRECTIONS } from '../witness-stream.ts';
import { CHECK_NAMES, VERDICTS, VERIFY_FORMAT, type Verification } from './result.ts';

const signedPages = z.int().describe('signed, pages');

const sides = z.strictObject({ under: pages, over: pages });

const step = z.union([
  z.strictObject({
    kind: z.literal(['fault', 'huge', 'bulk', 'remote']),
    thread: count,
    cpu: count,
    pages: signedPages,
    member: z.literal(MEMBERS),
    mm: count,
    repeat: z.int().min(1),
  }),
  z.strictObject({ begin: z.strictObject({ cpu: count, pages: signedPages }) }),
  z.strictObject({ carry: z.strictObject({ level: count, item: count, pages: signedPages }) }),
  z.strictObject({
    slot: z.strictObject({
      step: z.literal(['start', 'add', 'move', 'subtract']),
      pages: signedPages,
    }),
  }),
]);

const check = z.strictObject({
  check: z.literal(CHECK_NAMES),
  bound: sides.describe('the closed form'),
  witness: z
    .strictObject({ under: pages.nullable(), over: pages.nullable() })
    .describe('what the witness reaches; null: there is none, or that side is not checked'),
  found: sides.describe('largest magnitudes that the search saw'),
  states: count.nullable().describe('distinct states; null where they are not counted'),
  transitions: count.describe('moves tried, or updates made'),
  verdict: z.literal(VERDICTS),
  stream: z.array(step).nullable().describe('what goes beyond the closed form'),
});

export const verifySchema = z
  .strictObject({
    format: z.literal(VERIFY_FORMAT),
    ...measured,
    scheme: z.string().describe('as --scheme takes it'),
    cpus: cpulist,
    threads: z.int().min(1),
    directions: z.array(z.literal(DIRECTIONS)).min(1),
    inFlight: z.strictObject({ updates: count, pages }).nullable(),
    seed: count,
    seconds: count,
    checks: z.array(check).min(1),
    bursts: z
      .array(pages)
      .nullable()
      .describe('largest magnitude of a per-NUMA slot after one burst, two, …'),
  })
  .describe('rss-err witness --verify --format json') satisfies z.ZodType<Verification, unknown>;
