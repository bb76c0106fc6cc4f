/** Holds a scheme's closed forms to its witnesses and to searches for anything beyond. */
import type { NumberedRecord } from '../../../recorded/read-recorded.ts';
import { recordedSource } from '../../../recorded/recorded-source.ts';
import { comparedTopology } from '../../../render/compared-topology.ts';
import { replay } from '../../../replay/replay.ts';
import { type InFlight, isBounded, type WorstCase } from '../../../schemes/bound.ts';
import { createCounters, formatScheme, schemeOf } from '../../../schemes/registry.ts';
import type { Holding } from '../../../schemes/scheme.ts';
import { formatCpulist } from '../../../topology/cpulist.ts';
import type { Pages } from '../../../units.ts';
import { RECORD_DEFAULTS, type RecordedUpdate } from '../../../update/record.ts';
import { NoWitness, witnessOf } from '../witness.ts';
import { type Direction, neutralTwoLevel } from '../witness-stream.ts';
import { adversaries } from './adversaries.ts';
import { boundOn, CLOSED_FORMS, type ClosedForms, judge, type VerifyRequest } from './judge.ts';
import type { Check, Verification } from './result.ts';
import { checkRunning, MOST_FOUND_STATES, steppedMachine } from './running.ts';
import {
  type Extremes,
  explore,
  exploreErrors,
  isBeyond,
  MOST_STATES,
  noteError,
  playOut,
  type SearchClock,
  type StateGraph,
} from './search.ts';
import { cellStates, threadStates } from './settled-states.ts';
import { burstStates, isOver, worstBurst } from './slot-burst.ts';
import { settledTree, treeLayout } from './tree-states.ts';
import { twoLevelStates } from './two-level-states.ts';

async function* numbered(
  records: Iterable<RecordedUpdate>,
): AsyncGenerator<readonly NumberedRecord[]> {
  let line = 0;
  for (const record of records) {
    line += 1;
    yield [{ line, record }];
  }
}

/** Largest errors of these records under the scheme, both sides, unclamped. */
export async function replayRecords(
  { spec, topology }: VerifyRequest,
  records: Iterable<RecordedUpdate>,
  clock: SearchClock,
): Promise<WorstCase> {
  const source = recordedSource(numbered(records), topology, 'witness', { mm: null });
  const counters = [{ name: formatScheme(spec), counters: createCounters(topology, spec) }];
  const { observed } = await replay(source, topology.nrCpuIds, counters, clock.heartbeat);
  const { under, over } = observed[0]!.raw;
  return { under, over };
}

/** What the scheme's own witness of each side reaches, replayed; null where there is none. */
async function attainSettled(
  request: VerifyRequest,
  clock: SearchClock,
): Promise<Record<Direction, Pages | null>> {
  const attained: Record<Direction, Pages | null> = { under: null, over: null };
  for (const direction of request.directions) {
    try {
      const witness = witnessOf({ ...request, direction });
      attained[direction] = (await replayRecords(request, witness.records(), clock))[direction];
    } catch (error) {
      if (!(error instanceof NoWitness)) throw error;
    }
  }
  return attained;
}

/** Pages that a CPU can map and be in the state that it was in; a thread is passed by altogether. */
function neutralPages(holding: Holding): Pages {
  switch (holding.kind) {
    case 'cells':
      return holding.batch;
    case 'two-level':
      return neutralTwoLevel(holding);
    case 'threads':
      return 1;
    case 'tree':
      return holding.shape.levelBatches.at(-1) ?? 1;
  }
}

/** The most pages that the process would owe on the way. */
function deepestDebt(records: readonly RecordedUpdate[]): Pages {
  let size = 0;
  let least = 0;
  for (const { pages, repeat } of records) {
    size += pages * repeat;
    least = Math.min(least, size);
  }
  return -least;
}

