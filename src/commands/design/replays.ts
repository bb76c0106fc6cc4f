/**
 * Short replays of designs: what a reader sees of each, and what its lines go through. They outlive an
 * interruption: a line of --resume's file for each, read again instead of made again.
 */

import { createProgress } from '../../cli/heartbeat.ts';
import { readDocument } from '../../cli/input.ts';
import { eachPart, type Spreading, workersOf } from '../../cli/jobs.ts';
import { hasJournal, type Kept, openJournal } from '../../cli/journal.ts';
import { demandWritable } from '../../cli/output.ts';
import type { Session } from '../../cli/streams.ts';
import { InputError, within } from '../../errors.ts';
import { parseJsonText } from '../../input/json.ts';
import { formatCount } from '../../render/amounts.ts';
import type { LatencyTable } from '../../schemes/latency.ts';
import type { SchemeSpec } from '../../schemes/registry.ts';
import type { PageSize } from '../../units.ts';
import { PRESETS, type PresetName, type Workload } from '../../workload/workload.ts';
import {
  COMPARING,
  type Compared,
  type CompareRequest,
  isWorthWorkers,
} from '../compare/compare.ts';
import type { Purpose } from './objectives.ts';
import type { Observed } from './result.ts';

export interface ReplayRequest {
  readonly version: string;
  readonly pageSize: PageSize;
  readonly workloads: readonly PresetName[];
  /** Of each replay; 0: none is made. */
  readonly operations: number;
  readonly seed: number;
  readonly latency: LatencyTable | null;
}

/** Designs that one replay feeds at once: each replay generates its stream again. */
const AT_ONCE = 8;

function workloadOf(
  preset: PresetName,
  { operations, seed }: ReplayRequest,
  { topology, used, switchEvery }: Purpose,
): Workload {
  const settled = PRESETS[preset];
  const { min, max } = settled.mappingPages;
  return {
    ...settled,
    ...{ operations, seed, cpus: used ?? topology.online },
    switchEvery: Math.max(1, Math.round((2 * switchEvery) / (min + max))),
  };
}

/** The replays of some designs on one machine: some designs after the other, each workload of them. */
export function replaysOf(
  designs: readonly SchemeSpec[],
  purpose: Purpose,
  request: ReplayRequest,
): CompareRequest[] {
  const { version, pageSize, workloads, latency } = request;
  const groups = Array.from({ length: Math.ceil(designs.length / AT_ONCE) }, (_, group) =>
    designs.slice(group * AT_ONCE, (group + 1) * AT_ONCE),
  );
  return groups.flatMap((schemes) =>
    workloads.map((preset) => ({
      ...{ version, topology: purpose.topology, pageSize, schemes, cost: { latency }, preset },
      workload: workloadOf(preset, request, purpose),
    })),
  );
}

/** What one replay says of one design. */
export interface Sighting extends Observed {
  readonly name: string;
}

