/**
 * Schedules of the two-level scheme for machines too large to enumerate: the one that attains what updates
 * in flight can do, and random ones.
 */
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Pages } from '../../../units.ts';
import { RECORD_DEFAULTS } from '../../../update/record.ts';
import { below, seedRandom } from '../../../workload/contract/random.ts';
import { fillingSpills, type TwoLevelHolding } from '../two-level-filling.ts';
import type { StreamStep } from './result.ts';
import { type Extremes, type NewGame, noteError } from './search.ts';
import { advance, atRest, begin, type Held, tellStep } from './two-level-states.ts';

/** A step as it was taken, and the error after it. */
export interface PlayedStep {
  readonly step: StreamStep;
  readonly error: Pages;
}

/** Takes steps, and keeps Σ of all counts and hands up to date: there may be thousands of cells. */
function createPlayer(holding: TwoLevelHolding) {
  const values = atRest(holding);
  const { cpus } = holding;
  let kept = 0;
  const played = (step: StreamStep): PlayedStep => ({ step, error: 0 - kept });
  function spill(place: number, added: Pages): Held | null {
    kept += added;
    return begin(holding, values, place, added);
  }
  function go(held: Held): Held | null {
    if (held.next === 'share') kept -= held.pages;
    return advance(holding, values, held);
  }
  return {
    /** So many whole updates, one after the other, as one step. */
    *whole(place: number, pages: Pages, repeat: number): Generator<PlayedStep> {
      if (repeat === 0) return;
      for (let i = 0; i < repeat; i++) {
        let held = spill(place, pages);
        while (held !== null) held = go(held);
      }
      const record = { kind: 'remote', thread: 0, cpu: cpus[place]!, ...RECORD_DEFAULTS } as const;
      yield played({ ...record, pages, repeat });
    },
    *begin(place: number, pages: Pages): Generator<PlayedStep, Held | null> {
      const held = spill(place, pages);
      yield played({ begin: { cpu: cpus[place]!, pages } });
      return held;
    },
    *advance(held: Held): Generator<PlayedStep, Held | null> {
      const next = go(held);
      yield played(tellStep(held));
      return next;
    },
  };
}

type Player = ReturnType<typeof createPlayer>;

/** Fills a middle value by updates of at most so many pages. */
function* fillMiddle(
  player: Player,
  holding: TwoLevelHolding,
  place: number,
  own: 1 | -1,
  most: Pages,
): Generator<PlayedStep> {
  const { batch } = holding;
  for (const { pages, times } of fillingSpills(holding, most - 1, 1)) {
    const sign = pages < 0 ? -own : own;
    for (let i = 0; i < times; i++) {
      yield* player.whole(place, sign, batch - 1);
      yield* player.whole(place, sign * (Math.abs(pages) - batch + 1), 1);
    }
  }
}

/**
 * All filled; then C − 1 times as many updates as there may yet be take a full cell each and add it to
 * one middle value before any exchanges it: one of them gets all that and is stalled, the others end, and
 * cell and middle value are refilled. The last update has taken V pages out of a full cell.
 * @returns what the stalled ones have in their hands.
 */
function* playWorst(
  player: Player,
  holding: TwoLevelHolding,
  { updates, pages }: InFlight,
  side: keyof WorstCase,
): Generator<PlayedStep, Held[]> {
  const { groups, batch } = holding;
  const own = side === 'under' ? 1 : -1;
  for (const place of groups.keys()) {
    if (groups.indexOf(groups[place]!) === place) {
      yield* fillMiddle(player, holding, place, own, batch);
    }
  }
  for (const place of groups.keys()) yield* player.whole(place, own, batch - 1);
  const stalled: Held[] = [];
  for (let left = updates; left > 1; left--) {
    const waiting: Held[] = [];
    for (let i = 0; i < left; i++) {
      if (i > 0) yield* player.whole(0, own, batch - 1);
      const spilt = yield* player.begin(0, own * pages);
      const full = spilt === null ? null : yield* player.advance(spilt);
      if (full !== null) waiting.push(full);
    }
    // What the first finds stays in its hands; the others find 0, and end.
    for (const full of waiting) {
      const found = yield* player.advance(full);
      if (found !== null) stalled.push(found);
    }
    yield* fillMiddle(player, holding, 0, own, pages);
    yield* player.whole(0, own, batch - 1);
  }
  const last = updates > 0 ? yield* player.begin(0, own * pages) : null;
  return last === null ? stalled : [...stalled, last];
}

/** The schedule that attains what updates in flight can do on one side, step by step. */
export function worstTwoLevel(
  holding: TwoLevelHolding,
  inFlight: InFlight,
  side: keyof WorstCase,
): Generator<PlayedStep> {
  return playWorst(createPlayer(holding), holding, inFlight, side);
}

/** Steps between two changes of what the random schedule favours. */
const PHASE = 256;

/** So many random steps from rest, and from the end of the worst schedule of either side. */
export function randomTwoLevel(
  holding: TwoLevelHolding,
  inFlight: InFlight,
  seed: number,
  steps: number,
): NewGame<StreamStep> {
  return (isRecorded) => {
    const extremes: Extremes = { under: 0, over: 0 };
    let stream: StreamStep[] = [];
    let moves = 0;
    const note = ({ step, error }: PlayedStep) => {
      noteError(extremes, error);
      moves += 1;
      if (isRecorded) stream.push(step);
    };
    function* noted<Result>(play: Generator<PlayedStep, Result>): Generator<void, Result> {
      for (let next = play.next(); ; next = play.next()) {
        if (next.done === true) return next.value;
        note(next.value);
        yield;
      }
    }
    function* play(): Generator<void, void, void> {
      for (const start of ['rest', 'under', 'over'] as const) {
        stream = [];
        const random = seedRandom(seed);
        const player = createPlayer(holding);
        const held =
          start === 'rest' ? [] : yield* noted(playWorst(player, holding, inFlight, start));
        let growPerCent = 50;
        for (let done = 0; done < steps; done++) {
          if (done % PHASE === 0) growPerCent = 20 + below(random, 61);
          const begins =
            held.length < inFlight.updates && (held.length === 0 || below(random, 4) > 0);
          const sign = below(random, 100) < growPerCent ? 1 : -1;
          const which = below(random, begins ? holding.cpus.length : held.length);
          const pages = sign * (1 + below(random, inFlight.pages));
          const next = begins
            ? yield* noted(player.begin(which, pages))
            : yield* noted(player.advance(held[which]!));
          if (!begins) held.splice(which, 1);
          if (next !== null) held.push(next);
        }
      }
    }
    return { play: play(), moves: () => moves, extremes: () => extremes, stream: () => stream };
  };
}
