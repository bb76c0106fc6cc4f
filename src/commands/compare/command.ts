/** `rss-err compare`: options → one study → render → write. */
import { defineCommand } from '../../cli/command.ts';
import { withProgress } from '../../cli/heartbeat.ts';
import { demandOneStdin } from '../../cli/input.ts';
import { JOBS, partsOf, type Spreading, workersOf } from '../../cli/jobs.ts';
import { DEFAULT_TOPOLOGY, readTopology } from '../../cli/machine.ts';
import {
  type FlagsOf,
  goesWithChoices,
  goesWithout,
  grouped,
  option,
  reproduceLine,
  ruled,
  toggle,
} from '../../cli/options.ts';
import { fileSink, type NamedFile, writeLines } from '../../cli/output.ts';
import { namedFor, openBeside, openOutput } from '../../cli/output-options.ts';
import type { Session } from '../../cli/streams.ts';
import { BESIDE, wholeNumber } from '../../cli/values.ts';
import {
  flagsOfChosen,
  flagsOfWorkload,
  settledChoices,
  WORKLOAD_OPTIONS,
  workloadOf,
} from '../../cli/workload-options.ts';
import { InputError } from '../../errors.ts';
import { FORMATS, isPicture } from '../../render/formats.ts';
import { presetLines, workloadText } from '../../render/words.ts';
import { formatScheme } from '../../schemes/registry.ts';
import { DEFAULT_PAGE_SIZE, type PageSize, type Pages } from '../../units.ts';
import { version } from '../../version.ts';
import { generateUpdates } from '../../workload/generate.ts';
import { PATTERNS } from '../../workload/registry.ts';
import {
  levelOf,
  PRESET_NAMES,
  PRESETS,
  type PresetName,
  type Workload,
} from '../../workload/workload.ts';
import {
  COMPARING,
  type Compared,
  type CompareRequest,
  isWorthWorkers,
  joinedRuns,
  sharesOf,
} from './compare.ts';
import { COST_WORDS, errorLegend, RUNS_WORDS } from './legend.ts';
import { flagsLike, LIKE_OPTIONS, likeOf } from './like.ts';
import { demandShorter, largestObserved } from './measure.ts';
import {
  COST_OPTIONS,
  MACHINE_OPTIONS,
  PICTURED_RUN_OPTIONS,
  readCostRequest,
  schemesOn,
  seenOf,
  WARM_UP_OPTION,
  warmUpOf,
  writeRun,
} from './options.ts';
import { largestOfRuns, repeated, runsOf } from './repeat.ts';
import { runSeen } from './seen.ts';
import { seriesView } from './series-view.ts';
import { HARDLY_BEGUN, shortOfTarget } from './start-view.ts';
import { comparisonView, type ViewChoices } from './view.ts';

const MOST_RUNS = 10_000;

/** Buckets of a series: several for each column of a terminal. */
const SERIES_BUCKETS = 200;
const MOST_BUCKETS = 10_000;

const OPTIONS = {
  ...grouped('Machine and schemes', MACHINE_OPTIONS),
  ...grouped('Workload', { ...WORKLOAD_OPTIONS, ...LIKE_OPTIONS }),
  ...PICTURED_RUN_OPTIONS,
  ...grouped('Runs', {
    runs: option(
      '--runs <n>',
      'repeat with seeds derived from --seed, and tell the spread',
      wholeNumber(1, MOST_RUNS),
      { default: 1, terse: true, rules: [goesWithChoices('--format', FORMATS)] },
    ),
    jobs: JOBS,
  }),
  warmUp: { ...WARM_UP_OPTION, group: 'Workload' },
  series: option(
    '--series [n]',
    `errors over the operations in n buckets (default: ${SERIES_BUCKETS}), extremes kept`,
    wholeNumber(1, MOST_BUCKETS),
    {
      ...{ group: 'Output', showing: true, preset: `${SERIES_BUCKETS}` },
      rules: [goesWithout('--runs', 1)],
    },
  ),
  distribution: toggle(
    '--distribution',
    'also quantiles of the magnitude of the error, in JSON and pictures',
    { group: 'Output', rules: [goesWithout('--runs', 1)] },
  ),
  writeStream: option(
    '--write-stream <file>',
    'write the updates for rss-err replay: NDJSON, or CSV by the name',
    namedFor(['ndjson', 'csv'], BESIDE),
    { group: 'Output', showing: true, rules: [goesWithout('--runs', 1)] },
  ),
  cost: ruled(COST_OPTIONS.cost, goesWithout('--runs', 1)),
  latency: COST_OPTIONS.latency,
};