/** Equal updates in a row as one record: faults as a run, others repeated. */
function merged(records: readonly RecordedUpdate[]): RecordedUpdate[] {
  const stream: RecordedUpdate[] = [];
  for (const record of records) {
    const last = stream.at(-1);
    const isSame =
      last?.kind === record.kind && last.cpu === record.cpu && last.thread === record.thread;
    if (isSame && record.kind === 'fault') {
      stream.push({ ...stream.pop()!, pages: last.pages + record.pages });
    } else if (isSame && last.pages === record.pages) {
      stream.push({ ...stream.pop()!, repeat: last.repeat + record.repeat });
    } else stream.push(record);
  }
  return stream;
}

/**
 * A way through settled states as a stream that `rss-err replay` takes: after a mapping that pays for
 * all that it unmaps, and leaves every count as it was.
 */
function recordedStream(
  records: readonly RecordedUpdate[],
  holding: Holding,
  cpu: number,
): RecordedUpdate[] {
  const neutral = neutralPages(holding);
  const pages = Math.ceil(deepestDebt(records) / neutral) * neutral;
  const kind = holding.kind === 'threads' ? 'remote' : 'fault';
  const paid: RecordedUpdate = { kind, thread: 0, cpu, pages, ...RECORD_DEFAULTS };
  return pages === 0 ? merged(records) : merged([paid, ...records]);
}

/** Null where there are more than MOST_STATES. */
function settledStates(
  { cpus, threads, pageSize }: VerifyRequest,
  holding: Holding,
): StateGraph<RecordedUpdate> | null {
  switch (holding.kind) {
    case 'cells':
      return cellStates(holding.cpus, holding.batch);
    case 'two-level':
      return twoLevelStates(holding);
    case 'threads':
      return threadStates(cpus[0]!, threads, pageSize);
    case 'tree': {
      const layout = treeLayout(holding);
      return 2 ** layout.bits > MOST_STATES ? null : settledTree(layout, cpus);
    }
  }
}

/** The settled worst case: against every state, or against adversaries. */
async function checkSettled(
  request: VerifyRequest,
  holding: Holding,
  forms: ClosedForms,
  clock: SearchClock,
): Promise<Check> {
  const { spec, cpus, directions } = request;
  const bound = forms.settled(request);
  if (!isBounded(bound)) throw new NoWitness(`${formatScheme(spec)} has no bound to verify`);
  const limit = boundOn(bound, directions);
  const witness = await attainSettled(request, clock);
  const graph = settledStates(request, holding);
  const { beyond, ...searched } =
    graph === null
      ? await playOut(adversaries({ ...request, holding, bound }), limit, clock)
      : await exploreErrors(graph, limit, clock);
  const stream = beyond === null ? null : recordedStream(beyond, holding, cpus[0]!);
  const exhaustive = graph !== null;
  return judge(
    { check: 'settled', exact: bound, witness, ...searched, stream, exhaustive },
    directions,
  );
}

/**
 * Every interleaving of one burst of updates on a slot, begun at each of these values: the largest
 * errors while it runs and after it, and what the slot can hold when it is over, ascending.
 */
async function exploreBurst(
  slots: readonly Pages[],
  batch: Pages,
  inFlight: InFlight,
  bound: { readonly during: Pages; readonly after: Pages },
  clock: SearchClock,
) {
  const during: Extremes = { under: 0, over: 0 };
  const ends = new Set<Pages>();
  let after = 0;
  const graph = burstStates(slots, batch, inFlight);
  const noted = (number: number) => {
    const state = graph.found[number]!;
    noteError(during, graph.error(number));
    if (isOver(state)) {
      ends.add(state.slot);
      after = Math.max(after, Math.abs(state.slot));
    }
    return isBeyond(during, both(bound.during)) || after > bound.after;
  };
  const explored = await explore(graph, noted, clock, MOST_FOUND_STATES);
  return { during, after, ends: [...ends].sort((a, b) => a - b), ...explored };
}

const both = (pages: Pages): WorstCase => ({ under: pages, over: pages });

/** Settled slots: each value below the batch is reached by single pages. */
function settledSlots(batch: Pages): Pages[] {
  return Array.from({ length: 2 * batch - 1 }, (_, i) => i - batch + 1);
}

