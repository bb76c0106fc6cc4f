/** `rss-err compare`: options → one study → render → write. */
import { defineCommand } from '../../cli/command.ts';
import { createProgress } from '../../cli/heartbeat.ts';
import { JOBS, partsOf, type Spreading, workersOf } from '../../cli/jobs.ts';
import { DEFAULT_TOPOLOGY, readTopology } from '../../cli/machine.ts';
import {
  type FlagsOf,
  goesWithout,
  grouped,
  option,
  reproduceLine,
  ruled,
} from '../../cli/options.ts';
import { openOutput } from '../../cli/output-options.ts';
import type { Session } from '../../cli/streams.ts';
import { wholeNumber } from '../../cli/values.ts';
import {
  flagsOfWorkload,
  settledChoices,
  WORKLOAD_OPTIONS,
  workloadOf,
} from '../../cli/workload-options.ts';
import { InputError } from '../../errors.ts';
import { presetLines, workloadText } from '../../render/words.ts';
import { DEFAULT_PAGE_SIZE, type PageSize, type Pages } from '../../units.ts';
import { version } from '../../version.ts';
import {
  levelOf,
  PRESET_NAMES,
  PRESETS,
  type PresetName,
  type Workload,
} from '../../workload/workload.ts';
import { COMPARING, type CompareRequest, isWorthWorkers, joinedRuns, sharesOf } from './compare.ts';
import {
  COST_OPTIONS,
  demandOneStdin,
  MACHINE_OPTIONS,
  RUN_OPTIONS,
  readCostRequest,
  schemaOfRuns,
  schemesOf,
  WARM_UP_OPTION,
  warmUpOf,
  writeRepeated,
  writeRun,
} from './options.ts';
import { repeated, runsOf } from './repeat.ts';
import type { Comparison } from './result.ts';
import { runSeen } from './seen.ts';
import { seenOf } from './seen-options.ts';
import { HARDLY_BEGUN, shortOfTarget } from './start-view.ts';
import { comparisonView } from './view.ts';

const MOST_RUNS = 10_000;

const OPTIONS = {
  ...grouped('Machine and schemes', MACHINE_OPTIONS),
  ...grouped('Workload', WORKLOAD_OPTIONS),
  ...RUN_OPTIONS,
  ...grouped('Runs', {
    runs: option(
      '--runs <n>',
      'repeat with seeds derived from --seed, and tell the spread',
      wholeNumber(1, MOST_RUNS),
      { default: 1, terse: true },
    ),
    jobs: JOBS,
  }),
  warmUp: { ...WARM_UP_OPTION, group: 'Workload' },
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
): Promise<Comparison[]> {
  const shares = sharesOf(requests, spreading.workers);
  const workers = isWorthWorkers(shares) ? spreading.workers : 1;
  return joinedRuns(shares, await partsOf(COMPARING, shares.flat(), { ...spreading, workers }));
}

const schema = async () => (await import('./result.ts')).comparison;

/** @throws InputError where the workload never stays at a size. */
function sizeToReach(workload: Workload, pageSize: PageSize): Pages {
  const level = levelOf(workload, pageSize);
  if (level !== null) return level;
  throw new InputError(
    `--warm-up auto: ${workload.pattern.name} comes to no size that it stays at: give a number of operations`,
  );
}

async function requestOf(flags: CompareFlags, session: Session): Promise<CompareRequest> {
  const cost = await readCostRequest(flags, session);
  const topology = await readTopology(flags.topology, session);
  const pageSize = flags.pageSize ?? topology.pageSize;
  const workload = workloadOf(flags, topology, pageSize);
  return {
    version,
    topology,
    pageSize,
    preset: flags.preset,
    workload,
    schemes: schemesOf(flags),
    ...warmUpOf(flags.warmUp, () => sizeToReach(workload, pageSize)),
    ...(cost === undefined ? {} : { cost }),
  };
}

function reproduce(flags: CompareFlags, { workload, preset, topology }: CompareRequest): string {
  const { scheme, kernel, reader, pageSize, runs, warmUp, format, unit, reading, cost, latency } =
    flags;
  return reproduceLine(['compare'], OPTIONS, {
    topology: flags.topology ?? DEFAULT_TOPOLOGY,
    ...flagsOfWorkload(workload, preset, topology),
    ...{ warmUp, runs, scheme, kernel, reader, pageSize, format, unit, reading, cost, latency },
  });
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
  helpLines: () => presetLines(PRESET_NAMES.map(presetText)),
  settle: settledChoices,
  async study(flags, session) {
    const { steps, compareRuns } = await studied(flags, session);
    const find = async (spreading: Spreading) => {
      const comparisons = await compareRuns(spreading);
      return flags.runs === 1
        ? { result: comparisons[0]!, schema }
        : { result: repeated(comparisons), schema: schemaOfRuns };
    };
    return { steps, find };
  },
  async run(flags, session) {
    demandOneStdin([
      ['the machine', flags.topology],
      ['the latencies', flags.latency],
    ]);
    const output = openOutput(flags, session);
    const { request, steps, compareRuns } = await studied(flags, session);
    const { heartbeat, clear } = createProgress(steps, session);
    const spreading = { workers: workersOf(flags), heartbeat, signal: session.signal };
    const comparisons = await compareRuns(spreading).finally(clear);
    session.signal.throwIfAborted();
    const again = reproduce(flags, request);
    const short = shortOfTarget(comparisons[0]!, HARDLY_BEGUN);
    if (short !== null) {
      session.stderr.write(
        `rss-err: warning: the process reached ${short}: try more --operations\n`,
      );
    }
    return flags.runs === 1
      ? writeRun(comparisons[0]!, { schema, viewOf: comparisonView }, again, flags, output, session)
      : writeRepeated(repeated(comparisons), again, flags, output, session);
  },
});
