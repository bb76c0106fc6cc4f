/** `rss-err observe`: processes of this machine → rounds of looks → one observation → render → write. */
import { timeOfDay } from '../../cli/clock.ts';
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { openText, originOf } from '../../cli/input.ts';
import { Interrupted } from '../../cli/interruption.ts';
import { readTopology } from '../../cli/machine.ts';
import { reproduceLine } from '../../cli/options.ts';
import { fileSink, type TextSink } from '../../cli/output.ts';
import { type Output, openBeside, openOutput } from '../../cli/output-options.ts';
import type { Session } from '../../cli/streams.ts';
import { readThisMachine } from '../../cli/this-machine.ts';
import { KERNEL } from '../../cli/values.ts';
import { InputError, quote } from '../../errors.ts';
import { openProcDirectory, settingOf } from '../../proc/proc-directory.ts';
import { isPicture, type Report, renderPictured } from '../../render/formats.ts';
import { version } from '../../version.ts';
import { observeLegend } from './legend.ts';
import { peopleLines, type RoundLines, readingsLines, recordLines } from './lines.ts';
import { openLiveBlock } from './live.ts';
import { createObservation, type Observation } from './observation.ts';
import { OBSERVE_OPTIONS, type ObserveFlags } from './options.ts';
import type { Trail } from './picture.ts';
import { type Head, readObserved } from './record.ts';
import { observedRounds } from './rounds.ts';
import { preciseReader, surroundings } from './setting.ts';
import { familyOf, startCommand } from './target.ts';
import { observeView } from './view.ts';

/** What stands behind the name: processes, or a command behind "--". */
interface Named {
  readonly pids: readonly number[];
  readonly command: readonly string[];
}

function pidOf(word: string): number {
  if (/^[1-9]\d{0,9}$/.test(word)) return Number(word);
  throw new InputError(
    `${quote(word)} is no number of a process: expected one, or a command behind --`,
  );
}

function namedBy(args: readonly string[], { argv }: Session): Named {
  const bar = argv.indexOf('--');
  const command = bar < 0 ? [] : argv.slice(bar + 1);
  return { pids: [...new Set(args.slice(0, args.length - command.length).map(pidOf))], command };
}

/** @throws InputError where not exactly one kind of subject is named. */
function demandSubject({ pids, command }: Named, { all, from }: ObserveFlags): void {
  const named = [pids.length > 0, command.length > 0, all === true, from !== undefined];
  if (named.filter(Boolean).length === 1) return;
  throw new InputError(
    'observe: expected either numbers of processes, --all, --from, or -- and a command',
  );
}

async function settingFor(flags: ObserveFlags, session: Session) {
  const proc = openProcDirectory(flags.proc);
  const kernel = flags.kernel ?? KERNEL.parse(settingOf(proc, 'sys/kernel/osrelease'), 'osrelease');
  const topology = await (flags.topology === undefined
    ? readThisMachine(session)
    : readTopology(flags.topology, session));
  const precise = preciseReader(kernel, flags.cheap === true);
  const { interval, all = false } = flags;
  const head: Head = {
    ...{ format: 'rss-err/observed@1', type: 'observed' },
    ...surroundings(proc, kernel, topology, precise),
    ...{ began: timeOfDay(), intervalSeconds: interval, all },
  };
  return { head, proc, how: { precise, pageSize: topology.pageSize } };
}

function reproduce(
  { pids, command }: Named,
  { output: _, color: __, record: ___, ...shown }: ObserveFlags,
): string {
  const tail = command.length === 0 ? [] : ['--', ...command];
  return reproduceLine(['observe', ...pids.map(String)], OBSERVE_OPTIONS, shown, tail);
}

/** What a picture is drawn of; null where none is asked for: it keeps every reading. */
async function trailFor({ format }: ObserveFlags): Promise<Trail | null> {
  return isPicture(format) ? (await import('./picture.ts')).createTrail() : null;
}

function reportOf(
  observation: Observation,
  trail: Trail | null,
  flags: ObserveFlags,
  named: Named,
): Report {
  const { unit, top } = flags;
  const result = observation.result(version);
  return {
    picture: async () =>
      trail && (await import('./picture.ts')).observePicture(result, trail, flags),
    view: () => observeView(result, { unit, top, reproduce: reproduce(named, flags) }),
    result,
    schema: async () => (await import('./result.ts')).observeResult,
  };
}

/** Seconds; null: until the processes end, or are no longer looked at. */
const durationOf = ({ for: seconds, all }: ObserveFlags) => seconds ?? (all === true ? 0 : null);

/** Rounds are seen as they come where there may be several, and a table follows on standard output. */
function isSeen(flags: ObserveFlags): boolean {
  const { format, output, readings } = flags;
  const isTable = format === 'table' && output === undefined && readings !== true;
  return isTable && durationOf(flags) !== 0;
}

/** Where nothing is seen on a terminal until the end: when that is. A command of the user's speaks for itself. */
function tellEnd(flags: ObserveFlags, { command }: Named, { stderr }: Session): void {
  const isSilent = !isSeen(flags) && flags.readings !== true && command.length === 0;
  const seconds = durationOf(flags);
  if (stderr.isTTY !== true || !isSilent || seconds === 0) return;
  const end = seconds === null ? 'when the processes have ended, or' : `in ${seconds} s, or`;
  stderr.write(`rss-err: note: the summary comes ${end} with Ctrl-C (--readings: each reading)\n`);
}

