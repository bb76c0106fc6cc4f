/** `rss-err replay`: recorded updates → one study → render → write. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { addAbortSignal } from 'node:stream';
import { Command } from 'commander';
import { InputError } from '../input-error.ts';
import { MEMBERS, type MemberName } from '../kernel/rss-stat.ts';
import { type ReplayRequest, replayRecorded } from '../study/replay-recorded.ts';
import { reasonOf } from '../topology/load.ts';
import { createProgress } from './heartbeat.ts';
import { catchInterruption } from './interruption.ts';
import { addOutputOptions, openOutput } from './output-options.ts';
import {
  addMachineOptions,
  addReadingOptions,
  type RunFlags,
  runWords,
  schemesOf,
  writeRun,
} from './run-options.ts';
import type { Streams } from './streams.ts';
import { readTopology } from './topology-option.ts';
import { choice, wholeNumber } from './values.ts';
import { version } from './version.ts';
import { writeReadings } from './write-readings.ts';

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

/** A file's bytes as they are read; what the operating system says against it is an InputError. */
async function* readFileChunks(file: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(file);
  } catch (error) {
    throw new InputError(`${file}: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}

function openRecording(
  file: string,
  { stdin }: Streams,
  signal: AbortSignal,
): AsyncIterable<Buffer | string> {
  return file === '-' ? addAbortSignal(signal, stdin) : readFileChunks(file);
}

async function runReplay(file: string, flags: ReplayFlags, streams: Streams): Promise<number> {
  if (file === '-' && flags.topology === '-') {
    throw new InputError('standard input is either the machine or the updates, not both');
  }
  const output = openOutput(flags, streams);
  const interruption = catchInterruption();
  const { signal } = interruption;
  try {
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
      return await writeReadings(request, format, member, output.openSink(), heartbeat).finally(
        clear,
      );
    }
    const replayed = await replayRecorded(request, heartbeat).finally(clear);
    signal.throwIfAborted();
    const words = [
      ...['rss-err', 'replay', file, '--topology', flags.topology],
      ...(flags.mm === undefined ? [] : ['--mm', `${flags.mm}`]),
      ...runWords(flags),
    ];
    return await writeRun(replayed, words, flags, output, streams);
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    interruption.release();
  }
}
