/**
 * Switches between processes, put into a stream: after every so many operations of a thread the CPU
 * that it ran on switches to another process. The updates, and what was drawn for them, stay as they are.
 */
import {
  appendRow,
  createUpdateColumns,
  UPDATES_PER_BATCH,
  type UpdateColumns,
  type UpdateSource,
} from '../update/columns.ts';
import { KIND } from '../update/kinds.ts';

/** A source that waits for nothing. */
export interface MadeSource extends UpdateSource {
  fill(columns: UpdateColumns): void;
}

export function withSwitches(source: MadeSource, every: number, threads: number): MadeSource {
  const made = createUpdateColumns();
  const operationsOf = new Int32Array(threads);
  let next = 0;

  /** Copies row `next`, and tells the switch behind it. */
  function copyRow(columns: UpdateColumns): void {
    const { thread, cpu, pages, kind, member, operationEnd } = made;
    const [t, c, m] = [thread[next]!, cpu[next]!, member[next]!];
    const ends = operationEnd[next] === 1;
    appendRow(columns, t, c, pages[next]!, kind[next]!, m, ends ? 1 : 0);
    next += 1;
    if (!ends) return;
    operationsOf[t]! += 1;
    if (operationsOf[t]! < every) return;
    operationsOf[t] = 0;
    appendRow(columns, t, c, 0, KIND.switchOut, m, 0);
  }

  return {
    operations: source.operations,
    fill(columns) {
      columns.length = 0;
      columns.uniform = false;
      columns.threads = threads;
      // A row may make two.
      while (columns.length < UPDATES_PER_BATCH - 1) {
        if (next === made.length) {
          source.fill(made);
          next = 0;
          if (made.length === 0) return;
        }
        copyRow(columns);
      }
    },
  };
}
