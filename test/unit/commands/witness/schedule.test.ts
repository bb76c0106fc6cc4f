/** What witness --in-flight writes, carried out line by line by counters of its own, is off by what it says. */
import { describe, expect, it } from 'vitest';
import type { StreamStep } from '../../../../src/commands/witness/verify/result.ts';
import { scheduleOf } from '../../../../src/commands/witness/verify/schedule.ts';
import { NoWitness } from '../../../../src/commands/witness/witness.ts';
import { treeShape } from '../../../../src/kernel/tree-shape.ts';
import { createCounters, parseScheme } from '../../../../src/schemes/registry.ts';
import { KIND } from '../../../../src/update/kinds.ts';
import { flatMachine } from '../../../support/machines.ts';
import { columnsOf, readingsOf } from '../../../support/updates.ts';
import { verifyRequest } from '../../../support/verification.ts';

const machine = flatMachine(6, 2);

function schedule(scheme: string, direction: 'under' | 'over', updates: number, pages: number) {
  const request = { ...verifyRequest(machine, scheme, { threads: 1 }), direction };
  const { header, records } = scheduleOf(request, { updates, pages });
  const { witness } = header as { witness: { pages: number; bound: string } };
  return { ...witness, steps: [...records()] };
}

/** Counts by name: what is there, what the reader has, and how the lines change them. */
function carriedOut(scheme: string, steps: readonly StreamStep[]): number {
  const spec = parseScheme(scheme);
  const counts = new Map<string, number>();
  const add = (name: string, pages: number) => {
    counts.set(name, (counts.get(name) ?? 0) + pages);
    return counts.get(name)!;
  };
  let truth = 0;
  let read = 0;
  /** In a tree, into a level's item; the rest goes up as a carry. */
  function intoTree(level: number, item: number, pages: number): number {
    if (spec.scheme !== 'tree') throw new Error('a tree');
    const { levelBatches, nrLevels } = treeShape(machine.nrCpuIds, spec);
    if (level === nrLevels) {
      read += pages;
      return 0;
    }
    const after = add(`${level}/${item}`, pages);
    const batch = levelBatches[level]!;
    return batch * (Math.floor(after / batch) - Math.floor((after - pages) / batch));
  }
  /** The first step of an update; of a whole one also those that follow. */
  function update(cpu: number, pages: number, isWhole: boolean): void {
    truth += pages;
    if (spec.scheme === 'tree') {
      const { levelItems } = treeShape(machine.nrCpuIds, spec);
      let carry = intoTree(0, cpu, pages);
      for (let level = 1; isWhole && carry !== 0; level++) {
        carry = intoTree(level, cpu & (levelItems[level - 1]! - 1), carry);
      }
      return;
    }
    if (spec.scheme !== 'two-level') {
      const batch = (spec as { batch: number | null }).batch ?? 32;
      const cell = spec.scheme === 'per-numa' ? cpu >= 3 : cpu;
      if (Math.abs(add(`${cell}`, pages)) >= batch) read += add(`${cell}`, 0);
      if (Math.abs(add(`${cell}`, 0)) >= batch) counts.set(`${cell}`, 0);
      return;
    }
    const held = add(`cell ${cpu}`, pages);
    if (Math.abs(held) < spec.batch) return;
    counts.set(`cell ${cpu}`, 0);
    if (!isWhole) return;
    const group = cpu >= 3 ? 1 : 0;
    const sum = add(`middle ${group}`, held);
    if (Math.abs(sum) < spec.middle) return;
    counts.set(`middle ${group}`, 0);
    read += sum;
  }
  for (const step of steps) {
    if ('kind' in step) {
      const isRun = step.kind === 'fault';
      const times = isRun ? Math.abs(step.pages) : step.repeat;
      for (let i = 0; i < times; i++) update(step.cpu, isRun ? 1 : step.pages, true);
    } else if ('begin' in step) update(step.begin.cpu, step.begin.pages, false);
    else if ('carry' in step) intoTree(step.carry.level, step.carry.item, step.carry.pages);
    else if ('middle' in step) {
      const { step: name, group, pages } = step.middle;
      if (name === 'add') add(`middle ${group}`, pages);
      if (name === 'exchange') counts.set(`middle ${group}`, 0);
      if (name === 'share') read += pages;
    } else {
      // The slot of the first CPU, from where the burst begins.
      const { step: name, pages } = step.slot;
      if (name === 'start' || name === 'add') truth += pages;
      if (name === 'move') read += pages;
    }
  }
  return read - truth;
}

describe('the schedule of updates in flight', () => {
  it.each([
    ['tree:batch=2', 1, 1],
    ['tree:batch=2', 3, 1],
    ['tree:batch=4', 2, 7],
    ['two-level:batch=2,middle=5', 3, 1],
    ['two-level:batch=3,middle=11', 2, 2],
    ['two-level', 4, 512],
    ['two-level:batch=8,middle=4', 3, 3],
    ['per-numa:batch=3', 1, 2],
    ['per-numa:batch=3', 2, 1],
    ['per-numa:batch=3', 5, 2],
    ['per-cpu:batch=3', 2, 1],
  ])('of %s, %i at once of %i pages, is off by what it says', (scheme, updates, pages) => {
    for (const side of ['under', 'over'] as const) {
      const { pages: attained, steps } = schedule(scheme, side, updates, pages);
      expect(carriedOut(scheme, steps), side).toBe(side === 'under' ? -attained : attained);
    }
  });

  it('is a recording where updates in flight add nothing', () => {
    const { pages, steps } = schedule('per-cpu:batch=3', 'under', 4, 1);
    const updates = steps.map((step) => {
      if (!('kind' in step)) throw new Error('a record');
      return { cpu: step.cpu, pages: step.pages, kind: KIND.fault };
    });
    const counters = createCounters(machine, parseScheme('per-cpu:batch=3'));
    expect(readingsOf(counters, columnsOf(updates)).after[updates.length - 1]).toBe(0);
    expect(counters.preciseSum(1)).toBe(pages);
  });

  it('tells what no bound is beyond: of one burst of the per-NUMA slots', () => {
    expect(schedule('per-numa', 'under', 2, 1)).toMatchObject({ bound: 'burst', pages: 31 + 33 });
    expect(schedule('tree', 'under', 2, 1).bound).toBe('running');
  });

  it('is not there where nothing is ever off', () => {
    expect(() => schedule('atomic', 'over', 2, 1)).toThrow(NoWitness);
    expect(() => schedule('per-thread', 'over', 2, 1)).toThrow(NoWitness);
  });
});
