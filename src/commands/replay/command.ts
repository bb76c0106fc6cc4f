/** `rss-err replay`: recorded updates → one study → render → write. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { EXIT } from '../../cli/exit-code.ts';
import { createProgress } from '../../cli/heartbeat.ts';
import { readChunks, readStdin } from '../../cli/input.ts';
import { interruptible } from '../../cli/interruption.ts';
import { addOutputOptions, openOutput } from '../../cli/output-options.ts';
import type { Streams } from '../../cli/streams.ts';
import { DEFAULT_TOPOLOGY, readTopology } from '../../cli/topology-option.ts';
import { choice } from '../../cli/values.ts';
import { writeLines } from '../../cli/write-lines.ts';
import { InputError } from '../../errors.ts';
import { MEMBERS, type MemberName } from '../../kernel/rss-stat.ts';
import { version } from '../../version.ts';
import { addCostOptions, demandOneStdin, readCostRequest } from '../compare/cost-options.ts';
import {
  addMachineOptions,
  addReadingOptions,
  type RunFlags,
  runWords,
  schemesOf,
  writeRun,
} from '../compare/run-options.ts';
import { processId, processWord } from './process-id.ts';
import { readingsLines } from './readings-lines.ts';
import { replayRecorded } from './replay.ts';
import type { ReplayRequest } from './request.ts';
import type { RecordingFacts } from './result.ts';
import { addTraceOptions, type TraceFlags, traceChoicesOf, traceWords } from './trace-options.ts';
import { recordingWarnings, replayedView } from './view.ts';

interface ReplayFlags extends RunFlags, TraceFlags {
  readonly readings?: boolean;
  readonly member?: MemberName;
  readonly against?: readonly string[];
}

export function replayCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  const command = new Command('replay')
    .description("replay recorded updates or a kernel's trace through RSS counting schemes")
    .argument('[file|-]', "recorded updates or a kernel's trace, or - for stdin");
  addCostOptions(addReadingOptions(addOutputOptions(addMachineOptions(command))));
  command.option(
    '--mm <id>',
    'the process to replay, where a file holds several (trace: default all)',
    processId('--mm'),
  );
  return addTraceOptions(command)
    .option('--readings', 'print what each scheme reads after every update (csv, ndjson)')
    .option(
      '--member <name>',
      `with --readings: one of ${MEMBERS.join(', ')} instead of RSS`,
      choice('--member', MEMBERS),
    )
    .option(
      '--against <file...>',
      'instead of updates: runs recorded on real kernels, predicted and recorded side by side',
    )
    .action(async (file: string | undefined, flags: ReplayFlags, self: Command) =>
      setExitCode(await runOneOf(file, flags, self, streams)),
    );
}

/** Recorded updates, or real kernels as judges. */
async function runOneOf(
  file: string | undefined,
  flags: ReplayFlags,
  self: Command,
  streams: Streams,
): Promise<number> {
  if (flags.against !== undefined) {
    const { demandAgainstAlone, replayAgainst } = await import('./against/command.ts');
    demandAgainstAlone(file, self);
    return replayAgainst({ ...flags, against: flags.against }, streams);
  }
  if (file === undefined) {
    throw new InputError('replay: expected a file of recorded updates, or - for stdin');
  }
  return runReplay(file, flags, streams);
}

function openRecording(
  file: string,
  { stdin }: Pick<Streams, 'stdin'>,
  signal: AbortSignal,
): AsyncIterable<Buffer | string> {
  return file === '-' ? readStdin(stdin, signal) : readChunks(createReadStream(file), file, signal);
}

/** @throws InputError where an option of one mode stands in the other. */
function demandOneMode(flags: ReplayFlags): void {
  const { readings, member, failAbove, reading, unit, cost, latency } = flags;
  const fault = (flag: string, goes: string) => new InputError(`${flag} goes ${goes} --readings`);
  if (readings !== true && member !== undefined) throw fault('--member', 'with');
  if (readings !== true) return;
  if (failAbove !== undefined) throw fault('--fail-above', 'without');
  if (reading !== 'clamped') throw fault('--reading', 'without');
  if (unit !== 'pages') throw fault('--unit', 'without');
  if (cost !== undefined) throw fault('--cost', 'without');
  if (latency !== undefined) throw fault('--latency', 'without');
}

function warn(facts: RecordingFacts, { stderr }: Pick<Streams, 'stderr'>): void {
  for (const warning of recordingWarnings(facts)) stderr.write(`rss-err: warning: ${warning}\n`);
}

const SHOWN = {
  schema: async () => (await import('./result.ts')).replayedResult,
  viewOf: replayedView,
};

function runReplay(file: string, flags: ReplayFlags, streams: Streams): Promise<number> {
  demandOneStdin([
    ['the machine', flags.topology],
    ['the updates', file],
    ['the latencies', flags.latency],
  ]);
  demandOneMode(flags);
  return interruptible(async (signal) => {
    const output = openOutput(flags, streams, signal);
    const cost = await readCostRequest(flags, streams, signal);
    const topology = await readTopology(flags.topology, streams, signal);
    const request: ReplayRequest = {
      version,
      topology,
      pageSize: flags.pageSize ?? topology.pageSize,
      schemes: schemesOf(flags),
      name: file === '-' ? 'standard input' : basename(file),
      text: openRecording(file, streams, signal),
      mm: flags.mm?.mm ?? null,
      trace: traceChoicesOf(flags, topology),
      ...(cost === undefined ? {} : { cost }),
    };
    const { heartbeat, clear } = createProgress(null, streams.stderr, signal);
    if (flags.readings === true) {
      const { format, member } = flags;
      const told: RecordingFacts[] = [];
      const lines = readingsLines(request, format, member, heartbeat, (facts) => {
        told.push(facts);
      });
      await writeLines(lines, output.openSink(), signal).finally(clear);
      for (const facts of told) warn(facts, streams);
      return EXIT.done;
    }
    const replayed = await replayRecorded(request, heartbeat).finally(clear);
    signal.throwIfAborted();
    warn(replayed, streams);
    const words = [
      ...['rss-err', 'replay', file, '--topology', flags.topology ?? DEFAULT_TOPOLOGY],
      ...(flags.mm === undefined ? [] : ['--mm', processWord(flags.mm)]),
      ...traceWords(flags, request.trace),
      ...runWords(flags),
    ];
    return writeRun(replayed, SHOWN, words, flags, output, streams);
  });
}