function presetText(preset: PresetName): string {
  const figures = { ...PRESETS[preset], preset, cpulist: '0' };
  return workloadText(figures, { onlineCpus: 1, pageSize: DEFAULT_PAGE_SIZE }, figures.operations);
}

type CompareFlags = FlagsOf<typeof OPTIONS>;

/** The comparisons of several requests, in their order. */
async function compareAll(
  requests: readonly CompareRequest[],
  spreading: Spreading,
): Promise<Compared[]> {
  const shares = sharesOf(requests, spreading.workers);
  const workers = isWorthWorkers(shares) ? spreading.workers : 1;
  return joinedRuns(shares, await partsOf(COMPARING, shares.flat(), { ...spreading, workers }));
}

const schema = async () => (await import('./result.ts')).comparison;
const schemaOfRuns = async () => (await import('./result.ts')).repeatedResult;

/** @throws InputError where the workload never stays at a size. */
function sizeToReach(workload: Workload, pageSize: PageSize): Pages {
  const level = levelOf(workload, pageSize);
  if (level !== null) return level;
  throw new InputError(
    `--warm-up auto: ${workload.pattern.name} comes to no size that it stays at: give a number of operations`,
  );
}

async function requestOf(told: CompareFlags, session: Session): Promise<CompareRequest> {
  const like = await likeOf(told, session);
  const flags = flagsLike(told, like);
  const cost = await readCostRequest(flags, session);
  const topology = await readTopology(flags.topology, session, flags.topology === told.topology);
  const pageSize = flags.pageSize ?? topology.pageSize;
  const workload = workloadOf(flags, topology, pageSize);
  if (flags.warmUp !== 'auto') demandShorter(flags.warmUp, workload.operations);
  return {
    version,
    topology,
    pageSize,
    preset: flags.preset,
    workload,
    ...(like === null ? {} : { like }),
    schemes: schemesOn(topology, flags),
    ...warmUpOf(flags.warmUp, () => sizeToReach(workload, pageSize)),
    ...(flags.series === undefined ? {} : { buckets: flags.series }),
    ...(flags.distribution === true || isPicture(flags.format) ? { distribution: true } : {}),
    ...(cost === undefined ? {} : { cost }),
  };
}

/** Writes what has been replayed: the same workload makes the same updates. */
async function writeStream(
  file: NamedFile,
  { topology, workload, pageSize }: CompareRequest,
  signal: AbortSignal,
): Promise<void> {
  const { recordingText } = await import('../../recorded/write-updates.ts');
  const form = /\.csv$/i.test(file.path) ? 'csv' : 'ndjson';
  const text = recordingText(generateUpdates(topology, workload, pageSize), form);
  await writeLines(text, fileSink(file, signal), signal);
}

function reproduce(
  told: CompareFlags,
  { workload, preset, topology, like }: CompareRequest,
): string {
  const flags = flagsLike(told, like ?? null);
  const { scheme, kernel, reader, pageSize, runs, warmUp, series, distribution } = flags;
  const { format, unit, reading, cost, latency } = flags;
  return reproduceLine(['compare'], OPTIONS, {
    topology: flags.topology ?? DEFAULT_TOPOLOGY,
    ...flagsOfWorkload(workload, preset, topology),
    // Told even where they are the preset's: nothing said would be the record's.
    ...(like !== undefined && {
      ...{ like: flags.like, pid: like.process.pid, threads: workload.threads },
      ...flagsOfChosen('--pattern', PATTERNS, workload.pattern),
    }),
    ...{ warmUp, runs, scheme, kernel, reader, pageSize },
    ...{ series, distribution, format, unit, reading, cost, latency },
  });
}

