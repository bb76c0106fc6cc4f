/** Judges reports as a log has them: which kernel, which scheme and sums, how many CPUs and threads. */
import { faultAroundPages } from '../../kernel/page-table.ts';
import { oomSumsOfRelease } from '../../kernel/readers.ts';
import { type KernelRelease, parseRelease, schemeOfRelease } from '../../kernel/releases.ts';
import type { OomReport, OomTask } from '../../recorded/oom/report.ts';
import { denseMachine, type UpdateKinds } from '../../schemes/bound.ts';
import {
  formatScheme,
  parseScheme,
  rssBound,
  type SchemeSpec,
  schemeOf,
} from '../../schemes/registry.ts';
import type { Topology } from '../../topology/topology.ts';
import type { Bytes } from '../../units.ts';
import { rulesOf, tablePages } from './badness.ts';
import type { CounterBounds } from './interval.ts';
import { type Circumstances, type Judgement, judgeAt, type Size, uncertainFrom } from './judge.ts';
import type { Reason } from './reasons.ts';
import type { JudgedReport, JudgedRow } from './result.ts';

/** Threads of all tasks, and of some, by pid or name. */
export interface ThreadCounts {
  readonly all: number | null;
  readonly of: ReadonlyMap<string, number>;
}

/** What is given beside the log. */
export interface Given {
  readonly kernel: KernelRelease | null;
  readonly scheme: SchemeSpec | null;
  readonly topology: Topology | null;
  readonly cpus: number | null;
  readonly pageSize: Bytes | null;
  readonly threads: ThreadCounts;
}

/** Machines up to this size are tried where nobody says how many CPUs there are: NR_CPUS of most kernels. */
export const LARGEST_MACHINE = 8192;

/** PID_MAX_LIMIT of 64-bit kernels. */
export const MOST_THREADS = 4_194_304;

/** A difference that a table read a moment after the choice may have: two syncs of a thread's cache. */
const MOMENT_PAGES = 128;

/** Of the kernels that print such columns the one whose counters can be furthest off. */
function releaseOfColumns({ tasks }: OomReport): KernelRelease {
  const [task] = tasks;
  const text =
    task === undefined || task.members !== null
      ? '6.19'
      : task.pageTableBytes === null
        ? '4.14'
        : '6.7';
  return parseRelease(text)!;
}

interface KnownKernel {
  readonly release: KernelRelease;
  readonly kernel: JudgedReport['kernel'];
  readonly spec: SchemeSpec;
  readonly sums: JudgedReport['sums'];
  readonly source: string;
}

function kernelOf(report: OomReport, given: Given): KnownKernel {
  const logged = report.release === null ? null : parseRelease(report.release);
  const release = given.kernel ?? logged ?? releaseOfColumns(report);
  const from = given.kernel !== null ? 'option' : logged !== null ? 'log' : 'columns';
  const scheme = schemeOfRelease(release);
  const reader = oomSumsOfRelease(release);
  const kernel = { release: from === 'columns' ? null : release.text, from } as const;
  if (given.scheme !== null && given.kernel === null) {
    return { release, kernel, spec: given.scheme, sums: 'approximate', source: '--scheme' };
  }
  return {
    release,
    kernel,
    spec: given.scheme ?? parseScheme(scheme.value),
    sums: reader.value === 'precise' ? 'precise' : 'approximate',
    source: reader.value === 'precise' ? reader.source : scheme.source,
  };
}

function cpusOf(report: OomReport, given: Given): Omit<JudgedReport['cpus'], 'judged'> {
  const { nrCpuIds, online, atLeast } = report.cpus;
  const exactly = (cpus: number, said: 'option' | 'topology' | 'log') => ({
    from: cpus,
    to: cpus,
    said,
  });
  if (given.topology !== null) return exactly(given.topology.online.length, 'topology');
  if (given.cpus !== null) return exactly(given.cpus, 'option');
  const logged = online ?? nrCpuIds;
  if (logged !== null) return exactly(Math.max(logged, atLeast), 'log');
  return { from: atLeast, to: Math.max(atLeast, LARGEST_MACHINE), said: 'nobody' };
}

/** How far the counters of a task can be off, found once for each machine and number of threads. */
function boundsOn(
  spec: SchemeSpec,
  topology: Topology | null,
  pageSize: Bytes,
  numaNodes: number,
): Circumstances['boundsOf'] {
  const scheme = schemeOf(spec);
  const worstCase = (cpus: number, threads: number, kinds: UpdateKinds) =>
    topology === null
      ? scheme.denseWorstCase(spec, threads, kinds)(denseMachine(cpus, numaNodes))
      : scheme.worstCase(spec, topology, { cpus: topology.online, threads }, kinds);
  const found = new Map<string, CounterBounds>();
  return (cpus, threads) => {
    const key = `${cpus} ${threads}`;
    const known = found.get(key);
    if (known !== undefined) return known;
    const member = worstCase(cpus, threads, {
      pagesAddedPerFault: faultAroundPages(pageSize),
      pagesTakenPerFault: 1,
    });
    // A fault swaps in, none swaps out.
    const swap = worstCase(cpus, threads, { pagesAddedPerFault: 0, pagesTakenPerFault: 1 });
    const bounds = { member, rss: rssBound(spec.scheme, member), swap };
    found.set(key, bounds);
    return bounds;
  };
}

const figuresOf = ({ totalVm, rss, pageTableBytes, pageTables }: OomTask) =>
  [totalVm, rss, pageTableBytes, pageTables].join();