/** In the order of the replay's schemes. */
function sightingsOf({ schemes }: Compared): Sighting[] {
  return schemes.map(({ name, observed: { clamped }, cost }) => ({
    name,
    under: clamped.under,
    over: clamped.over,
    atomics: cost?.perOperation?.atomics ?? 0,
    locks: cost?.perOperation?.locks ?? 0,
    moved: cost?.perOperation?.moved ?? 0,
    nanoseconds: cost?.modelledNanoseconds?.perOperation ?? null,
  }));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of all workloads: the largest errors, and means of the rates. */
export function observedOf(sightings: readonly Sighting[]): Observed {
  const meanOf = (of: (sighting: Sighting) => number) => mean(sightings.map(of));
  const hasTime = sightings.every(({ nanoseconds }) => nanoseconds !== null);
  return {
    under: Math.max(...sightings.map(({ under }) => under)),
    over: Math.max(...sightings.map(({ over }) => over)),
    atomics: meanOf(({ atomics }) => atomics),
    locks: meanOf(({ locks }) => locks),
    moved: meanOf(({ moved }) => moved),
    nanoseconds: hasTime ? meanOf(({ nanoseconds }) => nanoseconds ?? 0) : null,
  };
}

const FLAG = '--resume';

/** What a file holds of a search: its replays, by their number. */
interface KeptReplays extends Kept {
  readonly replays: ReadonlyMap<number, readonly Sighting[]>;
}

interface Line {
  readonly replay: number;
  readonly sightings: readonly Sighting[];
}

function lineOf(text: string, number: number): Line {
  const { replay, sightings } = parseJsonText(text) as Partial<Line>;
  if (typeof replay === 'number' && Array.isArray(sightings)) return { replay, sightings };
  throw new InputError(`line ${number}: expected a replay of a design search`);
}

/** A last line that a sudden end has torn is none. @throws InputError where the file is of another search. */
function readKept(text: string, head: string): KeptReplays {
  const lines = text.split('\n').slice(0, -1);
  const replays = new Map<number, readonly Sighting[]>();
  const places: Kept['places'][number][] = [];
  let end = 0;
  for (const [index, text] of lines.entries()) {
    const length = Buffer.byteLength(text) + 1;
    if (index === 0 && `${text}\n` !== head) {
      throw new InputError('is of another search: expected the same options, or another file');
    }
    if (index > 0) {
      const { replay, sightings } = lineOf(text, index + 1);
      replays.set(replay, sightings);
      places.push({ key: replay, offset: end, length });
    }
    end += length;
  }
  return { places, end, replays };
}

/** Makes replays, on workers where they are worth their start or were asked for. */
function make(
  requests: readonly CompareRequest[],
  { jobs, ...spreading }: ReplaySpreading,
  onMade: (made: readonly Sighting[], index: number) => void,
): Promise<void> {
  const workers = jobs ?? (isWorthWorkers([requests]) ? workersOf({ jobs }) : 1);
  return eachPart(COMPARING, requests, { ...spreading, workers }, (part, index) =>
    onMade(sightingsOf(part), index),
  );
}

interface ReplaySpreading extends Pick<Spreading, 'heartbeat' | 'signal'> {
  /** Undefined: as many as are worth it. */
  readonly jobs: number | undefined;
}

const operationsOf = (requests: readonly CompareRequest[]) =>
  requests.reduce((sum, { workload }) => sum + workload.operations, 0);

interface ReplayMaker {
  /** In the order of the requests. @throws InputError within the file. */
  make(requests: readonly CompareRequest[]): Promise<readonly (readonly Sighting[])[]>;
  /** Replays that were there already. */
  readonly kept: number;
  close(): void;
}

/** What the file has. @throws InputError within it where it cannot go on. */
async function keptIn(path: string, head: string, session: Session): Promise<KeptReplays | null> {
  const place = `${FLAG} ${path}`;
  demandWritable({ flag: FLAG, path });
  if (!hasJournal(path)) return null;
  const { text } = await readDocument(path, session);
  return within(place, () => readKept(text, head));
}

/** Makes the replays of one search; `head`: what tells it from others. */
export async function createReplayMaker(
  path: string | undefined,
  head: object,
  jobs: number | undefined,
  session: Session,
): Promise<ReplayMaker> {
  const { signal } = session;
  const firstLine = `${JSON.stringify(head)}\n`;
  const kept = path === undefined ? null : await keptIn(path, firstLine, session);
  const journal =
    path === undefined ? null : openJournal({ flag: FLAG, path }, firstLine, kept, signal);
  let next = 0;
  let inFile = kept?.replays.size ?? 0;
  return {
    async make(requests) {
      const first = next;
      next += requests.length;
      const found = requests.map((_, index) => kept?.replays.get(first + index));
      const missing = [...found.keys()].filter((index) => found[index] === undefined);
      const take = (sightings: readonly Sighting[], at: number) => {
        const index = missing[at]!;
        found[index] = sightings;
        const replay = first + index;
        inFile += 1;
        journal?.append(replay, `${JSON.stringify({ replay, sightings })}\n`);
      };
      const lacking = missing.map((index) => requests[index]!);
      const { heartbeat, clear } = createProgress(operationsOf(lacking), session);
      await make(lacking, { jobs, heartbeat, signal }, take).finally(clear);
      return found.map((sightings) => sightings!);
    },
    kept: kept?.replays.size ?? 0,
    close() {
      if (journal === null) return;
      journal.close();
      if (!signal.aborted) return;
      session.stderr.write(
        `rss-err: ${formatCount(inFile, 'replay')} kept in ${path}: the same command goes on\n`,
      );
    },
  };
}
