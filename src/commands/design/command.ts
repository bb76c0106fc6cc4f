/** `rss-err design`: options → a search a machine → replays → render → write. */
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { createProgress, DESIGNING } from '../../cli/heartbeat.ts';
import { letSignalsIn, onMachine } from '../../cli/interruption.ts';
import { DEFAULT_TOPOLOGY, readTopology, selectCpus } from '../../cli/machine.ts';
import { type FlagsOf, reproduceLine } from '../../cli/options.ts';
import { openOutput } from '../../cli/output-options.ts';
import type { Session } from '../../cli/streams.ts';
import { sizeInBytes } from '../../cli/values.ts';
import { InputError } from '../../errors.ts';
import { comparedTopology } from '../../render/compared-topology.ts';
import { machineSize } from '../../schemes/bound.ts';
import { formatCpulist } from '../../topology/cpulist.ts';
import type { Topology } from '../../topology/topology.ts';
import { DEFAULT_PAGE_SIZE } from '../../units.ts';
import { version } from '../../version.ts';
import { allCounts, countsOf, DEFAULT_NODES, denseTopology } from '../bound/cpu-counts.ts';
import { readCostRequest } from '../compare/options.ts';
import { designLegend } from './legend.ts';
import { isExact } from './objectives.ts';
import { MOST_MACHINES, OPTIONS } from './options.ts';
import { createReplayMaker, type ReplayRequest } from './replays.ts';
import type { DesignResult } from './result.ts';
import { designsOf, type Limits } from './search.ts';
import { designFor, type MachineRequest } from './study.ts';
import { designView } from './view.ts';

type Flags = FlagsOf<typeof OPTIONS>;

/** The machines: one, or those of --cpus. @throws InputError where these are too many. */
async function machinesOf({ cpus, nodes, topology }: Flags, session: Session): Promise<Topology[]> {
  if (cpus === undefined) return [await readTopology(topology, session)];
  if (countsOf(cpus) > MOST_MACHINES) {
    throw new InputError(
      `--cpus ${cpus.text}: ${countsOf(cpus)} machines: expected at most ${MOST_MACHINES}, such as 8,64,512`,
    );
  }
  return Array.from(allCounts(cpus), (count) =>
    denseTopology(
      Int32Array.from({ length: count }, (_, cpu) => cpu),
      Math.min(count, nodes ?? DEFAULT_NODES),
    ),
  );
}

function limitsOf(
  { maxError, maxMemory, maxTouches }: Flags,
  pageSize: DesignResult['pageSize'],
): Limits {
  return {
    errorPages:
      maxError === undefined ? null : Math.floor(sizeInBytes(maxError, pageSize) / pageSize),
    memoryBytes: maxMemory === undefined ? null : Math.floor(sizeInBytes(maxMemory, pageSize)),
    touches: maxTouches ?? null,
  };
}

function requestFor(
  topology: Topology,
  flags: Flags,
  limits: Limits,
  replay: ReplayRequest,
): MachineRequest {
  const { threads, used, inFlight, updatePages, switchEvery, space, batch, middle, levels } = flags;
  return {
    purpose: {
      topology,
      size: machineSize(topology),
      threads: threads ?? topology.online.length,
      inFlight: { updates: inFlight, pages: updatePages },
      used: used === undefined ? null : selectCpus('--used', used, topology),
      switchEvery,
    },
    space: { families: space, batches: batch, middles: middle, mostLevels: levels },
    ...{ limits, objectives: flags.objective, replay },
  };
}

function reproduce(flags: Flags): string {
  const { cpus, nodes = DEFAULT_NODES, topology = DEFAULT_TOPOLOGY } = flags;
  const { jobs: _, resume: __, output: ___, color: ____, ...rest } = flags;
  return reproduceLine(['design'], OPTIONS, {
    ...(cpus === undefined ? { topology } : { cpus, nodes }),
    ...{ ...rest, topology: undefined, cpus: undefined, nodes: undefined },
    ...(cpus === undefined ? { topology } : { cpus, nodes }),
  });
}