function reasonsOf(
  report: OomReport,
  { verdict, chosen, follows, tasks }: Judgement,
  rootPercent: number,
  killedBefore: ReadonlySet<number>,
): Reason[] {
  const missing: Reason[] = report.brokenRows > 0 ? ['rows-missing'] : [];
  if (verdict === 'unjudged') {
    if (tasks.length === 0) return ['no-table'];
    if (report.chosen === null) return ['no-victim', ...missing];
    return [chosen === null ? 'victim-not-in-table' : 'total-unknown', ...missing];
  }
  if (verdict !== 'contradicted' || follows === null || chosen === null) return missing;
  const [ours, theirs] = [tasks[follows]!, tasks[chosen]!];
  const holds: readonly (readonly [Reason, boolean])[] = [
    ['allocating-task', report.killedAllocating],
    ['group-kill', report.killedGroup],
    ['killed-before', killedBefore.has(ours.task.pid)],
    [
      'shared-figures',
      report.tasks.some((task, i) => i !== follows && figuresOf(task) === figuresOf(ours.task)),
    ],
    ['root-bonus', rootPercent > 0 && tasks.some(({ task }) => task.uid === 0)],
    ['read-later', ours.points - theirs.points <= MOMENT_PAGES],
  ];
  const found = holds.filter(([, is]) => is).map(([reason]) => reason);
  return [...found, ...missing, ...(report.killedAllocating ? [] : (['origin-task'] as const))];
}

/** The verdict on the whole table: rows that are not there could be any task's. */
function verdictOf(
  { verdict }: Judgement,
  { brokenRows }: OomReport,
  sums: JudgedReport['sums'],
): Judgement['verdict'] {
  return verdict === 'certain' && sums === 'approximate' && brokenRows > 0 ? 'uncertain' : verdict;
}

const named = ({ pid, name }: { readonly pid: number; readonly name: string }) => ({ pid, name });

function rowsOf(
  { tasks, chosen, rivals }: Judgement,
  { rules, threadsOf }: Circumstances,
): JudgedRow[] {
  const overlaps = new Map(rivals.map(({ index, overlap }) => [index, overlap]));
  return tasks.map(({ task, eligible, points, resident, truePoints }, index) => ({
    ...{ pid: task.pid, tgid: task.tgid, uid: task.uid, name: task.name, oomScoreAdj: task.adj },
    ...{ totalVm: task.totalVm, pageTables: tablePages(task, rules), rss: task.rss },
    members: task.members,
    swap: task.swapents,
    threads: threadsOf(task),
    points: eligible ? points : null,
    resident,
    truePoints: eligible ? truePoints : null,
    role:
      index === chosen ? 'chosen' : overlaps.has(index) ? 'rival' : eligible ? 'other' : 'never',
    overlap: overlaps.get(index) ?? null,
  }));
}

/** Judges the n-th report of a log. `killedBefore`: by earlier reports, pids. */
export function judgeReport(
  report: OomReport,
  n: number,
  given: Given,
  killedBefore: ReadonlySet<number>,
): JudgedReport {
  const { release, kernel, spec, sums, source } = kernelOf(report, given);
  const rules = rulesOf(report, release, {
    asked: given.pageSize,
    machines: given.topology?.pageSize ?? null,
  });
  const cpus = cpusOf(report, given);
  const { all, of } = given.threads;
  const nodes = Math.max(0, ...report.presentKb.keys()) + 1;
  const circumstances: Circumstances = {
    rules,
    precise: sums === 'precise',
    threadsOf: ({ pid, name }) => of.get(String(pid)) ?? of.get(name) ?? all,
    boundsOf: boundsOn(spec, given.topology, rules.pageSize, nodes),
  };
  const { of: holders, byThreads } = schemeOf(spec).heldBy;
  // The table does not tell threads: where those decide whether CPUs hold back, as many as there can be.
  const threads = byThreads ? MOST_THREADS : 1;
  const smallest = judgeAt(report, { cpus: cpus.from, threads }, circumstances);
  const from = (range: { from: number; to: number }, sizeOf: (size: number) => Size) =>
    smallest.chosen === null || smallest.chosen !== smallest.follows
      ? null
      : uncertainFrom(range, sizeOf, report, smallest.chosen, circumstances);
  const isByThreads = holders === 'threads';
  const isApproximate = sums === 'approximate' && smallest.verdict !== 'unjudged';
  const fromCpus =
    !isApproximate || isByThreads || cpus.from === cpus.to
      ? null
      : from(cpus, (size) => ({ cpus: size, threads }));
  const fromThreads =
    isApproximate && isByThreads && all === null
      ? from({ from: 1, to: MOST_THREADS }, (each) => ({ cpus: cpus.from, threads: each }))
      : null;
  const judged = fromCpus ?? cpus.to;
  const judgement =
    judged === cpus.from ? smallest : judgeAt(report, { cpus: judged, threads }, circumstances);
  const { chosen, follows, rivals, mostLost, tasks } = judgement;
  return {
    report: n,
    lines: { first: report.firstLine, last: report.lastLine },
    verdict: verdictOf(judgement, report, sums),
    reasons: reasonsOf(report, judgement, rules.rootPercent, killedBefore),
    chosen: chosen === null ? report.chosen : named(tasks[chosen]!.task),
    follows: follows === null ? null : named(tasks[follows]!.task),
    killed: report.killed.map(named),
    rivals: rivals.length,
    mostLost,
    uncertainFrom: { cpus: fromCpus, threads: fromThreads },
    ...{ kernel, scheme: formatScheme(spec), sums, source, cpus: { ...cpus, judged } },
    pageSize: { bytes: rules.pageSize, known: rules.pageSizeKnown },
    totalPages: rules.totalPages,
    ...{ constraint: report.constraint, memcg: report.memcg, invokedBy: report.invokedBy },
    ...{ order: report.order, groupKill: report.killedGroup, brokenRows: report.brokenRows },
    tasks: rowsOf(judgement, circumstances),
  };
}
