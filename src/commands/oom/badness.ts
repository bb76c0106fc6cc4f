/**
 * The OOM killer's rules on the rows of its table: oom_badness(), oom_evaluate_task() and
 * constrained_alloc() of mm/oom_kill.c. All amounts are pages.
 */
import { type KernelRelease, knownOf, type Since } from '../../kernel/releases.ts';
import type { OomReport, OomTask } from '../../recorded/oom/report.ts';
import { type Bytes, KIB, type Pages } from '../../units.ts';

/** OOM_SCORE_ADJ_MIN: never chosen. */
const NEVER_CHOSEN = -1000;

/** Where the log does not say it: most machines'. */
const USUAL_PAGE_SIZE: Bytes = 4096;
const KNOWN_PAGE_SIZES: readonly Bytes[] = [4096, 8192, 16384, 65536];

/** The rules that changed, each with the release from which it is so. */
interface Era {
  /** Of equals the later in the list is chosen; else the earlier, its thread group's leader. */
  readonly laterOfEquals: boolean;
  /** Whoever may be chosen at all has so many points at least. */
  readonly leastPoints: number;
  /** What a process with CAP_SYS_ADMIN is forgiven, in percent of its points. */
  readonly rootPercent: number;
}

const FROM_3_5: Era = { laterOfEquals: false, leastPoints: 1, rootPercent: 3 };
const FROM_4_17: Era = { ...FROM_3_5, rootPercent: 0 };
const FROM_5_3: Era = { ...FROM_4_17, laterOfEquals: true };
const FROM_5_9: Era = { ...FROM_5_3, leastPoints: Number.NEGATIVE_INFINITY };

const ERAS: readonly Since<Era>[] = [
  {
    from: [[3, 5, 0]],
    value: FROM_3_5,
    evidence: 'source',
    source: 'points in pages, commit a7f638f999ff; 3% for root until 4.16',
  },
  {
    from: [[4, 17, 0]],
    value: FROM_4_17,
    evidence: 'source',
    source: 'no bonus for root, commit d46078b28889',
  },
  {
    from: [[5, 3, 0]],
    value: FROM_5_3,
    evidence: 'measured',
    source: 'of equals the later, commit f168a9a54ec3; 9 of 9 on 6.1 to 7.2',
  },
  {
    from: [[5, 9, 0]],
    value: FROM_5_9,
    evidence: 'source',
    source: 'points below 1, commit 9066e5cfb73c',
  },
];

/** What holds for all rows of a report. */
export interface Rules extends Era {
  readonly pageSize: Bytes;
  /** The log, or whoever asks, says it. */
  readonly pageSizeKnown: boolean;
  /** What oom_score_adj is a share of; null where the log does not say it. */
  readonly totalPages: Pages | null;
  /** Bytes of an entry of a page table, or fewer: 4 where the kernel may be a 32-bit one. */
  readonly entryBytes: 4 | 8;
}

/** Of the free lists, else of a row beside the "Killed process" line; null where neither is. */
export function pageSizeOf({ pageSize, tasks, killed }: OomReport): Bytes | null {
  const known = (bytes: number) => KNOWN_PAGE_SIZES.find((size) => size === bytes) ?? null;
  if (pageSize !== null) return known(pageSize);
  for (const { pid, totalVmKb } of killed) {
    const row = tasks.find((task) => task.pid === pid);
    if (row === undefined || totalVmKb === null || row.totalVm === 0) continue;
    const bytes = known((totalVmKb * KIB) / row.totalVm);
    if (bytes !== null) return bytes;
  }
  return null;
}

/** mem_cgroup_get_max(): the limit, and as much swap as the cgroup may have and the machine has. */
function memcgPages(report: OomReport, pageKb: number, limitKb: number): Pages {
  const { memcgSwapLimitKb, memcgMemswLimitKb, totalSwapKb } = report;
  const mayHave =
    memcgSwapLimitKb ?? (memcgMemswLimitKb === null ? 0 : Math.max(0, memcgMemswLimitKb - limitKb));
  // "unlimited" is printed as nearly 2^63 bytes; such a report does not say how much swap there is.
  const swapKb = Math.min(mayHave, totalSwapKb ?? (mayHave > 2 ** 50 ? 0 : mayHave));
  return Math.floor(limitKb / pageKb) + Math.floor(swapKb / pageKb);
}

