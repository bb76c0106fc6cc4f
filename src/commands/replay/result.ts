/** The result of `replay`: what recorded updates, or the processes of a kernel's trace, were off by. */
import * as z from 'zod';
import { MEMBERS } from '../../kernel/rss-stat.ts';
import { OBSERVED } from '../../recorded/registry.ts';
import { CONTRADICTIONS, SIZE_KINDS } from '../../recorded/trace/change.ts';
import { TRACE_FORMS } from '../../recorded/trace/event.ts';
import { noted, type ResultOf } from '../../render/result.ts';
import { count, cpulist, pages, policy, program, topology } from '../../render/schema-parts.ts';
import { found, readAtEnd, scheme, worstCaseOver } from '../compare/result.ts';
import { observed } from '../observe/record.ts';
import { observedFigures } from '../observe/result.ts';

const line = z.int().min(1).nullable().describe('1 = the first; null: there was none');

/** How often, and the line it was first seen on. */
const sighted = z.strictObject({ count: noted(count, { as: '' }), firstLine: line });

export type Sighted = ResultOf<typeof sighted>;

/** What a trace held and what of it could be replayed, counted. */
const traceSummary = z.strictObject({
  form: noted(z.literal([...TRACE_FORMS, OBSERVED]), { as: 'trace', is: 'form of the trace' }),
  sizeIs: noted(z.literal(SIZE_KINDS), { is: 'what the sizes were taken for' }),
  lowerBound: z.boolean().describe('only what was flushed is replayed'),
  // How the sizes contradict what they were taken for.
  contradictions: z.array(z.literal(CONTRADICTIONS)),
  // The name that a process had to have; null: any.
  comm: z.string().nullable(),
  life: z
    .int()
    .min(1)
    .nullable()
    .describe('of the processes that had the mm_id asked for, the one replayed; null: all of them'),
  // Where threads were placed; null: where they were recorded.
  spread: z.strictObject({ policy, seed: count, cpulist }).nullable(),
  processesSeen: count,
  processesReplayed: noted(count, { as: 'processes', is: 'replayed' }),
  reusedMmIds: count,
  lines: count,
  rssStatEvents: count,
  cpus: count.nullable().describe("of the machine, by the trace's header; null: it does not say"),
  migrations: count,
  switches: count,
  threadExits: count.describe('threads that ended, or left for another mm'),
  otherEvents: count,
  zeroDeltas: count.describe('events that changed nothing'),
  remoteUpdates: count.describe('by tasks that did not run on the mm'),
  startsUnknown: count.describe('members whose first size was taken for what was there before'),
  losses: noted(sighted.describe('places where events are missing'), { only: ['count'] }),
  lostEvents: count.describe('as far as the tool gives a number'),
  takenUpAgain: count.describe('members whose size was taken up again after a loss'),
  pagesUnseen: noted(pages.describe('pages that came or went in losses'), { as: 'pages_unseen' }),
  malformed: sighted,
  unknownMembers: sighted.describe('rss_stat of members that are not known: not replayed'),
  unknownLines: sighted,
  outOfOrder: sighted,
  // Of processes that were not yet known to be asked for, turned into initial offsets.
  updatesBeforeNamed: count,
  // Those that were off the least.
  processesNotListed: count,
});

export type TraceSummary = ResultOf<typeof traceSummary>;

/** What a record of observe says beside its model: what its own kernel's readers were off by. */
const observedRecord = z.strictObject({
  ...{ kernel: observed.shape.kernel, scheme: observed.shape.scheme },
  precise: observed.shape.precise.unwrap().describe('where the precise figures are from'),
  model: z
    .literal('net-changes')
    .describe(
      'what is replayed: growth between two readings as faults of one page, shrinkage as unmaps, on CPUs of --spread; pages that came and went in between are missing',
    ),
  processes: z
    .array(observedFigures)
    .describe('observations, not the model: those replayed, the largest error first'),
});

export type ObservedRecord = ResultOf<typeof observedRecord>;

/** Of a process the extremes and the mean; percentiles are of all processes together. */
const ownErrors = z.strictObject({
  under: pages,
  over: pages,
  mean: z.number().describe('signed, pages, over operations'),
  underAtOperation: line,
  overAtOperation: line,
});

const tracedProcess = z.strictObject({
  mm: count.describe("the kernel's mm_id"),
  life: z.int().min(1).describe('of the processes that had this mm_id, which one'),
  comm: z.string().nullable().describe('the first task seen to run in it'),
  firstLine: z.int().min(1),
  lastLine: z.int().min(1),
  // Its end is in the trace.
  ended: z.boolean(),
  operations: count,
  updates: count,
  rssPages: z.int().describe('RSS at the end, pages'),
  largestRssPages: pages.exactOptional().describe('RSS at its largest, after any update'),
  used: z.strictObject({ cpus: count, threads: count }),
  rssMembers: count,
  // In the order of the schemes asked for.
  schemes: z.array(
    z.strictObject({
      name: z.string(),
      exactUsed: worstCaseOver.nullable(),
      observed: z.strictObject({ clamped: ownErrors, raw: ownErrors }),
      ...readAtEnd,
    }),
  ),
});

export type TracedProcess = ResultOf<typeof tracedProcess>;

const belowZero = z
  .strictObject({ line: z.int().min(1), member: z.literal(MEMBERS), pages: z.int().max(-1) })
  .nullable()
  .describe('the first record that left a member with fewer pages than none');

const recording = z.strictObject({
  name: noted(z.string(), { is: 'the file without its folders' }),
  records: noted(count, { is: 'read, of all processes' }),
  rssMembers: noted(count.describe('counters that RSS is the sum of here'), { as: false }),
  mm: count.nullable().describe('the process; null: the only one of the file, of a trace all'),
  belowZero: noted(belowZero.exactOptional().describe('not of traces'), { as: false }),
});

export const replayedResult = noted(
  z
    .strictObject({
      format: z.literal('rss-err/replay@2'),
      program,
      topology,
      recording: noted(recording, { as: '' }),
      trace: noted(traceSummary.exactOptional().describe("of a kernel's trace"), {
        ...{ as: '', added: 3, always: true },
        only: ['form', 'sizeIs', 'processesReplayed', 'zeroDeltas', 'losses', 'pagesUnseen'],
      }),
      observed: noted(observedRecord.exactOptional().describe('of a record of observe'), {
        as: false,
      }),
      ...found,
      schemes: noted(z.array(scheme).min(1), { line: 'scheme', rows: true }),
      processes: noted(
        z
          .array(tracedProcess)
          .exactOptional()
          .describe("of a kernel's trace, in the order of their first events"),
        { line: 'process', typeLast: true },
      ),
    })
    .describe('rss-err replay --format json'),
  {
    line: 'run',
    lines:
      'a line of rss-err replay --format ndjson: the run, each scheme, each process of a trace',
  },
);

export type Replayed = ResultOf<typeof replayedResult>;

/** What may have to be said of a recording before its figures are believed. */
export interface RecordingFacts extends Pick<Replayed, 'observed'> {
  readonly recording: Pick<Replayed['recording'], 'name' | 'belowZero'>;
  readonly trace?: TraceSummary;
}
