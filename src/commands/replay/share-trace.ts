/**
 * Replays a trace on two threads: the program reads it, and finds what its lines mean to each process; a
 * worker does with the schemes' counters what one thread would, in the same order.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type Fed, partFed, received, type Spreading, type WorkKind } from '../../cli/jobs.ts';
import type { TraceForm } from '../../recorded/trace/event.ts';
import type { TraceFeed } from '../../recorded/trace/read-trace.ts';
import type { UpdateColumns } from '../../update/columns.ts';
import { gatheredLanes } from './gathered-lanes.ts';
import { type Bundle, bundleLanes, createBundleColumns, unbundleLanes } from './lane-bundles.ts';
import { openReplay, runThrough } from './replay-trace.ts';
import type { TraceRequest } from './request.ts';
import type { Replayed } from './result.ts';
import { runTrace, type TraceRun } from './trace-walk.ts';

interface TracePiece {
  readonly request: TraceRequest;
  readonly form: TraceForm;
}

/** The last one says what there was beside the processes. */
type Message = Bundle | { readonly run: TraceRun };

async function replayBundles({ request, form, port }: Fed<TracePiece>): Promise<Replayed> {
  const { open, replayed } = await openReplay(request, form);
  const take = unbundleLanes(open);
  for await (const message of received<Message>(port)) {
    if ('run' in message) return replayed(message.run);
    take(message);
  }
  throw new Error('the program has gone');
}

export const REPLAYING: WorkKind<Fed<TracePiece>, Replayed> = {
  name: 'replay',
  work: replayBundles,
};

/** Bundles on their way: what the program reads while the worker starts. */
const MOST_BUNDLES = 24;

/** As replayTrace(), beside a worker. */
export function replayBesideWorker(
  request: TraceRequest,
  form: TraceForm,
  feed: TraceFeed,
  spreading: Spreading,
): Promise<Replayed> {
  const { heartbeat } = spreading;
  return partFed<TracePiece, Message, Replayed>(
    REPLAYING,
    { request, form },
    async ({ send, taken }) => {
      const free: UpdateColumns[] = [];
      const underWay: UpdateColumns[] = [];
      const { handOver, open } = bundleLanes(createBundleColumns(), (bundle) => {
        send(bundle);
        underWay.push(bundle.columns);
        return free.pop() ?? createBundleColumns();
      });
      const takeBack = () => free.push(...underWay.splice(0, taken()));
      async function pause(done: number): Promise<void> {
        await heartbeat(done);
        for (takeBack(); underWay.length > MOST_BUNDLES; takeBack()) await sleep(1);
      }
      const run = await runThrough(runTrace(request, feed, gatheredLanes(open)), pause);
      handOver();
      send({ run });
    },
    spreading,
  );
}
