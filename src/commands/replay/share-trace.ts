/**
 * One trace on several workers, the program one of them: each parses some of the lines, and replays its share
 * of the processes.
 * What comes of them is put together in the order in which the processes ended, as one worker would.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { partsBeside, type Spreading, type WorkKind } from '../../cli/jobs.ts';
import { InputError } from '../../errors.ts';
import { type Chunks, lineBlocks } from '../../input/text-lines.ts';
import type { TraceForm } from '../../recorded/trace/event.ts';
import type { Life } from '../../recorded/trace/life.ts';
import { type RowSource, traceFeed } from '../../recorded/trace/read-trace.ts';
import {
  createSharedRows,
  fillAndTake,
  type SharedRows,
  takeShared,
} from '../../recorded/trace/shared-rows.ts';
import { addHistogram, createHistogram } from '../../replay/histogram.ts';
import { addObserved, createObserver, type Observer, TALLIES } from '../../replay/observer.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { createByMember } from '../../update/by-member.ts';
import { createReadings } from '../../update/readings.ts';
import { LANE_KEPT, LANE_UPDATES, type LaneResult, openLane } from './process-lane.ts';
import { createProcessTotals, type EndedLife } from './process-totals.ts';
import { replayedOf, runThrough } from './replay-trace.ts';
import type { TraceRequest } from './request.ts';
import type { Replayed } from './result.ts';
import { joinRuns, runTrace, type TraceRun } from './trace-walk.ts';

interface TracePiece {
  readonly request: TraceRequest;
  readonly form: TraceForm;
  readonly rows: SharedRows;
  /** Which of the workers. */
  readonly index: number;
}

/** A process that has ended. */
interface Ended {
  readonly life: EndedLife;
  /** Its observers without the distributions, which are those of the pools. */
  readonly result: LaneResult;
}

/** A fault of the trace, and how far it had been taken. */
interface Fault extends Pick<InputError, 'fault' | 'places'> {
  readonly line: number;
}

interface Share {
  readonly run: TraceRun;
  readonly ended: readonly Ended[];
  readonly pools: readonly Observer[];
}

type TracePart = Share | Fault;

const NOTHING = createHistogram();

function withoutDistribution(observer: Observer): Observer {
  const bare = (name: (typeof TALLIES)[number]) => ({ ...observer[name], magnitudes: NOTHING });
  return {
    ...observer,
    ...{ both: bare('both'), clampedOnly: bare('clampedOnly'), rawOnly: bare('rawOnly') },
  };
}

function lifeOf({ mmId, ordinal, comm, firstLine, lastLine, ended }: Life): EndedLife {
  return { mmId, ordinal, comm, firstLine, lastLine, ended };
}

/** The mm_ids of a share: each next one that turns up is the next worker's. */
function shareOf(index: number, workers: number): (mmId: number) => boolean {
  const workerOf = new Map<number, number>();
  return (mmId) => {
    const known = workerOf.get(mmId);
    const worker = known ?? workerOf.size % workers;
    if (known === undefined) workerOf.set(mmId, worker);
    return worker === index;
  };
}

async function shareOfTrace(
  { request, form, rows, index }: TracePiece,
  source: RowSource,
  heartbeat: Heartbeat,
): Promise<TracePart> {
  const { topology, schemes } = request;
  const { workers } = rows;
  const pools = schemes.map(createObserver);
  const lanes = {
    ...{ topology, schemes, pools, warmUp: null, listeners: [] },
    ...{ readings: createReadings(LANE_UPDATES), byMember: createByMember(LANE_UPDATES) },
  };
  const ended: Ended[] = [];
  let faultAt: number | null = null;
  const walk = runTrace(
    request,
    traceFeed(source, form, request),
    {
      opensBehind: LANE_KEPT,
      open: (_life, _line, mostUpdates) => openLane({ ...lanes, mostUpdates }),
      close(life, lane) {
        const { observers, ...rest } = lane.close();
        const result = { ...rest, observers: observers.map(withoutDistribution) };
        ended.push({ life: lifeOf(life), result });
      },
    },
    {
      isOwn: shareOf(index, workers),
      onFault(line) {
        faultAt = line;
      },
    },
  );
  try {
    const run = await runThrough(walk, heartbeat);
    return { run, ended, pools };
  } catch (error) {
    if (faultAt === null || !(error instanceof InputError)) throw error;
    const { fault, places } = error;
    return { fault, places, line: faultAt };
  }
}

function sourceOf({ rows, index }: TracePiece): RowSource {
  return (createParser) => takeShared(rows, index, createParser(index, rows.workers));
}

export const REPLAYING: WorkKind<TracePiece, TracePart> = {
  name: 'replay',
  // Each goes through all of it: the program tells how far that is.
  work: (piece) => shareOfTrace(piece, sourceOf(piece), () => undefined),
};

/** As processes end: those that live on at the trace's end in the order of their beginnings. */
function byEnd({ life: a }: Ended, { life: b }: Ended): number {
  if (a.ended !== b.ended) return a.ended ? -1 : 1;
  return a.ended ? a.lastLine - b.lastLine : a.firstLine - b.firstLine;
}

/** @throws InputError of the first fault that a worker came to. */
function demandShares(parts: readonly TracePart[]): readonly Share[] {
  const faults = parts.filter((part) => 'fault' in part).sort((a, b) => a.line - b.line);
  for (const { fault, places } of faults) throw new InputError(fault, places);
  return parts.filter((part) => 'run' in part);
}

function joined({ request, form }: TracePiece, parts: readonly Share[]): Replayed {
  const { topology, schemes } = request;
  const pools = schemes.map(createObserver);
  const totals = createProcessTotals(topology, schemes);
  const ended = parts.flatMap((part) => part.ended).sort(byEnd);
  for (const { life, result } of ended) {
    result.observers.forEach((observer, i) => {
      addObserved(pools[i]!, observer);
    });
    totals.enter(life, result);
  }
  for (const part of parts) {
    pools.forEach((pool, i) => {
      for (const name of TALLIES) {
        addHistogram(pool[name].magnitudes, part.pools[i]![name].magnitudes);
      }
    });
  }
  const run = joinRuns(parts.map((part) => part.run));
  return replayedOf(request, form, { run, totals, pools, warmUp: null, watch: null });
}

/** As replayTrace(), on at least two workers; of a replay that can be shared. */
export async function replayShared(
  request: TraceRequest,
  form: TraceForm,
  chunks: Chunks,
  spreading: Spreading,
): Promise<Replayed> {
  const { workers, heartbeat } = spreading;
  const rows = createSharedRows(workers);
  const [own, ...others] = Array.from({ length: workers }, (_, index): TracePiece => {
    return { request, form, rows, index };
  });
  const parts = await partsBeside(
    REPLAYING,
    (demandOthers) => {
      const pause = async () => {
        demandOthers();
        await sleep(1);
      };
      const source: RowSource = (createParser) =>
        fillAndTake(rows, lineBlocks(chunks), createParser(0, workers), pause);
      return shareOfTrace(own!, source, heartbeat);
    },
    others,
    spreading,
  );
  return joined(own!, demandShares(parts));
}
