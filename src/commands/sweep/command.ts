/** `rss-err sweep`: a grid → its points, each the command's own result → lines, rows or a report. */
import {
  type CommandGroup,
  type CommandSpec,
  defineCommand,
  flagsOfWords,
} from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { createProgress, SWEEPING, timeBeginning } from '../../cli/heartbeat.ts';
import { readDocument } from '../../cli/input.ts';
import { workersOf } from '../../cli/jobs.ts';
import { hasJournal, openJournal } from '../../cli/journal.ts';
import { type FlagsOf, keyOf, type Options, option, reproduceLine } from '../../cli/options.ts';
import { demandWritable, isWrittenStraight, type TextSink } from '../../cli/output.ts';
import { type Output, openOutput } from '../../cli/output-options.ts';
import type { Session } from '../../cli/streams.ts';
import { TEXT } from '../../cli/values.ts';
import { InputError } from '../../errors.ts';
import { formatCount } from '../../render/amounts.ts';
import { renderJson } from '../../render/formats.ts';
import { version } from '../../version.ts';
import { demandReport } from './demand-report.ts';
import { type Grid, gridOf, sweptOptions } from './grid.ts';
import { readGrid } from './grid-file.ts';
import {
  gridOptions,
  POINTS_OR_REPORT,
  RUN_OPTIONS,
  SHOWN_OPTIONS,
  type ShownFlags,
} from './options.ts';
import { commandLine, type Plan, type PlannedPoint, planOf } from './plan.ts';
import { renderPointRows } from './point-rows.ts';
import { createFigureCheck, mergeShards, missingOf, reportOf, type Sweep } from './read-report.ts';
import type { PointLine, SweepHead } from './result.ts';
import { inOrder, pointsOf, pointsOfShard, runPoints } from './run-sweep.ts';
import { headLine, keptOf, pointLine } from './sweep-lines.ts';
import { SWEPT } from './swept.ts';
import { reportView } from './view.ts';

type RunFlags = FlagsOf<typeof RUN_OPTIONS>;

/** What ends a run whose reader has gone. */
const GONE = new Error('the reader has gone');

/** Writes lines as they come, as long as anyone reads them. */
async function giveLines(
  sink: TextSink,
  head: SweepHead,
  running: (give: (line: PointLine) => Promise<void>) => Promise<void>,
): Promise<void> {
  try {
    await sink.write(headLine(head));
    await running(async (line) => {
      if (!(await sink.write(pointLine(head, line)))) throw GONE;
    });
    sink.commit();
  } catch (error) {
    if (error !== GONE) throw error;
  } finally {
    sink.discard();
  }
}

/** Writes a sweep that is whole in memory. */
async function writeSweep(sweep: Sweep, flags: ShownFlags, again: string, output: Output) {
  const { head } = sweep;
  switch (flags.format) {
    case 'ndjson':
      return giveLines(output.openSink(), head, async (give) => {
        for await (const point of sweep.points) await give(point);
      });
    case 'json': {
      const results: PointLine[] = [];
      for await (const point of sweep.points) results.push(point);
      return output.write(renderJson({ ...head, results }));
    }
    case 'csv':
    case 'tsv':
      return output.write(await renderPointRows(sweep, flags.format === 'csv' ? ',' : '\t'));
    default:
      return writeReport(sweep, flags, again, output);
  }
}

async function writeReport(sweep: Sweep, flags: ShownFlags, again: string, output: Output) {
  const result = await reportOf(sweep, flags);
  const schema = async () => (await import('./result.ts')).sweepReport;
  const view = () => reportView(result, again);
  const picture = async () => (await import('./picture.ts')).sweepPicture(result, flags.by ?? []);
  await output.show({ view, result, schema, picture });
}

