/**
 * Schedules of the two-level scheme for machines too large to enumerate: the one that attains what updates
 * in flight can do, and random ones.
 */
import type { InFlight, WorstCase } from '../../../schemes/bound.ts';
import type { Pages } from '../../../units.ts';
import { fillingSpills, type TwoLevelHolding } from '../two-level-filling.ts';
import { type PlayedStep, randomSchedules, wholeUpdates } from './played.ts';
import type { StreamStep } from './result.ts';
import type { NewGame } from './search.ts';
import { advance, atRest, begin, type Held, tellStep } from './two-level-states.ts';

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
      yield played(wholeUpdates(cpus[place]!, pages, repeat));
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

/** So many random steps from rest, and from the end of the worst schedule of either side. */
export function randomTwoLevel(
  holding: TwoLevelHolding,
  inFlight: InFlight,
  seed: number,
  steps: number,
): NewGame<StreamStep> {
  return randomSchedules({
    ...{ inFlight, cpus: holding.cpus.length, seed, steps },
    newPlayer: () => createPlayer(holding),
    playWorst: (player, side) => playWorst(player, holding, inFlight, side),
  });
}
