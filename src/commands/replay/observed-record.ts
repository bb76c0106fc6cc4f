/**
 * A record of `observe` as the events of a trace. It says what was resident, not who added what: growth is
 * taken for faults of single pages, in which the threads take turns, shrinkage for unmaps, a page table each.
 */
import { InputError, within } from '../../errors.ts';
import type { Chunks } from '../../input/text-lines.ts';
import { pagesPerPageTable } from '../../kernel/page-table.ts';
import type { ReplayedEvent, SizeEvent } from '../../recorded/trace/event.ts';
import { lifeName } from '../../recorded/trace/life.ts';
import type { TraceFeed } from '../../recorded/trace/read-trace.ts';
import { formatBytes } from '../../render/amounts.ts';
import type { Pages } from '../../units.ts';
import { createObservation, type Observation } from '../observe/observation.ts';
import type { Head } from '../observe/record.ts';
import { type NumberedLine, type Reading, readObserved } from '../observe/record.ts';
import type { TraceRequest } from './request.ts';
import type { ObservedRecord } from './result.ts';

/** Events between two pauses: a reading may stand for a million pages. */
const EVENTS_PER_PAUSE = 4096;

/** A process of the record: its PID may later be another's. */
interface Observed {
  readonly start: number;
  resident: Pages;
  /** Its threads, by numbers that no other process's threads have. */
  readonly tids: number[];
  /** Pages that its threads have added so far: they take turns. */
  turns: number;
}

/** The events of readings, in their order; `sees` hears of each line first. */
export function observedFeed(
  lines: AsyncIterable<NumberedLine>,
  { name: origin, pageSize }: Pick<TraceRequest, 'name' | 'pageSize'>,
  onlineCpus: number | null = null,
  sees: Observation['take'] = () => {},
): TraceFeed {
  const mostUnmapped = pagesPerPageTable(pageSize);
  const processes = new Map<number, Observed>();
  let tids = 0;

  /** As many threads as the reading says; those beyond have ended. */
  function* threadsOf({ tids: own }: Observed, threads: number, line: number) {
    while (own.length < Math.max(1, threads)) own.push(++tids);
    for (const tid of own.splice(Math.max(1, threads))) {
      yield { name: 'task-exit', tid, cpu: 0, line } as const;
    }
  }

  function* eventsOf(reading: Reading, precise: Pages, line: number): Generator<ReplayedEvent> {
    const { pid, start, command: comm, threads } = reading;
    const size = (sizePages: Pages, tid: number, curr: boolean): SizeEvent => ({
      ...{ name: 'rss_stat', cpu: 0, tid, comm, mmId: pid, curr, member: 'anon', sizePages, line },
    });
    const before = processes.get(pid);
    const isNew = before?.start !== start;
    if (before !== undefined && isNew) yield size(0, before.tids[0]!, false);
    // Who follows another with that number began within the record: all of its pages came in it.
    const resident = before === undefined ? precise : 0;
    const process = isNew ? { start, resident, tids: [], turns: 0 } : before;
    processes.set(pid, process);
    yield* threadsOf(process, threads, line);
    if (isNew) yield size(resident, process.tids[0]!, true);
    while (process.resident !== precise) {
      const change = Math.max(-mostUnmapped, Math.min(1, precise - process.resident));
      process.resident += change;
      yield size(process.resident, process.tids[process.turns++ % process.tids.length]!, true);
    }
  }

  return async function* (counts, { take }) {
    counts.cpus = onlineCpus;
    let events = 0;
    for await (const { number, line } of lines) {
      counts.lines = number;
      sees(line);
      if (line.type !== 'reading' || line.precise === null) continue;
      counts.rssStatEvents += 1;
      for (const event of eventsOf(line, line.precise, number)) {
        take(event);
        if (++events % EVENTS_PER_PAUSE === 0) yield;
      }
    }
    if (events === 0) throw new InputError('holds no reading').within(origin, ' ');
  };
}

/** @throws InputError where the record has no precise figures, or none of this machine's pages. */
function demandReplayable({ precise, topology }: Head, { trace, pageSize }: TraceRequest): void {
  if (precise === null) {
    throw new InputError('holds no precise figures: it was recorded with --cheap');
  }
  if (topology.pageSize !== pageSize) {
    throw new InputError(
      `counts pages of ${formatBytes(topology.pageSize)}: replay it with --page-size ${topology.pageSize / 1024}K`,
    );
  }
  if (trace.sizeIs !== 'precise') {
    throw new InputError("is a record of observe: --size-is goes with a kernel's trace");
  }
  if (trace.spread === null) {
    throw new InputError(
      'is a record of observe, which does not say on which CPUs pages came: place its threads with --spread, as sticky',
    );
  }
}

export interface OpenRecord {
  readonly feed: TraceFeed;
  /** What was observed, of the processes that lifeName() gives these names. */
  observed(names: ReadonlySet<string>): ObservedRecord;
}

/** @throws InputError "NAME: …" where it is no record, or cannot be replayed. */
export async function openObserved(chunks: Chunks, request: TraceRequest): Promise<OpenRecord> {
  const { name, version } = request;
  const lines = readObserved(chunks, name);
  const first = await lines.next();
  const head = first.done === true ? null : first.value.line;
  if (head?.type !== 'observed') throw new InputError('is empty').within(name, ' ');
  within(name, () => demandReplayable(head, request), ' ');
  const observation = createObservation(head);
  return {
    feed: observedFeed(lines, request, head.topology.onlineCpus, observation.take),
    observed(names) {
      const { processes } = observation.result(version);
      const { kernel, scheme, precise } = head;
      return {
        ...{ kernel, scheme, precise: precise! },
        model: 'net-changes',
        processes: processes
          .filter(({ pid, life }) => names.has(lifeName(pid, life)))
          .map(({ pid, life, command, readings, faulted, lowest, highest, mean }) => ({
            ...{ pid, life, command, readings, faulted, lowest, highest, mean },
          })),
      };
    },
  };
}
