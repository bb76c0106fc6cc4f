/** A kernel's trace through several schemes: every process with counters of its own. */

import { OBSERVED } from '../../recorded/registry.ts';
import { contradictionsOf } from '../../recorded/trace/change.ts';
import type { TraceFeed } from '../../recorded/trace/read-trace.ts';
import { comparedTopology } from '../../render/compared-topology.ts';
import { createObserver, type Observer, observedExtremes } from '../../replay/observer.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { formatCpulist } from '../../topology/cpulist.ts';
import { createByMember } from '../../update/by-member.ts';
import { createReadings } from '../../update/readings.ts';
import { costsOf, demandWarmedUp, warmUpOf, watchOf } from '../compare/measure.ts';
import { type GatheredLane, gatheredLanes, LANE_UPDATES } from './gathered-lanes.ts';
import { noChange } from './no-updates.ts';
import { openLane } from './process-lane.ts';
import { createProcessTotals } from './process-totals.ts';
import type { TraceChoices, TraceRequest } from './request.ts';
import type { Replayed, TraceSummary } from './result.ts';
import { demandChosen, runTrace, type TraceRun } from './trace-walk.ts';

/** The schemes of a replay, before the first process, and what comes of it once all have ended. */
interface OpenReplay {
  readonly open: () => GatheredLane;
  /** @throws InputError where no process is as asked for; as measure(). */
  readonly replayed: (run: TraceRun) => Replayed;
}

export async function openReplay(
  request: TraceRequest,
  form: TraceSummary['form'],
): Promise<OpenReplay> {
  const { topology, schemes, warmUp: end } = request;
  const pools = schemes.map(createObserver);
  const warmUp = end === undefined ? null : { end, pools: schemes.map(createObserver) };
  const watch = await watchOf(request);
  const readings = createReadings(LANE_UPDATES);
  const byMember = createByMember(LANE_UPDATES);
  const totals = createProcessTotals(topology, schemes);
  return {
    open() {
      const listeners = watch === null ? [] : [watch.open()];
      const lane = openLane({ topology, schemes, pools, warmUp, listeners, readings, byMember });
      const { replay, offset, close } = lane;
      return { replay, offset, end: (life) => totals.enter(life, close()) };
    },
    replayed: (run) => replayedOf(request, form, { run, totals, pools, warmUp, watch }),
  };
}

/**
 * The processes asked for through all schemes.
 * @throws InputError at a line that cannot be read, and where no process is as asked for; as
 *   measure() throws.
 */
export async function replayTrace(
  request: TraceRequest,
  form: TraceSummary['form'],
  feed: TraceFeed,
  heartbeat: Heartbeat,
): Promise<Replayed> {
  const { open, replayed } = await openReplay(request, form);
  return replayed(await runThrough(runTrace(request, feed, gatheredLanes(open)), heartbeat));
}

export async function runThrough(
  walk: AsyncGenerator<number, TraceRun>,
  heartbeat: Heartbeat,
): Promise<TraceRun> {
  let next = await walk.next();
  while (next.done !== true) {
    await heartbeat(next.value);
    next = await walk.next();
  }
  return next.value;
}

interface Found {
  readonly run: TraceRun;
  readonly totals: ReturnType<typeof createProcessTotals>;
  readonly pools: readonly Observer[];
  readonly warmUp: { readonly pools: readonly Observer[] } | null;
  readonly watch: Awaited<ReturnType<typeof watchOf>>;
}

function replayedOf(
  request: TraceRequest,
  form: TraceSummary['form'],
  { run, totals, pools, warmUp, watch }: Found,
): Replayed {
  demandChosen(request, run);
  const { topology, name, mm, pageSize, warmUp: end } = request;
  const { replayed, operations, updates, rssPages, rssMembers, threads } = totals.sums;
  const { operationsLeftOut } = totals.sums;
  if (updates === 0 && operationsLeftOut === 0) {
    throw noChange(request, form, run.lines.rssStatEvents);
  }
  const warmedUp =
    warmUp === null
      ? null
      : { operations: operationsLeftOut, observed: warmUp.pools.map(observedExtremes) };
  demandWarmedUp(end, { operations, warmedUp, largestRss: 0 }, pageSize);
  const costs = costsOf(watch, request, operations, threads);
  const processes = totals.processes();
  return {
    format: 'rss-err/replay@2',
    program: { version: request.version },
    topology: comparedTopology(topology, pageSize),
    recording: { name, records: run.lines.rssStatEvents, rssMembers, mm },
    operations,
    ...warmUpOf(end, warmedUp),
    updates,
    rssPages,
    used: { ...totals.usedCpus(), threads },
    ...costs.run,
    schemes: totals.schemes(pools).map((scheme, i) => ({
      ...scheme,
      ...(warmedUp === null ? {} : { warmUp: warmedUp.observed[i]! }),
      ...costs.schemes[i],
    })),
    trace: summariseTrace(form, request.trace, run, replayed, processes.length),
    processes,
  };
}

/** `replayed` processes were replayed, of which the result lists so many. */
export function summariseTrace(
  form: TraceSummary['form'],
  { sizeIs, comm, life, spread }: TraceChoices,
  { lines, counts, statistics, updatesBeforeNamed }: TraceRun,
  replayed: number,
  listed: number,
): TraceSummary {
  const { processes: processesSeen, ...reconstructed } = counts;
  return {
    form,
    sizeIs,
    lowerBound: sizeIs === 'approximate',
    contradictions: form === OBSERVED ? [] : contradictionsOf(statistics, sizeIs),
    comm,
    life,
    spread:
      spread === null
        ? null
        : { policy: spread.policy, seed: spread.seed, cpulist: formatCpulist(spread.cpus) },
    processesSeen,
    processesReplayed: replayed,
    ...lines,
    ...reconstructed,
    updatesBeforeNamed,
    processesNotListed: replayed - listed,
  };
}