/** A run as it is shown: with a series another result. */
function shownOf({ series, ...run }: Compared) {
  const pictureOf = async (_: unknown, choices: ViewChoices) => {
    const { comparisonPicture } = await import('./picture.ts');
    return comparisonPicture(series === undefined ? run : { ...run, series }, choices);
  };
  if (series === undefined) {
    const viewOf = (_: unknown, choices: ViewChoices) => comparisonView(run, choices);
    return { result: run, schema, viewOf, pictureOf };
  }
  const result = { ...run, format: 'rss-err/compare-series@1', series } as const;
  return {
    result,
    schema: async () => (await import('./result.ts')).comparisonSeries,
    viewOf: (_: unknown, choices: ViewChoices) => seriesView(result, choices),
    pictureOf,
  };
}

/** The request, and the comparisons of its runs. */
async function studied(flags: CompareFlags, session: Session) {
  const seen = seenOf(flags);
  const request = await requestOf(flags, session);
  const { runs } = flags;
  return {
    request,
    steps: runs * request.workload.operations,
    compareRuns: async (spreading: Spreading) => {
      const comparisons = await compareAll(runsOf(request, runs), spreading);
      return comparisons.map((comparison) => runSeen(comparison, seen));
    },
  };
}

export const compareCommand = defineCommand({
  name: 'compare',
  description: 'compare the bounds and the observed error of RSS counting schemes',
  options: OPTIONS,
  examples: [
    'rss-err compare --topology epyc-9654-2s --preset hop',
    'rss-err compare --topology pu:384 --size 2GiB --operations 5M --unit auto',
    'rss-err compare --scheme tree:batch=16 --scheme tree --runs 10 --output runs.csv',
  ],
  helpLines: () => [
    ...presetLines(PRESET_NAMES.map(presetText)),
    '',
    ...errorLegend([...RUNS_WORDS, ...COST_WORDS]),
  ],
  settle: settledChoices,
  async study(flags, session) {
    const { request, steps, compareRuns } = await studied(flags, session);
    const find = async (spreading: Spreading) => {
      const comparisons = await compareRuns(spreading);
      return flags.runs === 1
        ? shownOf(comparisons[0]!)
        : { result: repeated(comparisons), schema: schemaOfRuns };
    };
    return {
      ...{ steps, find, schemes: request.schemes.map(formatScheme) },
      schema: flags.runs === 1 ? schema : schemaOfRuns,
    };
  },
  async run(flags, session) {
    demandOneStdin([
      ['the machine', flags.topology],
      ['the latencies', flags.latency],
      ['the record', flags.like],
    ]);
    const output = openOutput(flags, session, [flags.like]);
    const stream = openBeside('--write-stream', flags.writeStream, flags.output);
    const { request, steps, compareRuns } = await studied(flags, session);
    const comparisons = await withProgress(steps, session, (heartbeat) =>
      compareRuns({ workers: workersOf(flags), heartbeat, signal: session.signal }),
    );
    const again = reproduce(flags, request);
    const short = shortOfTarget(comparisons[0]!, HARDLY_BEGUN);
    if (short !== null) {
      session.stderr.write(
        `rss-err: warning: the process reached ${short}: try more --operations\n`,
      );
    }
    if (flags.runs > 1) {
      const result = repeated(comparisons);
      const { repeatedView } = await import('./repeated-view.ts');
      const shown = { schema: schemaOfRuns, viewOf: repeatedView };
      return writeRun(result, largestOfRuns(result), shown, again, flags, output, session);
    }
    if (stream !== null) await writeStream(stream, request, session.signal);
    const { result, ...shown } = shownOf(comparisons[0]!);
    return writeRun(result, largestObserved(result), shown, again, flags, output, session);
  },
});
