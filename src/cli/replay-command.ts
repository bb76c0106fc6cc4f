/** `rss-err replay`: recorded updates → one study → render → write. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { InputError } from '../input-error.ts';
import { MEMBERS, type MemberName } from '../kernel/rss-stat.ts';
import { type ReplayRequest, replayRecorded } from '../study/replay-recorded.ts';
import { EXIT } from './exit-code.ts';
import { createProgress } from './heartbeat.ts';
import { readChunks, readStdin } from './input.ts';
import { interruptible } from './interruption.ts';
import { addOutputOptions, openOutput } from './output-options.ts';
import { readingsLines } from './readings-lines.ts';
import {
  addMachineOptions,
  addReadingOptions,
  type RunFlags,
  runWords,
  schemesOf,
  writeRun,
} from './run-options.ts';
import type { Streams } from './streams.ts';
import { DEFAULT_TOPOLOGY, readTopology } from './topology-option.ts';
import { choice, wholeNumber } from './values.ts';
import { version } from './version.ts';
import { writeLines } from './write-lines.ts';

interface ReplayFlags extends RunFlags {
  readonly mm?: number;
  readonly readings?: boolean;
  readonly member?: MemberName;
}

export function replayCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  const command = new Command('replay')
    .description('replay recorded updates (NDJSON or CSV) through RSS counting schemes')
    .argument('<file|->', 'recorded updates, or - for stdin');
  addReadingOptions(addOutputOptions(addMachineOptions(command)));
  return command
    .option(
      '--mm <id>',
      'the process to replay, where a file holds several',
      wholeNumber('--mm', 0, Number.MAX_SAFE_INTEGER),
    )
    .option('--readings', 'print what each scheme reads after every update (csv, ndjson)')
    .option(
      '--member <name>',
      `with --readings: one of ${MEMBERS.join(', ')} instead of RSS`,
      choice('--member', MEMBERS),
    )
    .action(async (file: string, flags: ReplayFlags) =>
      setExitCode(await runReplay(file, flags, streams)),
    );
}

function openRecording(
  file: string,
  { stdin }: Pick<Streams, 'stdin'>,
  signal: AbortSignal,
): AsyncIterable<Buffer | string> {
  return file === '-' ? readStdin(stdin, signal) : readChunks(createReadStream(file), file, signal);
}

/** @throws InputError where an option of one mode stands in the other. */
function demandOneMode({ readings, member, failAbove, reading, unit }: ReplayFlags): void {
  const fault = (flag: string, goes: string) => new InputError(`${flag} goes ${goes} --readings`);
  if (readings !== true && member !== undefined) throw fault('--member', 'with');
  if (readings !== true) return;
  if (failAbove !== undefined) throw fault('--fail-above', 'without');
  if (reading !== 'clamped') throw fault('--reading', 'without');
  if (unit !== 'pages') throw fault('--unit', 'without');
}

function runReplay(file: string, flags: ReplayFlags, streams: Streams): Promise<number> {
  if (file === '-' && flags.topology === '-') {
    throw new InputError('standard input is either the machine or the updates, not both');
  }
  demandOneMode(flags);
  return interruptible(async (signal) => {
    const output = openOutput(flags, streams, signal);
    const topology = await readTopology(flags.topology, streams, signal);
    const request: ReplayRequest = {
      version,
      topology,
      pageSize: flags.pageSize ?? topology.pageSize,
      schemes: schemesOf(flags),
      name: file === '-' ? 'standard input' : basename(file),
      text: openRecording(file, streams, signal),
      mm: flags.mm ?? null,
    };
    const { heartbeat, clear } = createProgress(null, streams.stderr, signal);
    if (flags.readings === true) {
      const { format, member } = flags;
      const lines = readingsLines(request, format, member, heartbeat);
      await writeLines(lines, output.openSink(), signal).finally(clear);
      return EXIT.done;
    }
    const replayed = await replayRecorded(request, heartbeat).finally(clear);
    signal.throwIfAborted();
    const words = [
      ...['rss-err', 'replay', file, '--topology', flags.topology ?? DEFAULT_TOPOLOGY],
      ...(flags.mm === undefined ? [] : ['--mm', `${flags.mm}`]),
      ...runWords(flags),
    ];
    return writeRun(replayed, words, flags, output, streams);
  });
}
