/** Replays that outlive an interruption: a line of --resume's file for each, read again instead of made again. */

import { readDocument } from '../../cli/input.ts';
import { eachPart, type Spreading, workersOf } from '../../cli/jobs.ts';
import { hasJournal, type Kept, openJournal } from '../../cli/journal.ts';
import { demandWritable } from '../../cli/output.ts';
import type { Session } from '../../cli/streams.ts';
import { InputError, within } from '../../errors.ts';
import { parseJsonText } from '../../input/json.ts';
import { formatCount } from '../../render/amounts.ts';
import { COMPARING, type CompareRequest, isWorthWorkers } from '../compare/compare.ts';
import { type Sighting, sightingsOf } from './replays.ts';

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

export interface ReplayMaker {
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
  spreading: ReplaySpreading,
  session: Session,
): Promise<ReplayMaker> {
  const firstLine = `${JSON.stringify(head)}\n`;
  const kept = path === undefined ? null : await keptIn(path, firstLine, session);
  const journal =
    path === undefined
      ? null
      : openJournal({ flag: FLAG, path }, firstLine, kept, spreading.signal);
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
      await make(
        missing.map((index) => requests[index]!),
        spreading,
        take,
      );
      return found.map((sightings) => sightings!);
    },
    kept: kept?.replays.size ?? 0,
    close() {
      if (journal === null) return;
      journal.close();
      if (!spreading.signal.aborted) return;
      session.stderr.write(
        `rss-err: ${formatCount(inFile, 'replay')} kept in ${path}: the same command goes on\n`,
      );
    },
  };
}
