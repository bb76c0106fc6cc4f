/**
 * Judges a report of the OOM killer: whether its choice follows from its table, and which other tasks may
 * truly have had more, given how far the counters can be off.
 */
import type { OomReport, OomTask } from '../../recorded/oom/report.ts';
import type { Pages } from '../../units.ts';
import {
  adjustment,
  badness,
  mayBeChosen,
  pageSizeOf,
  select,
  tablePages,
  totalPagesOf,
} from './badness.ts';
import {
  type CounterBounds,
  type Interval,
  NO_ERROR,
  residentInterval,
  swapInterval,
} from './interval.ts';

/** What the judge has to know besides the report. */
export interface Circumstances {
  /** How far a task's counters can be off on a machine of so many CPUs; threads of the task. */
  readonly boundsOf: (cpus: number, threads: number) => CounterBounds;
  /** The killer took precise sums: what it saw is what was there. */
  readonly precise: boolean;
  /** CPUs; null: not known, and the verdict is a range over machines. */
  readonly cpus: number | null;
  /** Threads of a task; null where nobody says. */
  readonly threadsOf: (task: OomTask) => number | null;
}

export interface JudgedTask {
  readonly task: OomTask;
  readonly eligible: boolean;
  /** oom_badness() of the row as shown. */
  readonly points: number;
  /** Resident pages, as low and as high as the truth can be. */
  readonly resident: Interval;
  /** Badness at both ends. */
  readonly truePoints: Interval;
}

/** A task that may truly have been the one to choose. */
export interface Rival {
  readonly index: number;
  /** How far its highest true badness is above the chosen one's lowest, pages. */
  readonly overlap: Pages;
}

export type Verdict = 'certain' | 'uncertain' | 'contradicted' | 'unreadable';

export interface Judgement {
  readonly verdict: Verdict;
  readonly pageSize: number;
  readonly totalPages: Pages | null;
  readonly tasks: readonly JudgedTask[];
  /** Index of the row that the kernel chose; null where it is not in the table. */
  readonly chosen: number | null;
  /** Index of the row that the rules choose from the figures shown. */
  readonly follows: number | null;
  /** The widest overlap first. */
  readonly rivals: readonly Rival[];
  /** Most resident pages that a better choice could have freed beyond the chosen one's. */
  readonly mostLost: Pages;
}

function judgedTask(
  task: OomTask,
  report: OomReport,
  cpus: number,
  circumstances: Circumstances,
): JudgedTask {
  const pageSize = pageSizeOf(report);
  const total = totalPagesOf(report) ?? 0;
  const { boundsOf, precise, threadsOf } = circumstances;
  const bounds: CounterBounds = precise
    ? { member: NO_ERROR, rss: NO_ERROR, swap: NO_ERROR }
    : boundsOf(cpus, threadsOf(task) ?? 1);
  const resident = residentInterval(task, bounds, pageSize);
  const swap = swapInterval(task, bounds, (report.totalSwapKb ?? 1) > 0);
  const rest = tablePages(task, pageSize) + adjustment(task.adj, total);
  return {
    task,
    eligible: mayBeChosen(task),
    points: badness(task, task.rss, task.swapents, pageSize, total),
    resident,
    truePoints: { low: resident.low + swap.low + rest, high: resident.high + swap.high + rest },
  };
}

/** Rows are in order of creation: of two equals the later is chosen. */
function rivalsOf(tasks: readonly JudgedTask[], chosen: number): Rival[] {
  const { low } = tasks[chosen]!.truePoints;
  return tasks
    .map(({ eligible, truePoints }, index) => ({
      index,
      overlap: truePoints.high - low,
      rivals: eligible && index !== chosen && truePoints.high - low >= (index > chosen ? 0 : 1),
    }))
    .filter(({ rivals }) => rivals)
    .map(({ index, overlap }) => ({ index, overlap }))
    .sort((a, b) => b.overlap - a.overlap || a.index - b.index);
}

/** The row of the killed task: by its pid, which is a living thread's where the leader has gone. */
function chosenRow({ chosen, tasks }: OomReport): number | null {
  if (chosen === null) return null;
  const index = tasks.findIndex(({ pid }) => pid === chosen.pid);
  return index < 0 ? null : index;
}

/** On a machine of so many CPUs. */
export function judgeAt(report: OomReport, cpus: number, circumstances: Circumstances): Judgement {
  const tasks = report.tasks.map((task) => judgedTask(task, report, cpus, circumstances));
  const follows = select(report.tasks, (index) => tasks[index]!.points);
  const chosen = chosenRow(report);
  const pageSize = pageSizeOf(report);
  const common = { pageSize, totalPages: totalPagesOf(report), tasks, chosen, follows };
  if (chosen === null) return { ...common, verdict: 'unreadable', rivals: [], mostLost: 0 };
  const rivals = rivalsOf(tasks, chosen);
  const { low } = tasks[chosen]!.resident;
  const lost = rivals.map(({ index }) => tasks[index]!.resident.high - low);
  const verdict =
    follows !== chosen ? 'contradicted' : rivals.length === 0 ? 'certain' : 'uncertain';
  return { ...common, verdict, rivals, mostLost: Math.max(0, ...lost) };
}

/** Machines up to this size are tried where the log does not say how many CPUs there are. */
export const LARGEST_MACHINE = 8192;

export interface OverSizes {
  readonly verdict: Verdict;
  readonly cpus: { readonly from: number; readonly to: number };
  /** The smallest machine on which another task could have been the one; null: on none of them. */
  readonly uncertainFrom: number | null;
}

/**
 * The verdict where the number of CPUs is not known: bounds grow with the machine, so that the choice is
 * certain below some size and uncertain from there on.
 */
export function judgeOverSizes(report: OomReport, circumstances: Circumstances): OverSizes {
  const from = report.cpus.atLeast;
  const to = Math.max(from, LARGEST_MACHINE);
  const verdictAt = (cpus: number) => judgeAt(report, cpus, circumstances).verdict;
  const smallest = verdictAt(from);
  const isOpen = smallest === 'certain' && verdictAt(to) === 'uncertain';
  let [certain, uncertain] = [from, to];
  while (isOpen && uncertain - certain > 1) {
    const middle = Math.floor((certain + uncertain) / 2);
    if (verdictAt(middle) === 'certain') certain = middle;
    else uncertain = middle;
  }
  return {
    verdict: isOpen ? 'uncertain' : smallest,
    cpus: { from, to },
    uncertainFrom: isOpen ? uncertain : smallest === 'uncertain' ? from : null,
  };
}
