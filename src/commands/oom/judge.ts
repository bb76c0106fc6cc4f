/**
 * Judges a report of the OOM killer: whether its choice follows from its table, and which other tasks may
 * truly have had more, given how far the counters can be off.
 */
import type { OomReport, OomTask } from '../../recorded/oom/report.ts';
import type { Pages } from '../../units.ts';
import { badness, mayBeChosen, type Rules } from './badness.ts';
import {
  type CounterBounds,
  type Interval,
  NO_ERRORS,
  residentInterval,
  swapInterval,
} from './interval.ts';
import type { JudgedReport } from './result.ts';
import { highest } from './selection.ts';

/** Of the machine and the tasks, what decides how far counters can be off. */
export interface Size {
  readonly cpus: number;
  /** Of each task whose threads nobody says. */
  readonly threads: number;
}

/** What the judge has to know besides the report. */
export interface Circumstances {
  readonly rules: Rules;
  /** How far a task's counters can be off. */
  readonly boundsOf: (cpus: number, threads: number) => CounterBounds;
  /** The killer took precise sums: what it saw is what was there. */
  readonly precise: boolean;
  /** Threads of a task; null where nobody says. */
  readonly threadsOf: (task: OomTask) => number | null;
}

interface JudgedTask {
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
interface Rival {
  readonly index: number;
  /** How far its highest true badness is above the chosen one's lowest, pages. */
  readonly overlap: Pages;
}

export type Verdict = JudgedReport['verdict'];

export interface Judgement {
  readonly verdict: Verdict;
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
  size: Size,
  { rules, boundsOf, precise, threadsOf }: Circumstances,
): JudgedTask {
  const bounds = precise ? NO_ERRORS : boundsOf(size.cpus, threadsOf(task) ?? size.threads);
  const resident = residentInterval(task, bounds, rules);
  const swap = swapInterval(task, bounds, report, rules);
  return {
    task,
    eligible: mayBeChosen(task),
    points: badness(task, task.rss, task.swapents, rules),
    resident,
    truePoints: {
      // Not every process of root's has the capability.
      low: badness(task, resident.low, swap.low, rules),
      high: badness(task, resident.high, swap.high, rules, false),
    },
  };
}

/** Whether as many points as these are enough to be chosen instead of one that has `low`. */
function beats(high: number, index: number, low: number, chosen: number, { laterOfEquals }: Rules) {
  return high > low || (high === low && index > chosen === laterOfEquals);
}

/** Who truly could have had more points, or as many and the age that decides between equals. */
function rivalsOf(tasks: readonly JudgedTask[], chosen: number, rules: Rules): Rival[] {
  const { low } = tasks[chosen]!.truePoints;
  return tasks
    .flatMap(({ eligible, truePoints: { high } }, index) => {
      const isRival = eligible && index !== chosen && beats(high, index, low, chosen, rules);
      return isRival ? [{ index, overlap: high - low }] : [];
    })
    .sort((a, b) => b.overlap - a.overlap || a.index - b.index);
}

/**
 * The row of the chosen task. It is named by its leader's pid; the row of one whose leader has gone has
 * that of a living thread, and the leader's as tgid. Before 4.19 "Kill process" may name a thread, of
 * which "Killed process" then names the process.
 */
function chosenRow({ chosen, killed, tasks }: OomReport): number | null {
  if (chosen === null) return null;
  const process = killed.find(({ name }) => name === chosen.name)?.pid;
  const places = [
    tasks.findIndex(({ pid }) => pid === chosen.pid),
    tasks.findIndex(({ tgid }) => tgid === chosen.pid),
    tasks.findIndex(({ pid }) => pid === process),
  ];
  return places.find((index) => index >= 0) ?? null;
}

/** A share of the memory counts, and the log does not say how much there is. */
function lacksTotal({ tasks }: OomReport, { totalPages }: Rules): boolean {
  return totalPages === null && tasks.some((task) => task.adj !== 0 && mayBeChosen(task));
}

/** On a machine of so many CPUs. */
export function judgeAt(report: OomReport, size: Size, circumstances: Circumstances): Judgement {
  const { rules } = circumstances;
  const tasks = report.tasks.map((task) => judgedTask(task, report, size, circumstances));
  const eligible = tasks.map((task) => (task.eligible ? task.points : null));
  const follows = highest(eligible, rules.laterOfEquals).victim;
  const chosen = chosenRow(report);
  if (chosen === null || lacksTotal(report, rules)) {
    return { tasks, chosen, follows, verdict: 'unjudged', rivals: [], mostLost: 0 };
  }
  const rivals = rivalsOf(tasks, chosen, rules);
  const { low } = tasks[chosen]!.resident;
  const lost = rivals.map(({ index }) => tasks[index]!.resident.high - low);
  const verdict =
    follows !== chosen ? 'contradicted' : rivals.length === 0 ? 'certain' : 'uncertain';
  const mostLost = lost.reduce((most, pages) => Math.max(most, pages), 0);
  return { tasks, chosen, follows, verdict, rivals, mostLost };
}

/**
 * The smallest of a range from which the choice is uncertain, null where it is not; bounds grow with the
 * machine and with the threads. Of a choice that follows from its table.
 */
export function uncertainFrom(
  range: { readonly from: number; readonly to: number },
  sizeOf: (size: number) => Size,
  report: OomReport,
  chosen: number,
  circumstances: Circumstances,
): number | null {
  const { rules } = circumstances;
  const { tasks } = report;
  function isUncertain(at: number): boolean {
    const size = sizeOf(at);
    const { low } = judgedTask(tasks[chosen]!, report, size, circumstances).truePoints;
    return tasks.some((task, index) => {
      if (index === chosen || !mayBeChosen(task)) return false;
      const { high } = judgedTask(task, report, size, circumstances).truePoints;
      return beats(high, index, low, chosen, rules);
    });
  }
  let { from: certain, to: uncertain } = range;
  if (!isUncertain(uncertain)) return null;
  if (isUncertain(certain)) return certain;
  while (uncertain - certain > 1) {
    const middle = Math.floor((certain + uncertain) / 2);
    if (isUncertain(middle)) uncertain = middle;
    else certain = middle;
  }
  return uncertain;
}
