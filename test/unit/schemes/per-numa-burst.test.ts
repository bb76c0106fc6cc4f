/** The burst formulas, attained over every interleaving of small bursts. */
import { describe, expect, it } from 'vitest';
import { slotAfterBurst, slotInBurst } from '../../../src/schemes/per-numa/bound.ts';

/** An update before its add, before its move, before its subtraction, and done. */
interface Step {
  readonly at: 'add' | 'move' | 'subtract' | 'done';
  readonly pages: number;
  /** What its add returned. */
  readonly seen: number;
}

interface Burst {
  readonly slot: number;
  /** What the reader lacks: precise − shared. */
  readonly kept: number;
  readonly steps: readonly Step[];
}

function advance(burst: Burst, which: number, batch: number): Burst {
  const step = burst.steps[which]!;
  const put = (next: Step, slot: number, kept: number): Burst => ({
    slot,
    kept,
    steps: burst.steps.map((old, i) => (i === which ? next : old)),
  });
  const { slot, kept } = burst;
  switch (step.at) {
    case 'add': {
      const seen = slot + step.pages;
      const at = Math.abs(seen) >= batch ? 'move' : 'done';
      return put({ ...step, at, seen }, seen, kept + step.pages);
    }
    case 'move':
      return put({ ...step, at: 'subtract' }, slot, kept - step.seen);
    default:
      return put({ ...step, at: 'done' }, slot - step.seen, kept);
  }
}

/** Largest magnitudes over all starts within the batch, all pages and all interleavings. */
function largest(batch: number, updates: number, pages: number) {
  let after = 0;
  let during = 0;
  const seen = new Set<string>();
  function visit(burst: Burst): void {
    const key = JSON.stringify(burst);
    if (seen.has(key)) return;
    seen.add(key);
    during = Math.max(during, Math.abs(burst.kept));
    const open = burst.steps.flatMap(({ at }, i) => (at === 'done' ? [] : [i]));
    if (open.length === 0) after = Math.max(after, Math.abs(burst.slot));
    for (const which of open) visit(advance(burst, which, batch));
  }
  function begin(start: number, amounts: readonly number[]): void {
    if (amounts.length === updates) {
      const steps = amounts.map((amount) => ({ at: 'add' as const, pages: amount, seen: 0 }));
      visit({ slot: start, kept: start, steps });
      return;
    }
    for (let amount = -pages; amount <= pages; amount++) begin(start, [...amounts, amount]);
  }
  for (let start = 1 - batch; start < batch; start++) begin(start, []);
  return { after, during };
}

describe('a burst on one slot', () => {
  it.each([
    { batch: 2, updates: 1, pages: 1 },
    { batch: 4, updates: 1, pages: 6 },
    { batch: 2, updates: 2, pages: 1 },
    { batch: 4, updates: 2, pages: 2 },
    { batch: 2, updates: 2, pages: 5 },
    { batch: 2, updates: 3, pages: 1 },
    { batch: 4, updates: 3, pages: 2 },
    { batch: 3, updates: 4, pages: 1 },
  ])('batch $batch: $updates updates of $pages pages', ({ batch, updates, pages }) => {
    const found = largest(batch, updates, pages);
    expect(found.after).toBe(slotAfterBurst(batch, { updates, pages }));
    expect(found.during).toBe(slotInBurst(batch, { updates, pages }));
  });

  it('is within the batch where nothing runs', () => {
    expect(slotAfterBurst(32, { updates: 0, pages: 1 })).toBe(31);
    expect(slotInBurst(32, { updates: 0, pages: 1 })).toBe(31);
  });

  it.each([
    [2, 32],
    [125, 11_594],
  ])('of %i single pages at batch 32 leaves %i', (updates, pages) => {
    expect(slotAfterBurst(32, { updates, pages: 1 })).toBe(pages);
  });

  it('after burst, of alternating sign, has no bound', () => {
    let slot = 31;
    for (let burst = 1; burst <= 1000; burst++) {
      const sign = Math.sign(slot);
      const [first, second] = [slot + sign, slot + 2 * sign];
      slot = second - first - second;
      expect(Math.abs(slot)).toBe(31 + burst);
    }
  });
});
