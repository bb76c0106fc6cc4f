/**
 * One trace on several workers: each reads all events, and replays the processes that are its share.
 * What comes of them is put together in the order in which the processes ended, as one worker would.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { partsOf, type Spreading, type WorkKind } from '../../cli/jobs.ts';
import { type Chunks, lineBlocks } from '../../input/text-lines.ts';
import type { TraceForm } from '../../recorded/trace/event.ts';
import { type RowSource, traceFeed } from '../../recorded/trace/read-trace.ts';
import type { Life } from '../../recorded/trace/reconstruct.ts';
import {
  createSharedRows,
  fillShared,
  type SharedRows,
  takeShared,
} from '../../recorded/trace/shared-rows.ts';
import { addHistogram, createHistogram } from '../../replay/histogram.ts';
import { addObserved, createObserver, type Observer, TALLIES } from '../../replay/observer.ts';
import type { Heartbeat } from '../../replay/replay.ts';
import { createReadings } from '../../update/readings.ts';
import { LANE_KEPT, LANE_UPDATES, type LaneResult, openLane } from './process-lane.ts';
import { createProcessTotals, type EndedLife } from './process-totals.ts';
import { replayedOf, runThrough } from './replay-trace.ts';
import type { TraceRequest } from './request.ts';
import type { Replayed } from './result.ts';
import { type Intake, runTrace, type TraceRun } from './trace-walk.ts';

interface TracePiece {
  readonly request: TraceRequest;
  readonly form: TraceForm;
  readonly rows: SharedRows;
  /** Which of the workers. */
  readonly index: number;
}

/** A process that has ended. */
interface Ended {
  /** Of all processes, which one ended so: 0 = the first. */
  readonly order: number;
  readonly life: EndedLife;
  /** Its observers without the distributions, which are those of the pools. */
  readonly result: LaneResult;
}

interface TracePart {
  readonly run: TraceRun;
  readonly ended: readonly Ended[];
  readonly pools: readonly Observer[];
}

/** What another worker replays is heard and forgotten. */
const ELSEWHERE: Intake = { add: () => {}, offset: () => {} };

const NOTHING = createHistogram();

function withoutDistribution(observer: Observer): Observer {
  const bare = (name: (typeof TALLIES)[number]) => ({ ...observer[name], magnitudes: NOTHING });
  return {
    ...observer,
    ...{ both: bare('both'), clampedOnly: bare('clampedOnly'), rawOnly: bare('rawOnly') },
  };
}

function lifeOf({ index, mmId, ordinal, comm, firstLine, lastLine, ended }: Life): EndedLife {
  return { index, mmId, ordinal, comm, firstLine, lastLine, ended };
}

async function shareOfTrace(piece: TracePiece, heartbeat: Heartbeat): Promise<TracePart> {
  const { request, form, rows, index } = piece;
  const { topology, schemes } = request;
  const pools = schemes.map(createObserver);
  const readings = createReadings(LANE_UPDATES);
  const lanes = { topology, schemes, pools, warmUp: null, listeners: [], readings };
  const ended: Ended[] = [];
  let order = 0;
  const isOwn = (life: Life) => life.index % rows.workers === index;
  const source: RowSource = (parser) => takeShared(rows, index, parser);
  const feed = traceFeed(source, form, request.name, request.pageSize);
  const walk = runTrace(request, feed, {
    opensBehind: LANE_KEPT,
    open: (life, _line, mostUpdates) =>
      isOwn(life) ? openLane({ ...lanes, mostUpdates }) : ELSEWHERE,
    close(life, lane) {
      if ('close' in lane) {
        const { observers, ...rest } = (lane as ReturnType<typeof openLane>).close();
        const result = { ...rest, observers: observers.map(withoutDistribution) };
        ended.push({ order, life: lifeOf(life), result });
      }
      order += 1;
    },
  });
  // Each reads all of it: one tells how far that is.
  const run = await runThrough(walk, index === 0 ? heartbeat : () => undefined);
  return { run, ended, pools };
}

export const REPLAYING: WorkKind<TracePiece, TracePart> = {
  name: 'replay',
  work: shareOfTrace,
};

function joined({ request, form }: TracePiece, parts: readonly TracePart[]): Replayed {
  const { topology, schemes } = request;
  const pools = schemes.map(createObserver);
  const totals = createProcessTotals(topology, schemes);
  const ended = parts.flatMap((part) => part.ended).sort((a, b) => a.order - b.order);
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
  const [{ run }] = parts as readonly [TracePart];
  return replayedOf(request, form, { run, totals, pools, warmUp: null, watch: null });
}

/** As replayTrace(), on at least two workers; of a replay without warm-up and costs. */
export async function replayShared(
  request: TraceRequest,
  form: TraceForm,
  chunks: Chunks,
  spreading: Spreading,
): Promise<Replayed> {
  const rows = createSharedRows(spreading.workers);
  const pieces = Array.from({ length: spreading.workers }, (_, index) => ({
    ...{ request, form, rows, index },
  }));
  let isOver = false;
  const parts = partsOf(REPLAYING, pieces, spreading).finally(() => {
    isOver = true;
  });
  // Workers that have failed take nothing more.
  const pause = () => (isOver ? parts.then(() => {}) : sleep(1));
  const filled = fillShared(rows, lineBlocks(chunks), pause);
  const [found] = await Promise.all([parts, filled]);
  return joined(pieces[0]!, found);
}
