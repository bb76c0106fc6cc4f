/** The stash: cells go to the shared value when their CPU runs another process, or at the cap. */
import { describe, expect, it } from 'vitest';
import { createCounters, parseScheme } from '../../../src/schemes/registry.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { flatMachine } from '../../support/machines.ts';
import { columnsOf, readingsAfterEach, readingsOf, type Update } from '../../support/updates.ts';

const machine = flatMachine(4);

function readings(scheme: string, updates: readonly Update[], member = 1): number[] {
  const columns = columnsOf(updates);
  const counters = createCounters(machine, parseScheme(scheme));
  return readingsAfterEach(readingsOf(counters, columns), columns, member);
}

const fault = (thread: number, cpu: number, pages: number): Update => ({
  kind: KIND.fault,
  thread,
  cpu,
  pages,
});
const moment = (kind: number, cpu: number, thread = 0): Update => ({ kind, cpu, thread, pages: 0 });

describe('the stash', () => {
  it('is never off where the cells of the running CPUs are read', () => {
    const updates = [fault(0, 0, 9), fault(1, 1, 9), fault(0, 2, 1), moment(KIND.switchOut, 1)];
    expect(readings('stash', updates)).toEqual([9, 18, 19, 19]);
  });

  it('holds a cell back until its thread migrates, ends, or its CPU switches', () => {
    const shared = (...updates: Update[]) => readings('stash:read=shared', updates);
    expect(shared(fault(0, 0, 9000), fault(0, 1, 5))).toEqual([0, 9000]);
    expect(shared(fault(0, 0, 9), moment(KIND.threadExit, 3, 0))).toEqual([0, 9]);
    expect(shared(fault(0, 0, 9), moment(KIND.switchOut, 0))).toEqual([0, 9]);
    expect(shared(fault(0, 0, 9), moment(KIND.switchOut, 1))).toEqual([0, 0]);
    expect(shared(fault(0, 0, 9), moment(KIND.cpuOffline, 0))).toEqual([0, 9]);
  });

  it('keeps the cell of a CPU that another thread of the process has taken over', () => {
    const updates = [fault(0, 0, 9), fault(1, 0, 1), fault(0, 1, 1), fault(1, 2, 1)];
    expect(readings('stash:read=shared', updates)).toEqual([0, 0, 0, 10]);
  });

  it('lets go of a cell that reaches the cap, of either sign', () => {
    const updates = [fault(0, 0, 9), fault(0, 0, 1), fault(0, 0, 25), { ...fault(0, 0, -15) }];
    expect(readings('stash:read=shared,cap=10', updates)).toEqual([0, 10, 30, 20]);
  });

  it("passes others' updates by the cells, and moves all members at a switch", () => {
    const remote: Update = { kind: KIND.remote, thread: 0, cpu: 3, pages: 4 };
    const file = { ...fault(0, 0, 6), member: 0 };
    const updates = [file, fault(0, 0, 2), remote, moment(KIND.switchOut, 0)];
    expect(readings('stash:read=shared', updates)).toEqual([0, 0, 4, 6]);
    expect(readings('stash:read=shared', updates, 0)).toEqual([0, 0, 0, 6]);
  });
});