async function designOf(flags: Flags, session: Session): Promise<DesignResult> {
  const { latency, objective, workload, operations, seed, threads, inFlight, updatePages } = flags;
  if (objective.includes('time') && latency === undefined) {
    throw new InputError('--objective time goes with --latency');
  }
  const replayed = objective.some((each) => !isExact(each));
  if (replayed && operations === 0) {
    throw new InputError(`--objective ${objective.join(',')} goes with --operations above 0`);
  }
  const machines = await machinesOf(flags, session);
  const pageSize = flags.pageSize ?? machines[0]?.pageSize ?? DEFAULT_PAGE_SIZE;
  const limits = limitsOf(flags, pageSize);
  const cost = await readCostRequest({ cost: true, latency }, session);
  const table = cost?.latency ?? null;
  const replay = { version, pageSize, workloads: workload, operations, seed, latency: table };
  const requests = machines.map((topology) => requestFor(topology, flags, limits, replay));
  const largest = { nrCpuIds: Math.max(...machines.map(({ nrCpuIds }) => nrCpuIds)) };
  const found = await onMachine(session.killable, largest, () =>
    foundFor(requests, flags, session),
  );
  const { used } = requests[0]!.purpose;
  return {
    format: 'rss-err/design@1',
    program: { version },
    topology: flags.cpus === undefined ? comparedTopology(machines[0]!, pageSize) : null,
    ...{ pageSize, objectives: [...objective], limits },
    space: {
      ...{ families: [...flags.space], batches: [...flags.batch], middles: [...flags.middle] },
      mostLevels: flags.levels,
    },
    threads: threads ?? null,
    inFlight: { updates: inFlight, pages: updatePages },
    switchEvery: flags.switchEvery,
    used: used === null ? null : { cpulist: formatCpulist(used), cpus: used.length },
    ...{ workloads: [...workload], operations, seed },
    searches: found.map(({ search }) => search),
    designs: found.flatMap(({ designs }) => designs),
  };
}

/** What a file of --resume must agree in. */
function headOf(requests: readonly MachineRequest[], flags: Flags): object {
  const machines = requests.map(
    ({ purpose: { topology } }) => comparedTopology(topology, topology.pageSize).sha256,
  );
  return {
    format: 'rss-err/design-replays@1',
    version,
    command: reproduce({ ...flags, format: 'table', unit: 'pages' }),
    machines,
    latency: requests[0]?.replay.latency,
  };
}

async function foundFor(requests: readonly MachineRequest[], flags: Flags, session: Session) {
  const steps = requests.reduce((sum, request) => sum + designsOf(request), 0);
  const searching = createProgress(steps, session, DESIGNING);
  const head = headOf(requests, flags);
  const maker = await createReplayMaker(flags.resume, head, flags.jobs, session);
  const found = [];
  let before = 0;
  try {
    for (const request of requests) {
      const done = before;
      const heartbeat = (designs: number) => searching.heartbeat(done + designs);
      const one = await designFor(request, heartbeat, (replays) => {
        searching.clear();
        return maker.make(replays);
      });
      before += one.search.designs;
      found.push(one);
    }
  } finally {
    searching.clear();
    maker.close();
  }
  if (maker.kept > 0) session.stderr.write(`rss-err: ${maker.kept} replays were kept\n`);
  return found;
}

export const designCommand = defineCommand({
  name: 'design',
  description:
    'which counter to build: the designs that no other is better than, by what each costs',
  options: OPTIONS,
  examples: [
    'rss-err design --topology epyc-9654-2s',
    'rss-err design --cpus 8,64,512 --max-error 16MiB --max-memory 8KiB',
  ],
  helpLines: designLegend,
  async run(flags, session) {
    const output = openOutput(flags, session);
    const result = await designOf(flags, session);
    await letSignalsIn(session);
    const choices = { unit: flags.unit, reproduce: reproduce(flags) };
    await output.show({
      view: () => designView(result, choices),
      result,
      schema: async () => (await import('./result.ts')).designResult,
      picture: async () => (await import('./picture.ts')).designPicture(result, choices),
    });
    return EXIT.done;
  },
});
