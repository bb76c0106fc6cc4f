/** `rss-err compare`: options → one study → render → write. */
import { Command } from 'commander';
import { createProgress } from '../../cli/heartbeat.ts';
import { interruptible } from '../../cli/interruption.ts';
import {
  addJobsOption,
  type JobsFlags,
  partsOf,
  type Spreading,
  workersOf,
} from '../../cli/jobs.ts';
import { addOutputOptions, openOutput } from '../../cli/output-options.ts';
import type { Streams } from '../../cli/streams.ts';
import { DEFAULT_TOPOLOGY, readTopology } from '../../cli/topology-option.ts';
import { wholeNumber } from '../../cli/values.ts';
import { workloadArguments } from '../../cli/workload-arguments.ts';
import { addWorkloadOptions, type WorkloadFlags, workloadOf } from '../../cli/workload-options.ts';
import { InputError } from '../../errors.ts';
import { version } from '../../version.ts';
import { type CompareRequest, compare, isWorthWorkers, joinedRuns, sharesOf } from './compare.ts';
import { addCostOptions, demandOneStdin, readCostRequest } from './cost-options.ts';
import { repeated, runsOf } from './repeat.ts';
import type { Comparison } from './result.ts';
import {
  addMachineOptions,
  addReadingOptions,
  type RunFlags,
  runWords,
  schemesOf,
  writeRepeated,
  writeRun,
} from './run-options.ts';
import { comparisonView } from './view.ts';

interface CompareFlags extends RunFlags, WorkloadFlags, JobsFlags {
  readonly runs: number;
}

const MOST_RUNS = 10_000;

export function compareCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  const command = new Command('compare').description(
    'compare the bounds and the observed error of RSS counting schemes',
  );
  addReadingOptions(addOutputOptions(addWorkloadOptions(addMachineOptions(command))));
  command.option(
    '--runs <n>',
    'repeat with seeds derived from --seed, and tell the spread',
    wholeNumber('--runs', 1, MOST_RUNS),
    1,
  );
  addJobsOption(command);
  addCostOptions(command);
  return command.action(async (flags: CompareFlags) =>
    setExitCode(await runCompare(flags, streams)),
  );
}

/** The comparisons of several requests, in their order. */
async function compareAll(
  requests: readonly CompareRequest[],
  spreading: Spreading,
): Promise<Comparison[]> {
  const shares = sharesOf(requests, spreading.workers);
  const workers = isWorthWorkers(shares) ? spreading.workers : 1;
  const comparing = { name: 'compare', work: compare } as const;
  return joinedRuns(shares, await partsOf(comparing, shares.flat(), { ...spreading, workers }));
}

const SHOWN = {
  schema: async () => (await import('./result.ts')).comparison,
  viewOf: comparisonView,
};

function runCompare(flags: CompareFlags, streams: Streams): Promise<number> {
  demandOneStdin([
    ['the machine', flags.topology],
    ['the latencies', flags.latency],
  ]);
  if (flags.runs > 1 && flags.cost === true) throw new InputError('--cost goes without --runs');
  return interruptible(async (signal) => {
    const output = openOutput(flags, streams, signal);
    const cost = await readCostRequest(flags, streams, signal);
    const topology = await readTopology(flags.topology, streams, signal);
    const bytesPerPage = flags.pageSize ?? topology.pageSize;
    const request: CompareRequest = {
      version,
      topology,
      pageSize: bytesPerPage,
      preset: flags.preset,
      workload: workloadOf(flags, topology, bytesPerPage),
      schemes: schemesOf(flags),
      ...(cost === undefined ? {} : { cost }),
    };
    const { runs } = flags;
    const operations = runs * request.workload.operations;
    const { heartbeat, clear } = createProgress(operations, streams.stderr, signal);
    const spreading = { workers: workersOf(flags), heartbeat, signal };
    const comparisons = await compareAll(runsOf(request, runs), spreading).finally(clear);
    signal.throwIfAborted();
    const words = [
      ...['rss-err', 'compare', '--topology', flags.topology ?? DEFAULT_TOPOLOGY],
      ...workloadArguments(request.workload, request.preset, topology),
      ...(runs === 1 ? [] : ['--runs', `${runs}`]),
      ...runWords(flags),
    ];
    return runs === 1
      ? writeRun(comparisons[0]!, SHOWN, words, flags, output, streams)
      : writeRepeated(repeated(comparisons), words, flags, output, streams);
  });
}
