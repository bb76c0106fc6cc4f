/** Gathers the updates of a trace's processes into batches, process by process. */
import type { Life } from '../../recorded/trace/life.ts';
import type { Pages } from '../../units.ts';
import { createUpdateColumns, type UpdateColumns } from '../../update/columns.ts';
import { appendRows, ROW_SHAPES } from '../../update/record.ts';
import type { Intake, ProcessOwner } from './trace-walk.ts';

/** Updates gathered before the schemes see them; many processes may be alive at once. */
export const LANE_UPDATES = 512;

/** Updates of a process that wait before it has counters: many never make more. */
const LANE_KEPT = 64;

/** What is told of a process besides what was counted. */
export type EndedLife = Pick<
  Life,
  'mmId' | 'ordinal' | 'comm' | 'firstLine' | 'lastLine' | 'ended'
>;

/** What happens to one process, in order. */
export interface GatheredLane {
  /** Updates by tasks, by their ids; the batch is lent, and changed. */
  replay(batch: UpdateColumns): void;
  /** Pages that truth and readings alike have, and no CPU holds back. */
  offset(member: number, pages: Pages): void;
  end(life: EndedLife): void;
}

interface Gathering extends Intake {
  end(life: Life): void;
}

function gather(lane: GatheredLane, mostUpdates: number): Gathering {
  // A record is two rows at the most.
  const capacity = Math.min(LANE_UPDATES, 2 * mostUpdates);
  const columns = createUpdateColumns(capacity);
  function flush(): void {
    if (columns.length > 0) lane.replay(columns);
    columns.length = 0;
  }
  return {
    add({ kind, member, pages, thread }, cpu) {
      const shapes = ROW_SHAPES[kind][member]!;
      if (columns.length + shapes.length > capacity) flush();
      appendRows(columns, shapes, pages, cpu, thread);
    },
    batch: { columns, flush },
    offset(member, pages) {
      flush();
      lane.offset(member, pages);
    },
    end({ mmId, ordinal, comm, firstLine, lastLine, ended }) {
      flush();
      lane.end({ mmId, ordinal, comm, firstLine, lastLine, ended });
    },
  };
}

/** A lane for each process that is asked for. */
export function gatheredLanes(open: () => GatheredLane): ProcessOwner<Gathering> {
  return {
    opensBehind: LANE_KEPT,
    open: (_life, _line, mostUpdates) => gather(open(), mostUpdates),
    close: (life, gathering) => gathering.end(life),
  };
}
