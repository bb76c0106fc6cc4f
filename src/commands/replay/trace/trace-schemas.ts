/** The form of what a replay says of a kernel's trace. */
import * as z from 'zod';
import { MEMBERS } from '../../../kernel/rss-stat.ts';
import type { BelowZero } from '../../../recorded/seen-updates.ts';
import { CONTRADICTIONS, SIZE_KINDS } from '../../../recorded/trace/change.ts';
import { TRACE_FORMS } from '../../../recorded/trace/event.ts';
import { count, cpulist, pages } from '../../../render/schema-parts.ts';
import { policy } from '../../compare/policy-schema.ts';
import type { TracedProcess } from './process-result.ts';
import type { TraceSummary } from './trace-summary.ts';

const line = z.int().min(1).nullable().describe('1 = the first; null: there was none');

const sighted = z.strictObject({ count, firstLine: line });

export const belowZero = z
  .strictObject({ line: z.int().min(1), member: z.literal(MEMBERS), pages: z.int().max(-1) })
  .nullable()
  .describe('the first record that left a member with fewer pages than none') satisfies z.ZodType<
  BelowZero | null,
  unknown
>;

export const traceSummary = z.strictObject({
  form: z.literal(TRACE_FORMS),
  sizeIs: z.literal(SIZE_KINDS),
  lowerBound: z.boolean().describe('only what was flushed is replayed'),
  contradictions: z.array(z.literal(CONTRADICTIONS)),
  comm: z.string().nullable(),
  life: z
    .int()
    .min(1)
    .nullable()
    .describe('of the processes that had the mm_id asked for, the one replayed; null: all of them'),
  spread: z.strictObject({ policy, seed: count, cpus: cpulist }).nullable(),
  processesSeen: count,
  processesReplayed: count,
  reusedMmIds: count,
  lines: count,
  rssStatEvents: count,
  migrations: count,
  switches: count,
  threadExits: count.describe('threads that ended, or left for another mm'),
  otherEvents: count,
  zeroDeltas: count.describe('events that changed nothing'),
  remoteUpdates: count.describe('by tasks that did not run on the mm'),
  startsUnknown: count.describe('members whose first size was taken for what was there before'),
  losses: sighted.describe('places where events are missing'),
  lostEvents: count.describe('as far as the tool gives a number'),
  takenUpAgain: count.describe('members whose size was taken up again after a loss'),
  pagesUnseen: pages.describe('pages that came or went in losses'),
  malformed: sighted,
  unknownLines: sighted,
  outOfOrder: sighted,
  updatesBeforeNamed: count,
  processesNotListed: count,
}) satisfies z.ZodType<TraceSummary, unknown>;

const errors = z.strictObject({
  under: pages,
  over: pages,
  mean: z.number().describe('signed, pages, over operations'),
  underAtOperation: line,
  overAtOperation: line,
});

export const tracedProcess = z.strictObject({
  mm: count.describe("the kernel's mm_id"),
  life: z.int().min(1).describe('of the processes that had this mm_id, which one'),
  comm: z.string().nullable().describe('the first task seen to run in it'),
  firstLine: z.int().min(1),
  lastLine: z.int().min(1),
  ended: z.boolean(),
  operations: count,
  updates: count,
  rssPages: z.int().describe('RSS at the end, pages'),
  used: z.strictObject({ cpus: count, threads: count }),
  rssMembers: count,
  schemes: z.array(
    z.strictObject({
      name: z.string(),
      exactUsed: z.strictObject({ under: pages, over: pages, cpus: count }).nullable(),
      observed: z.strictObject({ clamped: errors, raw: errors }),
    }),
  ),
}) satisfies z.ZodType<TracedProcess, unknown>;
