/** `rss-err watchdog`: options → one study → render → write. */
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { withProgress } from '../../cli/heartbeat.ts';
import type { Spreading } from '../../cli/jobs.ts';
import { DEFAULT_TOPOLOGY, readTopology } from '../../cli/machine.ts';
import { type FlagsOf, grouped, option, reproduceLine } from '../../cli/options.ts';
import { openOutput, PICTURED_OPTIONS } from '../../cli/output-options.ts';
import type { Session } from '../../cli/streams.ts';
import { MEMORY_SIZE, sizeInPages, wholeNumber } from '../../cli/values.ts';
import {
  flagsOfWorkload,
  settledChoices,
  WORKLOAD_OPTIONS,
  workloadOf,
} from '../../cli/workload-options.ts';
import { InputError } from '../../errors.ts';
import { formatCount } from '../../render/amounts.ts';
import { formatScheme } from '../../schemes/registry.ts';
import { version } from '../../version.ts';
import { MACHINE_OPTIONS, schemesOn, seenOf } from '../compare/options.ts';
import { watchdogLegend } from './legend.ts';
import { watchdogView } from './view.ts';
import { PRECISE } from './watch.ts';
import { type WatchdogRequest, watchdog } from './watchdog.ts';

const MOST_RUNS = 10_000;
const MOST_EVERY = 10 ** 9;
const MOST_CONSECUTIVE = 1_000_000;

const RULE_OPTIONS = {
  budget: option(
    '--budget <size>',
    'the watchdog acts above it: pages, or as 150MiB',
    MEMORY_SIZE,
    { default: MEMORY_SIZE.parse('110MiB', '--budget') },
  ),
  every: option('--every <n>', 'operations between two readings', wholeNumber(1, MOST_EVERY), {
    default: 1000,
  }),
  for: option(
    '--for <n>',
    'readings above the budget in a row that make an alarm',
    wholeNumber(1, MOST_CONSECUTIVE),
    { default: 3 },
  ),
};

const OPTIONS = {
  ...grouped('Machine and schemes', MACHINE_OPTIONS),
  ...grouped('Watchdog', RULE_OPTIONS),
  ...grouped('Workload', WORKLOAD_OPTIONS),
  ...PICTURED_OPTIONS,
  runs: option('--runs <n>', 'repeat with seeds derived from --seed', wholeNumber(1, MOST_RUNS), {
    group: 'Runs',
    default: 5,
  }),
};

type WatchdogFlags = FlagsOf<typeof OPTIONS>;

/** A service that leaks, where no pattern is chosen: then there is an overrun to be seen. */
function leaking(flags: WatchdogFlags): WatchdogFlags {
  return { ...flags, pattern: flags.pattern ?? 'leak' };
}

/** @throws InputError where a run has fewer readings than make an alarm: it could say nothing. */
function demandReadings(every: number, consecutive: number, operations: number): void {
  const readings = Math.floor(operations / every);
  if (readings >= consecutive) return;
  throw new InputError(
    `--every ${every} --for ${consecutive}: ${formatCount(readings, 'reading')} in ${formatCount(operations, 'operation')} of a run: expected ${consecutive} at least, as many as make an alarm`,
  );
}

function reproduce(
  {
    topology,
    scheme,
    kernel,
    reader,
    pageSize,
    budget,
    every,
    for: consecutive,
    runs,
    ...shown
  }: WatchdogFlags,
  request: WatchdogRequest,
): string {
  const workload = flagsOfWorkload(request.workload, request.preset, request.topology);
  return reproduceLine(['watchdog'], OPTIONS, {
    topology: topology ?? DEFAULT_TOPOLOGY,
    ...{ budget, every, for: consecutive },
    ...workload,
    // Told even where it is the preset's: nothing said would be a leak.
    ...(workload.pattern === undefined && { pattern: request.workload.pattern.name }),
    ...{ runs, scheme, kernel, reader, pageSize, format: shown.format, unit: shown.unit },
  });
}

async function requestOf(flags: WatchdogFlags, session: Session): Promise<WatchdogRequest> {
  const topology = await readTopology(flags.topology, session);
  const pageSize = flags.pageSize ?? topology.pageSize;
  const { preset, budget, every, for: consecutive, runs } = flags;
  const workload = workloadOf(leaking(flags), topology, pageSize);
  demandReadings(every, consecutive, workload.operations);
  return {
    ...{ version, topology, pageSize, preset, runs, workload },
    schemes: schemesOn(topology, flags),
    seen: seenOf(flags),
    rule: { budgetPages: sizeInPages('--budget', budget, pageSize, 1), every, consecutive },
  };
}

const schema = async () => (await import('./result.ts')).watchdogResult;

/** The request, and what is found of it. */
async function studied(flags: WatchdogFlags, session: Session) {
  const request = await requestOf(flags, session);
  return {
    request,
    steps: request.runs * request.workload.operations,
    ...{ schema, schemes: [...request.schemes.map(formatScheme), PRECISE] },
    find: async ({ heartbeat }: Pick<Spreading, 'heartbeat'>) => ({
      result: await watchdog(request, heartbeat),
      schema,
    }),
  };
}

export const watchdogCommand = defineCommand({
  name: 'watchdog',
  description: 'what a budget on the reported RSS is worth: false alarms, misses, delays',
  options: OPTIONS,
  examples: ['rss-err watchdog --budget 120MiB --scheme per-cpu --topology epyc-9654-2s'],
  helpLines: watchdogLegend,
  settle: (flags) => settledChoices(leaking(flags)),
  study: studied,
  async run(flags, session) {
    const output = openOutput(flags, session);
    const { request, steps, find } = await studied(flags, session);
    const found = await withProgress(steps, session, (heartbeat) => find({ heartbeat }));
    const choices = { unit: flags.unit, reproduce: reproduce(flags, request) };
    await output.show({
      view: () => watchdogView(found.result, choices),
      picture: async () => (await import('./picture.ts')).watchdogPicture(found.result, choices),
      ...found,
    });
    return EXIT.done;
  },
});