function headOf({ grid, machines, points }: Plan, { shard }: RunFlags): SweepHead {
  const { command, options, where } = grid;
  return {
    ...{ format: 'rss-err/sweep@1', program: { version }, command },
    options: Object.fromEntries(Object.entries(options).map(([name, all]) => [name, [...all]])),
    ...{ where: [...where], machines, points: points.length, shard: shard ?? null },
  };
}

/** Milliseconds that a look at how long a sweep takes may itself take, and turns of a short point in them. */
const LOOK = 1000;
const TURNS = 4;

/** "about 40 s with 2 jobs, by the first second of point 1"; null where no point says it. */
async function estimate(
  spec: CommandSpec<Options>,
  points: readonly PlannedPoint[],
  workers: number,
  session: Session,
): Promise<string | null> {
  const first = points.find(({ refused }) => refused === null);
  if (first === undefined) return null;
  const words = [...SWEPT[spec.name]!.words, ...first.words];
  const study = await spec.study!(flagsOfWords(spec, words), session);
  const { signal } = session;
  const turn = () =>
    timeBeginning(LOOK / TURNS, (heartbeat) => study.find({ workers: 1, heartbeat, signal })).catch(
      (error: unknown) => {
        if (error instanceof InputError) return null;
        throw error;
      },
    );
  // The first turn of a short point is mostly the compiler's; the points of a sweep have it once.
  let timed = await turn();
  for (let turns = 1; turns < TURNS && timed?.done === null; turns += 1) timed = await turn();
  if (timed === null) return null;
  if (timed.done !== null && (study.steps === null || timed.done === 0)) return null;
  const whole =
    timed.done === null ? timed.milliseconds : (timed.milliseconds * study.steps!) / timed.done;
  const each = study.steps === null || study.steps === 0 ? 0 : whole / study.steps;
  const total = points.reduce((sum, { steps }) => sum + (steps === null ? whole : each * steps), 0);
  const seconds = Math.ceil(total / 1000 / Math.min(workers, points.length));
  const time = seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} min`;
  return `about ${time} with ${formatCount(workers, 'job')}, as point ${first.point} goes`;
}

async function list(
  plan: Plan,
  spec: CommandSpec<Options>,
  flags: RunFlags,
  output: Output,
  session: Session,
): Promise<number> {
  const points = pointsOf(plan, flags.shard ?? null, new Set());
  const lines = points.map(({ words }) => `${commandLine(plan.grid, words)}\n`);
  await output.write(lines.join(''));
  const refused = points.filter((point) => point.refused !== null).length;
  const time = await estimate(spec, points, workersOf(flags), session);
  const parts = [
    formatCount(points.length, 'point'),
    ...(refused > 0 ? [`${refused} refused`] : []),
    ...(time === null ? [] : [time]),
  ];
  session.stderr.write(`rss-err: ${parts.join(', ')}\n`);
  return EXIT.done;
}

/** Progress over the points' operations, where all are known, else over the points. */
function progressOf(points: readonly PlannedPoint[], session: Session) {
  const known = points.map(({ steps }) => steps);
  const steps = known.includes(null) ? null : known.reduce<number>((sum, n) => sum + (n ?? 0), 0);
  return createProgress(steps, session, SWEEPING);
}

/** Runs the points into a file of lines, which is whole whenever it ends. */
async function runIntoJournal(plan: Plan, flags: RunFlags, session: Session): Promise<void> {
  const file = { flag: '--output', path: flags.output! };
  demandWritable(file);
  const head = headOf(plan, flags);
  const goesOn = flags.resume === true && hasJournal(file.path);
  const kept = goesOn ? await keptOf(file.path, head, session) : null;
  const points = pointsOf(plan, head.shard, new Set(kept?.places.map(({ key }) => key)));
  const journal = openJournal(file, headLine(head), kept, session.signal);
  const { heartbeat, clear } = progressOf(points, session);
  const before = kept?.places.length ?? 0;
  let done = 0;
  try {
    const spreading = { workers: workersOf(flags), heartbeat, signal: session.signal };
    session.remarks.tell();
    await runPoints(plan, points, flags.skipRefused === true, spreading, (line) => {
      journal.append(line.point, pointLine(head, line));
      done += 1;
    }).finally(clear);
    await journal.sort();
  } finally {
    journal.close();
    if (session.signal.aborted) {
      const all = pointsOfShard(head.points, head.shard);
      session.stderr.write(
        `rss-err: ${before + done} of ${formatCount(all, 'point')} are in ${file.path}: --resume goes on\n`,
      );
    }
  }
  session.stderr.write(
    `rss-err: ${formatCount(points.length, 'point')} run${kept === null ? '' : `, ${before} before`}\n`,
  );
}

async function runToOutput(
  plan: Plan,
  flags: RunFlags,
  again: string,
  session: Session,
): Promise<void> {
  const output = openOutput(flags, session);
  const head = headOf(plan, flags);
  const points = pointsOf(plan, head.shard, new Set());
  const { heartbeat, clear } = progressOf(points, session);
  const spreading = { workers: workersOf(flags), heartbeat, signal: session.signal };
  const skip = flags.skipRefused === true;
  if (flags.format === 'ndjson') {
    const running = (give: (line: PointLine) => Promise<void>) =>
      runPoints(plan, points, skip, spreading, inOrder(points, give)).finally(clear);
    return giveLines(output.openSink(), head, running);
  }
  const lines: PointLine[] = [];
  const demandFigure = createFigureCheck(flags.figure);
  await runPoints(plan, points, skip, spreading, async (line) => {
    await demandFigure(line);
    lines.push(line);
  }).finally(clear);
  lines.sort((a, b) => a.point - b.point);
  await writeSweep({ head, points: lines }, flags, again, output);
}

async function runGrid(
  grid: Grid,
  spec: CommandSpec<Options>,
  flags: RunFlags,
  again: string,
  session: Session,
): Promise<number> {
  const plan = await planOf(grid, spec, flags.skipRefused === true || flags.list === true, session);
  if (flags.list === true) {
    return list(plan, spec, flags, openOutput(flags, session), session);
  }
  const isJournal =
    flags.output !== undefined && flags.format === 'ndjson' && !isWrittenStraight(flags.output);
  if (flags.resume === true && !isJournal) {
    throw new InputError(
      '--resume goes with --format ndjson and a file, which grows point by point',
    );
  }
  await demandReport(plan, flags);
  if (isJournal) await runIntoJournal(plan, flags, session);
  else await runToOutput(plan, flags, again, session);
  return EXIT.done;
}

/** The words of the grid, as the user gave them. */
function givenOf(spec: CommandSpec<Options>, flags: Readonly<Record<string, unknown>>) {
  const given = new Map<string, readonly string[]>();
  for (const name of sweptOptions(spec).keys()) {
    const value = flags[keyOf(`--${name}`)];
    if (value !== undefined) given.set(name, value === true ? [''] : (value as readonly string[]));
  }
  return given;
}

/** What changes no byte of what is shown. */
const WHERE_SHOWN = ['jobs', 'output', 'color'];

/** The line that shows the same again, wherever that was written. */
function reproduce<O extends Options>(words: readonly string[], options: O, flags: FlagsOf<O>) {
  const told = Object.entries(flags).filter(([key]) => !WHERE_SHOWN.includes(key));
  return reproduceLine(
    ['sweep', ...words],
    options,
    Object.fromEntries(told) as Partial<typeof flags>,
  );
}

function sweepOf(command: CommandSpec<Options>): CommandSpec<Options> {
  const options: Options = { ...gridOptions(command), ...RUN_OPTIONS };
  return defineCommand<Options>({
    name: command.name,
    description: `${command.name} at every point of a grid`,
    options,
    helpLines: () => [
      'Alternatives: 1,5,40 where no value has commas, {a,b} and 8..64*2, 1..9+2, 1..9',
      'within any word, or the option again. Of a repeatable option they stand side by',
      'side in each point.',
    ],
    examples: [`rss-err sweep ${command.name} --topology 'pu:{8,64}' --seed 1..5`],
    run(flags, session) {
      const own = flags as unknown as RunFlags;
      const given = givenOf(command, flags as Readonly<Record<string, unknown>>);
      const grid = gridOf(command, given, own.where ?? []);
      return runGrid(grid, command, own, reproduce([command.name], options, flags), session);
    },
  });
}

const GRID_FILE = option('--grid <file|->', 'the grid, in JSON (docs/sweeps.md)', TEXT, {
  group: 'Points',
});

const GRID_OPTIONS = { grid: GRID_FILE, ...RUN_OPTIONS };

const gridCommand = defineCommand({
  name: 'grid',
  description: 'the points of a grid in a file; it need not be named',
  options: GRID_OPTIONS,
  examples: ['rss-err sweep --grid sweep.json --output sweep.ndjson'],
  async run(flags, session) {
    if (flags.grid === undefined) {
      const swept = Object.keys(SWEPT).join(', ');
      throw new InputError(
        `sweep: expected what to sweep (${swept}), --grid FILE, or merge or report with files`,
      );
    }
    const { origin, text } = await readDocument(flags.grid, session);
    const { spec, grid } = await readGrid(text, origin);
    const whole = { ...grid, where: [...grid.where, ...(flags.where ?? [])] };
    return runGrid(whole, spec, flags, reproduce([], GRID_OPTIONS, flags), session);
  },
});

const FILES = ['<file...>', 'lines of sweeps, as --output has them'] as const;

const MERGE_OPTIONS = {
  ...POINTS_OR_REPORT,
  format: { ...SHOWN_OPTIONS.format, default: 'ndjson' as const },
};

const mergeCommand = defineCommand({
  name: 'merge',
  description: 'the shards of one sweep as the whole',
  argument: FILES,
  options: MERGE_OPTIONS,
  examples: ['rss-err sweep merge shard-*.ndjson --output sweep.ndjson'],
  async run(flags, session, files) {
    const output = openOutput(flags, session, files);
    const sweep = await mergeShards(files, session);
    const missing = missingOf(
      sweep.head,
      new Set([...(sweep.points as PointLine[])].map(({ point }) => point)),
    );
    if (missing.length > 0) {
      throw new InputError(
        `${formatCount(missing.length, 'point')} of ${sweep.head.points} missing, the first ${missing[0]}: expected all shards, each whole (--resume ends one)`,
      );
    }
    await writeSweep(sweep, flags, reproduce(['merge', ...files], MERGE_OPTIONS, flags), output);
    return EXIT.done;
  },
});

const reportCommand = defineCommand({
  name: 'report',
  description: 'which scheme is better where: means over seeds, paired differences, sign tests',
  argument: FILES,
  options: SHOWN_OPTIONS,
  examples: ['rss-err sweep report sweep.ndjson --figure clamped_p99_pages --against per-cpu'],
  async run(flags, session, files) {
    const output = openOutput(flags, session, files);
    const sweep = await mergeShards(files, session);
    await writeReport(sweep, flags, reproduce(['report', ...files], SHOWN_OPTIONS, flags), output);
    return EXIT.done;
  },
});

/** The commands that can be swept are loaded for their options. */
export async function loadSweepCommand(): Promise<CommandGroup> {
  const swept = await Promise.all(Object.values(SWEPT).map(({ load }) => load()));
  const own = [gridCommand, mergeCommand, reportCommand];
  return {
    name: 'sweep',
    description: 'many command lines as one: grids of machines, workloads, schemes and seeds',
    byDefault: 'grid',
    commands: [
      ...swept.map(sweepOf),
      ...own.map((each) => each as unknown as CommandSpec<Options>),
    ],
  };
}
