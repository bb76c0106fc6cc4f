/** `rss-err replay`: recorded updates → one study → render → write. */
import { basename } from 'node:path';
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { besideLines, createReadingProgress } from '../../cli/heartbeat.ts';
import { demandOneStdin, type MeasuredInput, openMeasured, originOf } from '../../cli/input.ts';
import { onMachine } from '../../cli/interruption.ts';
import { workersOf } from '../../cli/jobs.ts';
import { DEFAULT_TOPOLOGY, readTopology } from '../../cli/machine.ts';
import { reproduceLine } from '../../cli/options.ts';
import { writeLines } from '../../cli/output.ts';
import { openOutput } from '../../cli/output-options.ts';
import { type Session, writeRemarks } from '../../cli/streams.ts';
import { InputError } from '../../errors.ts';
import { legendLines } from '../../render/legend.ts';
import { MIB } from '../../units.ts';
import { version } from '../../version.ts';
import { COST_WORDS, errorLegend } from '../compare/legend.ts';
import { largestObserved } from '../compare/measure.ts';
import { readCostRequest, schemesOf, seenOf, warmUpOf, writeRun } from '../compare/options.ts';
import { runSeen } from '../compare/seen.ts';
import { flagsOfTrace, REPLAY_OPTIONS, type ReplayFlags, traceChoicesOf } from './options.ts';
import { readingsLines } from './readings-lines.ts';
import { replayRecorded } from './replay.ts';
import type { ReplayRequest } from './request.ts';
import type { RecordingFacts } from './result.ts';
import { machineRemarks, recordingWarnings, replayedView } from './view.ts';

function warn(
  facts: RecordingFacts,
  { topology, name }: Pick<ReplayRequest, 'topology' | 'name'>,
  flags: ReplayFlags,
  { stderr }: Session,
): void {
  const remarks = flags.topology === undefined ? machineRemarks(facts, topology) : [];
  writeRemarks(name, remarks, stderr);
  for (const warning of recordingWarnings(facts)) stderr.write(`rss-err: warning: ${warning}\n`);
}

async function requestOf(
  file: string,
  flags: ReplayFlags,
  session: Session,
): Promise<Omit<ReplayRequest, 'text'>> {
  const cost = await readCostRequest(flags, session);
  const topology = await readTopology(flags.topology, session);
  const pageSize = flags.pageSize ?? topology.pageSize;
  return {
    version,
    topology,
    pageSize,
    schemes: schemesOf(flags),
    name: file === '-' ? originOf(file) : basename(file),
    mm: flags.mm?.mm ?? null,
    ...warmUpOf(flags.warmUp, () => {
      throw new InputError(
        '--warm-up auto: a recording says of no size that the process is to come to: give a number of operations',
      );
    }),
    trace: traceChoicesOf(flags, topology, pageSize),
    ...(cost === undefined ? {} : { cost }),
  };
}

function reproduce(
  file: string,
  flags: ReplayFlags,
  { trace }: Pick<ReplayRequest, 'trace'>,
): string {
  const { topology = DEFAULT_TOPOLOGY, mm, scheme, pageSize, format, unit } = flags;
  const { kernel, reader, reading, warmUp, cost, latency } = flags;
  return reproduceLine(['replay', file], REPLAY_OPTIONS, {
    ...{ topology, mm },
    ...flagsOfTrace(trace, flags),
    ...{ warmUp, scheme, kernel, reader, pageSize, format, unit, reading, cost, latency },
  });
}

/** Of processes, in traces and records. */
const REPLAYED = [
  ['ops', 'updates of the process'],
  [
    'readings',
    'of the record, those with faults meanwhile left out; lowest, highest, mean: of its errors',
  ],
] as const;

const AGAINST = [
  ['differ', 'readings, or raw values, that are not what the model has'],
  ['min, max', 'the least and the largest of predicted minus recorded'],
  ['p50|r|', 'half of these differences are at most so much, either way; p99|r|: all but 1%'],
  ['snapshots', "the kernel's raw counters, each with so many values; low, high: its own errors"],
] as const;

const SHOWN = {
  schema: async () => (await import('./result.ts')).replayedResult,
  viewOf: replayedView,
};

/** Bytes of a file that workers are started for unasked; less is read before they have begun to pay. */
const WORTH_WORKERS = 64 * MIB;

/** One reads, one replays. */
const MOST_WORKERS = 2;

/** How long a pipe will be is not known. */
function workersFor(flags: ReplayFlags, { size }: MeasuredInput): number {
  if (flags.jobs === undefined && (size ?? 0) < WORTH_WORKERS) return 1;
  return Math.min(workersOf(flags), MOST_WORKERS);
}

async function runReplay(file: string, flags: ReplayFlags, session: Session): Promise<number> {
  demandOneStdin([
    ['the machine', flags.topology],
    ['the updates', file],
    ['the latencies', flags.latency],
  ]);
  const { signal } = session;
  const output = openOutput(flags, session, [file]);
  const seen = seenOf(flags);
  const asked = await requestOf(file, flags, session);
  // Last: what is opened has to be read.
  const input = openMeasured(file, session);
  const request = { ...asked, text: input.chunks };
  const { heartbeat, clear } = createReadingProgress(
    input,
    flags.readings === true ? besideLines(flags.output, session) : session,
  );
  if (flags.readings === true) {
    const { format, member } = flags;
    const told: RecordingFacts[] = [];
    const lines = readingsLines(request, format, member, heartbeat, (facts) => {
      told.push(facts);
    });
    await writeLines(lines, output.openSink(), signal).finally(clear);
    for (const facts of told) warn(facts, request, flags, session);
    return EXIT.done;
  }
  const spreading = { workers: workersFor(flags, input), heartbeat, signal };
  const replay = () => replayRecorded(request, spreading);
  const run = onMachine(session.killable, request.topology, replay);
  const replayed = runSeen(await run.finally(clear), seen);
  signal.throwIfAborted();
  warn(replayed, request, flags, session);
  const again = reproduce(file, flags, request);
  return writeRun(replayed, largestObserved(replayed), SHOWN, again, flags, output, session);
}

export const replayCommand = defineCommand({
  name: 'replay',
  description: "replay recorded updates or a kernel's trace through RSS counting schemes",
  argument: ['[file|-]', "recorded updates or a kernel's trace, or - for stdin"],
  options: REPLAY_OPTIONS,
  examples: [
    'perf script | rss-err replay - --topology epyc-9654-2s',
    'rss-err replay trace.txt --comm mysqld --spread sticky',
    'rss-err replay --against run-1.json run-2.json',
  ],
  helpLines: () => [
    ...errorLegend([...REPLAYED, ...COST_WORDS]),
    '',
    ...legendLines(AGAINST, 'Words of --against:'),
  ],
  async run(flags, session, [file]) {
    const { against } = flags;
    if (against !== undefined) {
      if (file !== undefined) {
        throw new InputError(
          `${file}: --against has its own updates: give runs of real kernels behind it and no other file`,
        );
      }
      const { replayAgainst } = await import('./against/command.ts');
      return replayAgainst(against, flags, session);
    }
    if (file === undefined) {
      throw new InputError('replay: expected a file of recorded updates, or - for stdin');
    }
    return runReplay(file, flags, session);
  },
});
