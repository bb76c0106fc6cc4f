/** Carries what happens to processes to another thread: rows of many batches at once, and what each is part of. */
import type { Pages } from '../../units.ts';
import {
  appendBatch,
  createUpdateColumns,
  rowsOf,
  type UpdateColumns,
} from '../../update/columns.ts';
import type { EndedLife, GatheredLane } from './gathered-lanes.ts';

/** Of some 30 batches, a few milliseconds of work. */
const BUNDLE_ROWS = 16_384;
const BUNDLE_STEPS = 4096;

/** What happens next, to the process with this number: the bundle's next rows are its, or it has no row. */
type LaneStep = { readonly lane: number } & (
  | { readonly opens: true }
  | { readonly rows: number }
  | { readonly member: number; readonly pages: Pages }
  | { readonly ended: EndedLife }
);

export interface Bundle {
  readonly columns: UpdateColumns;
  readonly steps: LaneStep[];
}

/** Shared: where a buffer has ever been given away, V8 looks at each access whether this one has. */
export const createBundleColumns = () => createUpdateColumns(BUNDLE_ROWS, SharedArrayBuffer);

/** Fills `first`, and hands bundles to `send`, which gives memory for the next one. */
export function bundleLanes(first: UpdateColumns, send: (bundle: Bundle) => UpdateColumns) {
  let columns = first;
  let steps: LaneStep[] = [];
  let lanes = 0;

  function handOver(): void {
    columns = send({ columns, steps });
    columns.length = 0;
    steps = [];
  }

  function put(step: LaneStep): void {
    steps.push(step);
    if (steps.length === BUNDLE_STEPS) handOver();
  }

  return {
    handOver,
    open(): GatheredLane {
      const lane = lanes++;
      put({ lane, opens: true });
      return {
        replay(batch) {
          if (columns.length + batch.length > columns.cpu.length) handOver();
          appendBatch(columns, batch);
          put({ lane, rows: batch.length });
        },
        offset: (member, pages) => put({ lane, member, pages }),
        end: (ended) => put({ lane, ended }),
      };
    },
  };
}

/** Does with the lanes of its own what bundles say. */
export function unbundleLanes(open: () => GatheredLane): (bundle: Bundle) => void {
  const lanes = new Map<number, GatheredLane>();
  return ({ columns, steps }) => {
    let row = 0;
    for (const step of steps) {
      if ('opens' in step) lanes.set(step.lane, open());
      const lane = lanes.get(step.lane)!;
      if ('rows' in step) {
        lane.replay(rowsOf(columns, row, row + step.rows));
        row += step.rows;
      } else if ('pages' in step) lane.offset(step.member, step.pages);
      else if ('ended' in step) {
        lanes.delete(step.lane);
        lane.end(step.ended);
      }
    }
  };
}
