/** Where a run of faults ends a stretch of one reading, the last error of that stretch counts. */
import { describe, expect, it } from 'vitest';
import { MEMBER } from '../../../src/kernel/rss-stat.ts';
import { createMm } from '../../../src/process/mm.ts';
import {
  createMemberErrors,
  observedProcess,
  observeMembers,
  RSS,
} from '../../../src/replay/member-errors.ts';
import { parseScheme } from '../../../src/schemes/registry.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { createReadings } from '../../../src/update/readings.ts';
import { flatMachine } from '../../support/machines.ts';
import { columnsOf, type Update } from '../../support/updates.ts';

function observe(scheme: string, updates: readonly Update[]) {
  const { counters, readings } = createMm(flatMachine(2), parseScheme(scheme));
  const errors = createMemberErrors();
  const of = { process: 3, program: 'cc1' };
  const process = observedProcess(of, readings);
  const columns = columnsOf(updates);
  const meanwhile = createReadings(columns.length);
  const truth = new Float64Array(4);
  counters.apply(columns, meanwhile);
  observeMembers(errors, process, columns, meanwhile, truth, 10);
  return { errors, process, of };
}

describe('the errors of a member', () => {
  // A batch of 4: two pages held back, a third at the next add, and the fourth flushes.
  it('reach their extreme at the add before the flush, in the operation of that add', () => {
    const fault = { kind: KIND.fault, pages: 2 };
    const { errors, process, of } = observe('per-cpu:batch=4', [fault, fault]);
    for (const q of [MEMBER.anon, RSS]) {
      expect(errors.clamped[q]!.under).toEqual({ pages: 3, resident: 3, of, operation: 12 });
      expect(errors.clamped[q]!.over).toEqual({ pages: 0, resident: 0, of: null, operation: 0 });
    }
    expect(process.largest).toBe(3);
    // Two pages resident at the end of the first operation, and all that is read is 0.
    const spell = { of, since: 11, operations: 1, resident: 2 };
    expect(errors.zeros).toEqual({ processes: 1, operations: 1, longest: spell });
    expect(process.zero).toBeNull();
  });

  it('of a member that is not resident are not those of RSS', () => {
    const { errors } = observe('per-cpu:batch=4', [
      { kind: KIND.remote, pages: 3, member: MEMBER.swap },
      { kind: KIND.remote, pages: 2, member: MEMBER.shmem },
    ]);
    expect(errors.raw.map(({ under }) => under.pages)).toEqual([0, 0, 3, 2, 2]);
  });

  it('are clamped member by member', () => {
    const { errors } = observe('per-cpu:batch=4', [
      { kind: KIND.fault, pages: 3, member: MEMBER.anon },
      { kind: KIND.bulk, pages: -4, cpu: 1, member: MEMBER.anon },
      { kind: KIND.fault, pages: 1, cpu: 1, member: MEMBER.file },
    ]);
    // anon: 3 resident on CPU 0, −4 flushed by CPU 1: reads −4 raw and 0 clamped, the truth is −1.
    expect(errors.raw[MEMBER.anon]!.under.pages).toBe(3);
    expect(errors.clamped[MEMBER.anon]!.over.pages).toBe(1);
    expect(errors.clamped[RSS]!.under.pages).toBe(3);
    expect(errors.raw[RSS]!.under.pages).toBe(4);
  });
});