/** More nodes than any kernel has (NODES_SHIFT 10): what a damaged list may name. */
const MOST_NODES = 1024;

/** "0-1,4"; null for a damaged one. */
function nodesOf(list: string): number[] | null {
  const ranges = list.split(',').map((part) => {
    const [first = Number.NaN, last = first] = part.split('-').map(Number);
    return { first, last };
  });
  if (!ranges.every(({ first, last }) => first <= last && last < MOST_NODES)) return null;
  return ranges.flatMap(({ first, last }) =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i),
  );
}

/** `node_present_pages()` of the nodes that the request was bound to; null: it was not, or they are cut. */
function nodesPages(report: OomReport, pageKb: number): Pages | null {
  const { constraint, nodemask, memsAllowed, presentKb } = report;
  const isPolicy = constraint === 'CONSTRAINT_MEMORY_POLICY';
  const list = isPolicy ? nodemask : constraint === 'CONSTRAINT_CPUSET' ? memsAllowed : null;
  const nodes = list === null ? null : nodesOf(list);
  if (nodes === null || !nodes.every((node) => presentKb.has(node))) return null;
  return nodes.reduce((sum, node) => sum + presentKb.get(node)! / pageKb, 0);
}

/** constrained_alloc(): the cgroup's limit, the nodes' pages and swap, or RAM and swap. */
function totalPagesOf(report: OomReport, pageSize: number): Pages | null {
  const pageKb = pageSize / KIB;
  const { ramPages, reservedPages, totalSwapKb, memcgLimitKb } = report;
  if (memcgLimitKb !== null) return memcgPages(report, pageKb, memcgLimitKb);
  const ram =
    nodesPages(report, pageKb) ??
    (ramPages === null ? null : Math.max(0, ramPages - (reservedPages ?? 0)));
  return ram === null ? null : ram + Math.floor((totalSwapKb ?? 0) / pageKb);
}

const NAMES_64_BITS = /64|s390x/;

function entryBytesOf({ hasDma32, release, tasks }: OomReport, pageSize: number): 4 | 8 {
  const isWide = tasks.some(({ totalVm }) => totalVm * pageSize > 2 ** 32);
  return hasDma32 || isWide || NAMES_64_BITS.test(release ?? '') ? 8 : 4;
}

/** `machines`: of a topology that is given, where the log does not say its own. */
export function rulesOf(
  report: OomReport,
  release: KernelRelease,
  pageSizes: { readonly asked: Bytes | null; readonly machines: Bytes | null },
): Rules {
  const known = pageSizes.asked ?? pageSizeOf(report) ?? pageSizes.machines;
  const pageSize = known ?? USUAL_PAGE_SIZE;
  return {
    ...knownOf(ERAS, release).value,
    pageSize,
    pageSizeKnown: known !== null,
    totalPages: totalPagesOf(report, pageSize),
    entryBytes: entryBytesOf(report, pageSize),
  };
}

/** Page tables of a row in pages: `mm_pgtables_bytes() / PAGE_SIZE`, exact on every kernel. */
export function tablePages({ pageTableBytes, pageTables }: OomTask, { pageSize }: Rules): Pages {
  return pageTableBytes === null ? (pageTables ?? 0) : Math.floor(pageTableBytes / pageSize);
}

/** `adj × (totalpages / 1000)`: the division comes first, in integers. */
function adjustment(adj: number, totalPages: Pages): Pages {
  return adj === 0 ? 0 : adj * Math.floor(totalPages / 1000);
}

/** oom_badness() of a row with so many resident and swapped pages; `forgiven`: it has CAP_SYS_ADMIN. */
export function badness(
  task: OomTask,
  rss: Pages,
  swap: Pages,
  rules: Rules,
  forgiven = task.uid === 0,
): number {
  const pages = rss + swap + tablePages(task, rules);
  const bonus = forgiven ? Math.floor((pages * rules.rootPercent) / 100) : 0;
  return Math.max(rules.leastPoints, pages - bonus + adjustment(task.adj, rules.totalPages ?? 0));
}

export function mayBeChosen({ adj }: OomTask): boolean {
  return adj !== NEVER_CHOSEN;
}