/** Updates that meet on one slot: during and after one burst from every settled state of it. */
async function checkBurst(
  batch: Pages,
  inFlight: InFlight,
  { directions }: VerifyRequest,
  forms: ClosedForms,
  clock: SearchClock,
): Promise<Check[]> {
  const bound = {
    during: forms.inBurst(batch, inFlight),
    after: forms.afterBurst(batch, inFlight),
  };
  const worst = worstBurst(batch, inFlight);
  const burst = await exploreBurst(settledSlots(batch), batch, inFlight, bound, clock);
  const { states, transitions, beyond } = burst;
  const checkOf = (
    check: Check['check'],
    pages: Pages,
    witness: Pages,
    found: WorstCase,
  ): Check => {
    const compared = { exact: both(pages), witness: both(witness), found };
    const searched = {
      stream: isBeyond(found, both(pages)) ? beyond : null,
      exhaustive: burst.complete,
      complete: burst.complete || !clock.expired(),
    };
    return judge({ check, ...compared, states, transitions, ...searched }, directions);
  };
  return [
    checkOf('burst', bound.during, worst.during, burst.during),
    checkOf('after-burst', bound.after, worst.after, both(burst.after)),
  ];
}

/** Bursts one after the other. */
const BURSTS = 4;

/** The largest magnitude of a slot after one burst, two, …, as far as the states are few enough. */
async function growthOverBursts(
  batch: Pages,
  inFlight: InFlight,
  clock: SearchClock,
): Promise<Pages[]> {
  const unlimited = { during: Number.POSITIVE_INFINITY, after: Number.POSITIVE_INFINITY };
  const largest: Pages[] = [];
  let slots: readonly Pages[] = settledSlots(batch);
  while (largest.length < BURSTS) {
    const burst = await exploreBurst(slots, batch, inFlight, unlimited, clock);
    if (!burst.complete) break;
    largest.push(burst.after);
    slots = burst.ends;
  }
  return largest;
}

/** Where an add is one step, the states of updates in flight are those that are settled. */
async function checkInFlight(
  request: VerifyRequest,
  holding: Holding,
  inFlight: InFlight,
  settled: Check,
  forms: ClosedForms,
  clock: SearchClock,
): Promise<Pick<Verification, 'checks' | 'bursts'>> {
  if (holding.kind === 'cells' && holding.isShared) {
    const { batch } = holding;
    const checks = await checkBurst(batch, inFlight, request, forms, clock);
    const isExhaustive = checks[0]!.verdict === 'exhaustive';
    return { checks, bursts: isExhaustive ? await growthOverBursts(batch, inFlight, clock) : null };
  }
  const machine = steppedMachine(holding, request, inFlight);
  const running =
    machine === null
      ? { ...settled, check: 'running' as const }
      : await checkRunning(machine, request, inFlight, forms, clock);
  return { checks: [running], bursts: null };
}

/**
 * @throws InputError where machine and scheme do not fit; what the clock's heartbeat throws.
 */
export async function verify(
  request: VerifyRequest,
  clock: SearchClock,
  forms: ClosedForms = CLOSED_FORMS,
): Promise<Verification> {
  const { version, spec, topology, pageSize, cpus, threads, directions, inFlight } = request;
  const { seed, seconds } = request;
  const holding = schemeOf(spec).holding(spec, topology, cpus, threads);
  const settled = await checkSettled(request, holding, forms, clock);
  const { checks, bursts } =
    inFlight === null
      ? { checks: [], bursts: null }
      : await checkInFlight(request, holding, inFlight, settled, forms, clock);
  return {
    format: 'rss-err/verify@2',
    program: { version },
    topology: comparedTopology(topology, pageSize),
    scheme: formatScheme(spec),
    used: { cpulist: formatCpulist(cpus), cpus: cpus.length },
    threads,
    ...{ directions, inFlight, seed, seconds },
    checks: [settled, ...checks],
    bursts,
  };
}
