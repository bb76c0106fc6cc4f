/**
 * The OOM killer's rules on the rows of its table: oom_badness() and select_bad_process() of
 * mm/oom_kill.c, 5.9 to 7.x. All amounts are pages.
 */
import type { OomReport, OomTask } from '../../recorded/oom/report.ts';
import type { Pages } from '../../units.ts';

/** OOM_SCORE_ADJ_MIN: never chosen. */
export const NEVER_CHOSEN = -1000;

/** The page size where the log does not say it: most machines'. */
const USUAL_PAGE_SIZE = 4096;

/** Bytes: of the free lists, else of a row beside the "Killed process" line, else 4 KiB. */
export function pageSizeOf({ pageSize, tasks, killed }: OomReport): number {
  if (pageSize !== null) return pageSize;
  for (const { pid, totalVmKb } of killed) {
    const row = tasks.find((task) => task.pid === pid);
    if (row === undefined || totalVmKb === null || row.totalVm === 0) continue;
    const bytes = (totalVmKb * 1024) / row.totalVm;
    if ([4096, 8192, 16384, 65536].includes(bytes)) return bytes;
  }
  return USUAL_PAGE_SIZE;
}

/**
 * What oom_score_adj is a share of: RAM and swap, or the cgroup's limit, which mem_cgroup_get_max() takes
 * with swap where it may swap; null where the log does not say it. Of a cpuset's or mempolicy's nodes
 * the log has no total: all of RAM stands for them, an upper bound.
 */
export function totalPagesOf(report: OomReport): Pages | null {
  const pageKb = pageSizeOf(report) / 1024;
  const { ramPages, reservedPages, totalSwapKb, memcgLimitKb } = report;
  const swap = Math.floor((totalSwapKb ?? 0) / pageKb);
  if (memcgLimitKb !== null) return Math.floor(memcgLimitKb / pageKb) + swap;
  return ramPages === null ? null : ramPages - (reservedPages ?? 0) + swap;
}

/** Page tables of a row in pages: `mm_pgtables_bytes() / PAGE_SIZE`, exact on every kernel. */
export function tablePages({ pageTableBytes, pageTables }: OomTask, pageSize: number): Pages {
  return pageTableBytes === null ? (pageTables ?? 0) : Math.floor(pageTableBytes / pageSize);
}

/** `adj × (totalpages / 1000)`: the division comes first, in integers. */
export function adjustment(adj: number, totalPages: Pages): Pages {
  return adj === 0 ? 0 : adj * Math.floor(totalPages / 1000);
}

/** oom_badness() of a row that shows these RSS and swap pages. */
export function badness(
  task: OomTask,
  rss: Pages,
  swap: Pages,
  pageSize: number,
  totalPages: Pages,
): number {
  return rss + swap + tablePages(task, pageSize) + adjustment(task.adj, totalPages);
}

export function mayBeChosen({ adj }: OomTask): boolean {
  return adj !== NEVER_CHOSEN;
}

/**
 * select_bad_process(): in the table's order, which is that of creation; `points < chosen_points` is
 * passed over, so of equals the later is chosen.
 * @returns the index of the chosen row, or null where none may be.
 */
export function select(
  tasks: readonly OomTask[],
  pointsOf: (index: number) => number,
): number | null {
  let chosen: number | null = null;
  let points = Number.NEGATIVE_INFINITY;
  tasks.forEach((task, i) => {
    if (!mayBeChosen(task) || pointsOf(i) < points) return;
    chosen = i;
    points = pointsOf(i);
  });
  return chosen;
}
