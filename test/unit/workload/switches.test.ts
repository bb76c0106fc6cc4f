/** Switches put into a workload: its updates stay, and after every so many operations a CPU switches. */
import { describe, expect, it } from 'vitest';
import { createUpdateColumns } from '../../../src/update/columns.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { generateUpdates } from '../../../src/workload/generate.ts';
import { PRESETS, type Workload } from '../../../src/workload/workload.ts';
import { flatMachine } from '../../support/machines.ts';

const machine = flatMachine(6);

type Row = readonly [thread: number, cpu: number, pages: number, kind: number, end: number];

function rowsOf(changes: Partial<Workload>): Row[] {
  const workload = { ...PRESETS.service, seed: 3, cpus: machine.online, operations: 9000 };
  const source = generateUpdates(machine, { ...workload, ...changes }, 4096);
  const columns = createUpdateColumns();
  const rows: Row[] = [];
  for (;;) {
    source.fill(columns);
    if (columns.length === 0) return rows;
    for (let u = 0; u < columns.length; u++) {
      const { thread, cpu, pages, kind, operationEnd } = columns;
      rows.push([thread[u]!, cpu[u]!, pages[u]!, kind[u]!, operationEnd[u]!]);
    }
  }
}

const isSwitch = ([, , , kind]: Row) => kind === KIND.switchOut;

describe('a workload with switches', () => {
  const without = rowsOf({});
  const every = 7;
  const rows = rowsOf({ switchEvery: every });

  it('has the same updates as without', () => {
    expect(rows.filter((row) => !isSwitch(row))).toEqual(without);
    expect(without.some(isSwitch)).toBe(false);
  });

  it('switches behind every so many operations of each thread, on the CPU of the last', () => {
    const done = new Map<number, number>();
    let switches = 0;
    for (const [i, [thread, , , , end]] of rows.entries()) {
      if (end === 0) continue;
      const operations = (done.get(thread) ?? 0) + 1;
      done.set(thread, operations);
      const next = rows[i + 1];
      const due = operations % every === 0;
      expect(next !== undefined && isSwitch(next)).toBe(due);
      if (due) expect(next).toEqual([thread, rows[i]![1], 0, KIND.switchOut, 0]);
      switches += due ? 1 : 0;
    }
    expect(switches).toBeGreaterThan(1000);
  });

  it('can switch behind every operation, however batches are cut', () => {
    const often = rowsOf({ switchEvery: 1 });
    expect(often.filter(isSwitch)).toHaveLength(9000);
    expect(often.filter((row) => !isSwitch(row))).toEqual(without);
  });
});