/** Where rounds go as they come. */
interface RoundSink {
  readonly sink: TextSink;
  readonly lines: RoundLines;
}

/** @throws InputError where the record cannot be written, or the format has no lines. */
function sinksFor(head: Head, flags: ObserveFlags, output: Output, isLive: boolean): RoundSink[] {
  const { format, record, readings, unit } = flags;
  const sinks: RoundSink[] = [];
  if (readings === true) {
    sinks.push({ lines: readingsLines(format, head), sink: output.openSink() });
  } else if (isSeen(flags) && !isLive) {
    sinks.push({ lines: peopleLines(head, unit), sink: output.openSink() });
  }
  const file = openBeside('--record', record, flags.output);
  if (file === null) return sinks;
  return [...sinks, { lines: recordLines(head), sink: fileSink(file, NEVER) }];
}

/** An interrupt ends the observation, not the writing of what was observed. */
const NEVER = new AbortController().signal;

/** @returns whether all of them want more. */
async function writeAll(sinks: readonly RoundSink[], textOf: (lines: RoundLines) => string) {
  let areOpen = true;
  for (const { sink, lines } of sinks) areOpen = (await sink.write(textOf(lines))) && areOpen;
  return areOpen;
}

/** Ctrl-C is a way to end an observation; what ends the program otherwise gives its own exit code. */
function exitCodeAfter({ signal }: Session): number {
  const reason: unknown = signal.reason;
  if (!(reason instanceof Interrupted) || reason.exitCode === CTRL_C_EXIT) return EXIT.done;
  return reason.exitCode;
}

/** 128 + SIGINT. */
const CTRL_C_EXIT = 130;

async function observeLive(
  named: Named,
  flags: ObserveFlags,
  output: Output,
  session: Session,
): Promise<number> {
  const { head, proc, how } = await settingFor(flags, session);
  const { pids, command } = named;
  const isLive =
    isSeen(flags) && output.terminal !== null && session.stdout.isTTY && command.length === 0;
  const sinks = sinksFor(head, flags, output, isLive);
  const started = command.length === 0 ? null : await startCommand(command);
  const live = isLive ? openLiveBlock(session) : null;
  tellEnd(flags, named, session);
  const observation = createObservation(head);
  const trail = await trailFor(flags);
  const report = () => reportOf(observation, trail, flags, named);
  const ends = [session.signal, ...(live ? [live.quit] : []), ...(started ? [started.ended] : [])];
  const rounds = observedRounds({
    ...{ proc, ...how, intervalSeconds: flags.interval, forSeconds: durationOf(flags) },
    areNamed: pids.length > 0,
    pids() {
      if (flags.all === true) return proc.pids();
      return started === null ? pids : familyOf(proc, started.pid);
    },
    stop: AbortSignal.any(ends),
  });
  try {
    let isFirst = true;
    for await (const looked of rounds) {
      for (const line of [looked.round, ...looked.readings]) {
        observation.take(line);
        trail?.take(line);
      }
      const isWanted = await writeAll(
        sinks,
        (lines) => `${isFirst ? lines.head : ''}${lines.of(looked)}`,
      );
      isFirst = false;
      live?.draw(`${await renderPictured(report(), flags.format, output)}`);
      if (!isWanted) break;
    }
    if (isFirst) await writeAll(sinks, ({ head }) => head);
    for (const { sink } of sinks) sink.commit();
  } finally {
    live?.end();
    for (const { sink } of sinks) sink.discard();
    await started?.finish();
  }
  if (flags.readings !== true) await output.show(report());
  const code = exitCodeAfter(session);
  return code === EXIT.done ? ((await started?.finish()) ?? code) : code;
}

const NOTHING: Named = { pids: [], command: [] };

/** The summary of a record. */
async function observeRecorded(
  file: string,
  flags: ObserveFlags,
  output: Output,
  session: Session,
): Promise<number> {
  const lines = readObserved(openText(file, session), originOf(file));
  let observation: Observation | null = null;
  const trail = await trailFor(flags);
  for await (const { line } of lines) {
    if (line.type === 'observed') observation = createObservation(line);
    else observation?.take(line);
    trail?.take(line);
  }
  await output.show(reportOf(observation!, trail, flags, NOTHING));
  return EXIT.done;
}

export const observeCommand = defineCommand({
  name: 'observe',
  description: 'how wrong the RSS of running processes is, by the figures of this kernel',
  argument: ['[pid...]', 'processes, or a command behind --'],
  options: OBSERVE_OPTIONS,
  examples: [
    'rss-err observe --all --top 10',
    'rss-err observe 1234 --interval 500ms --for 1m --record 1234.ndjson',
    'rss-err observe -- make -j8',
  ],
  helpLines: observeLegend,
  async run(flags, session, args) {
    const named = namedBy(args, session);
    demandSubject(named, flags);
    const output = openOutput(flags, { ...session, signal: NEVER }, [flags.from]);
    const { from } = flags;
    return from === undefined
      ? observeLive(named, flags, output, session)
      : observeRecorded(from, flags, output, session);
  },
});
