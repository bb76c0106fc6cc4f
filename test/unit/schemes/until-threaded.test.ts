/** Lazy and atomic-until-threaded counters: exact up to the second thread, per-CPU ever after. */
import { describe, expect, it } from 'vitest';
import { createCounters, parseScheme } from '../../../src/schemes/registry.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { flatMachine } from '../../support/machines.ts';
import { columnsOf, readingsAfterEach, readingsOf, type Update } from '../../support/updates.ts';

const machine = flatMachine(20);

function readings(scheme: string, updates: readonly Update[]): number[] {
  const columns = columnsOf(updates);
  return readingsAfterEach(
    readingsOf(createCounters(machine, parseScheme(scheme)), columns),
    columns,
  );
}

const fault = (thread: number, pages: number, cpu = 0): Update => ({
  kind: KIND.fault,
  thread,
  cpu,
  pages,
});
const start = (thread: number): Update => ({ kind: KIND.threadStart, thread, pages: 0 });

describe.each(['lazy', 'atomic-until-threaded'])('%s', (scheme) => {
  it('reads every page of one thread, on whichever CPUs, and of others', () => {
    const remote: Update = { kind: KIND.remote, thread: 7, cpu: 3, pages: -5 };
    const hops = [fault(0, 30, 0), fault(0, 30, 1), remote, fault(0, 9, 19)];
    expect(readings(scheme, hops)).toEqual([30, 60, 55, 64]);
  });

  it('takes the start of the first thread, and a switch, for no second thread', () => {
    const switched: Update = { kind: KIND.switchOut, cpu: 0, pages: 0, thread: 1 };
    expect(readings(scheme, [start(0), fault(0, 5), switched, fault(0, 5)])).toEqual([0, 5, 5, 10]);
  });

  it('holds pages back from the moment on that a second thread begins, and keeps the value', () => {
    const updates = [fault(0, 100), start(1), fault(0, 39), fault(0, 1), fault(1, 7)];
    expect(readings(scheme, updates)).toEqual([100, 100, 100, 140, 140]);
  });

  it("takes a second thread's own update for its beginning", () => {
    expect(readings(scheme, [fault(3, 10), fault(4, 10)])).toEqual([10, 10]);
  });

  it('never goes back', () => {
    const exit: Update = { kind: KIND.threadExit, thread: 1, pages: 0 };
    expect(readings(scheme, [fault(0, 9), start(1), exit, fault(0, 9)])).toEqual([9, 9, 9, 9]);
  });

  it('follows the CPUs that are on-line when the second thread begins, and after', () => {
    const online = { kind: KIND.cpuOffline, pages: 0 };
    const gone = [16, 17, 18, 19].map((cpu) => ({ ...online, cpu }));
    // 16 CPUs: a batch of 32.
    const before = readings(scheme, [...gone, start(0), start(1), fault(0, 32)]);
    expect(before.at(-1)).toBe(32);
    const after = readings(scheme, [start(0), start(1), fault(0, 33), ...gone, fault(0, 1)]);
    expect(after.slice(2)).toEqual([0, 0, 0, 0, 0, 34]);
  });
});
