/**
 * Reads the lines of an OOM killer's report: dump_header(), dump_tasks() and oom_kill_process() of
 * mm/oom_kill.c, as kernels from 2.6.36 on print them. Figures are the log's own: pages where it prints
 * pages, kB where it prints kB.
 */
import { parseRelease } from '../../kernel/releases.ts';

/** A row of "Tasks state", pages but for pageTableBytes. */
export interface OomTask {
  readonly pid: number;
  readonly uid: number;
  readonly tgid: number;
  readonly totalVm: number;
  readonly rss: number;
  /** Null before 6.8, which print rss alone. */
  readonly members: { readonly anon: number; readonly file: number; readonly shmem: number } | null;
  /** Of all levels; null where a kernel counts tables (nr_ptes) or prints none. */
  readonly pageTableBytes: number | null;
  /** nr_ptes (+ nr_pmds, nr_puds), tables of one page each; null where bytes are printed. */
  readonly pageTables: number | null;
  readonly swapents: number;
  readonly adj: number;
  readonly name: string;
}

/** "Killed process P (C)", kB. */
interface KilledProcess {
  readonly pid: number;
  readonly name: string;
  readonly totalVmKb: number | null;
}

/** The CPUs of the machine, as the log says them. */
interface LoggedCpus {
  /** From boot lines; null where the log has none. */
  readonly nrCpuIds: number | null;
  readonly online: number | null;
  /** The highest CPU number that the log names, plus 1. */
  readonly atLeast: number;
}

/** Lines of the log, from 1, that say what options can contradict; null where none does. */
interface SaidAt {
  readonly release: number | null;
  readonly nrCpuIds: number | null;
  readonly online: number | null;
  /** The highest CPU number of a stack dump, and its line. */
  readonly cpu: { readonly id: number; readonly line: number } | null;
  readonly pageSize: number | null;
}

export interface OomReport {
  /** Its first and last line, from 1. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** Who asked for memory; null where the log begins later. */
  readonly invokedBy: { readonly name: string; readonly pid: number | null } | null;
  readonly order: number | null;
  /** uname -r; null where neither the report nor a boot line says it. */
  readonly release: string | null;
  readonly cpus: LoggedCpus;
  readonly saidAt: SaidAt;
  /** As the kernel prints it, CONSTRAINT_MEMCG for one; null where it prints none (before 4.19 or so). */
  readonly constraint: string | null;
  /** The memory cgroup whose limit was reached. */
  readonly memcg: string | null;
  /** sysctl vm.oom_kill_allocating_task took the victim without a selection. */
  readonly killedAllocating: boolean;
  /** memory.oom.group: the cgroup's other tasks die too. */
  readonly killedGroup: boolean;
  /** Pages: "N pages RAM", "N pages reserved"; null where the log is cut. */
  readonly ramPages: number | null;
  readonly reservedPages: number | null;
  /** kB. */
  readonly totalSwapKb: number | null;
  readonly freeSwapKb: number | null;
  /** kB, from "memory: usage …, limit …kB" and the lines beside it; null where they are not there. */
  readonly memcgLimitKb: number | null;
  readonly memcgSwapLimitKb: number | null;
  readonly memcgSwapUsageKb: number | null;
  /** Of version 1, memory and swap together. */
  readonly memcgMemswLimitKb: number | null;
  /** nodemask= of a mempolicy's, mems_allowed= of a cpuset's report: a list of nodes. */
  readonly nodemask: string | null;
  readonly memsAllowed: string | null;
  /** kB present in the zones of each node that the report shows. */
  readonly presentKb: ReadonlyMap<number, number>;
  /** A zone DMA32, which 64-bit kernels alone have. */
  readonly hasDma32: boolean;
  /** Bytes, from the free lists; null where they are cut. */
  readonly pageSize: number | null;
  readonly tasks: readonly OomTask[];
  /** Rows that cannot be read, cut or interleaved, and lines within the table that the log says are lost. */
  readonly brokenRows: number;
  /** The one that "oom-kill:" or the first "Killed process" names. */
  readonly chosen: { readonly pid: number; readonly name: string } | null;
  readonly killed: readonly KilledProcess[];
}

/**
 * "CPU: 6 UID: 0 PID: 422 Comm: kworker/6:1 Not tainted 6.12.117 #1", "Pid: 1, comm: x Not tainted 2.6.32 #1";
 * Red Hat's have dashes among the letters: "Tainted: G               ------------ T 3.10.0-693.el7.x86_64 #1".
 */
const STACK_HEAD =
  /(?:\bCPU: (\d{1,7}) (?:UID: \d{1,10} )?PID: (\d{1,10})|\bPid: (\d{1,10}),) [Cc]omm: (.{1,32}?) (?:Not tainted|Tainted:)[ A-Z-]{0,60} ?(\d\S{0,80}) /;
const TAINT_LIST = /\bTainted: ?(?:\[[A-Z]\]=\w+,? ?)+/;
export const TABLE_HEAD = /\[ *pid *\] +(uid +tgid +total_vm .*\bname)\s*$/;
const ROW = /\[ *(\d{1,10})\] +(-?\d{1,20}(?: +-?\d{1,20})* +(?:\S.*)?)$/;
const CONSTRAINT = /\boom-kill:constraint=([A-Z0-9_]{1,64})/;
const KILLED =
  /\b(?:Killed process|Kill process) (\d{1,10})(?:, UID \d{1,10},)? \((.{0,64}?)\)(?: total-vm|,? ?UID|, ?|:|$| score)/;
const TOTAL_VM = /\btotal-vm:(\d{1,15})kB/;
/** "Node 0 DMA32: 10*4kB (ME) 7*8kB …"; before NUMA was everywhere without the node. */
const FREE_LIST = /\b[A-Z]\w{2,9}: \d{1,12}\*(\d{1,4})kB /;
const ZONE = /\bNode (\d{1,4}) \w{1,16} free:\d+kB .*\bpresent:(\d{1,15})kB/;
const LIMIT = /\b(memory|memory\+swap|swap): usage (\d{1,16})kB, limit (\d{1,16})kB/;
/** Before 4.19 or so. */
const TASK_IN_MEMCG = /\bTask in .* killed as a result of limit of (.+)$/;

/** What the boot says, of all its reports. */
export interface BootFacts {
  release: string | null;
  nrCpuIds: number | null;
  online: number | null;
  saidAt: SaidAt;
}

/** A report while it is read. */
export type Draft = { -readonly [K in keyof OomReport]: OomReport[K] } & {
  tasks: OomTask[];
  killed: KilledProcess[];
  presentKb: Map<number, number>;
  columns: readonly string[] | null;
};

/** Columns where the header is cut away, by how many numbers stand behind the pid. */
const COLUMNS_WITHOUT_HEAD: Readonly<Record<number, string>> = {
  10: 'uid tgid total_vm rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
  8: 'uid tgid total_vm rss nr_ptes nr_pmds swapents oom_score_adj name',
  7: 'uid tgid total_vm rss pgtables_bytes swapents oom_score_adj name',
};

/** 3.8 to 4.0 count tables where 4.15 to 6.7 have their bytes. */
function columnsWithoutHead(numbers: number, release: string | null): readonly string[] | null {
  const text = COLUMNS_WITHOUT_HEAD[numbers];
  const { major = 5 } = parseRelease(release ?? '') ?? {};
  if (text === undefined) return null;
  return (major < 4 ? text.replace('pgtables_bytes', 'nr_ptes') : text).split(' ');
}

export const NOWHERE: SaidAt = {
  ...{ release: null, nrCpuIds: null, online: null, cpu: null, pageSize: null },
};

export function startReport(line: number, facts: BootFacts): Draft {
  const { release, nrCpuIds, online, saidAt } = facts;
  return {
    firstLine: line,
    lastLine: line,
    invokedBy: null,
    order: null,
    release,
    cpus: { nrCpuIds, online, atLeast: Math.max(1, online ?? 0) },
    saidAt,
    constraint: null,
    memcg: null,
    killedAllocating: false,
    killedGroup: false,
    ramPages: null,
    reservedPages: null,
    totalSwapKb: null,
    freeSwapKb: null,
    memcgLimitKb: null,
    memcgSwapLimitKb: null,
    memcgSwapUsageKb: null,
    memcgMemswLimitKb: null,
    nodemask: null,
    memsAllowed: null,
    presentKb: new Map(),
    hasDma32: false,
    pageSize: null,
    tasks: [],
    brokenRows: 0,
    chosen: null,
    killed: [],
    columns: null,
  };
}

/** More pages or bytes than any machine has, and few enough to be added up exactly. */
const MOST_SHOWN = 2 ** 50;

/** Whether dump_task() can have printed it: other numbers are those of another line, or damaged. */
function isPossible(column: string, value: number): boolean {
  if (column === 'oom_score_adj') return Math.abs(value) <= 1000;
  if (column === 'uid' || column === 'oom_adj') return Number.isSafeInteger(value);
  return value >= 0 && value <= MOST_SHOWN;
}

/** The name is what stands behind the last of so many numbers, blanks of its own and all. */
const NAME_BEHIND: readonly RegExp[] = Array.from(
  { length: 16 },
  (_, numbers) => new RegExp(`^ *(?:-?\\d+ +){${Math.max(0, numbers - 1)}}-?\\d+ (.*)$`),
);

/** A row by the header's columns; null where a column is missing or is no number. */
function readRow(pid: string, rest: string, columns: readonly string[]): OomTask | null {
  const numbers = columns.length - 1;
  const words = rest.trimStart().split(/ +/, numbers);
  if (words.length < numbers || words.some((word) => !/^-?\d{1,20}$/.test(word))) return null;
  const value = new Map(columns.slice(0, -1).map((column, i) => [column, Number(words[i])]));
  if ([...value].some(([column, number]) => !isPossible(column, number))) return null;
  // A task may call itself nothing (PR_SET_NAME): the blank before its name is there all the same.
  const name = NAME_BEHIND[numbers]?.exec(rest)?.[1]?.trimEnd();
  const [uid, tgid, totalVm, rss] = ['uid', 'tgid', 'total_vm', 'rss'].map((c) => value.get(c));
  if (name === undefined) return null;
  if (uid === undefined || tgid === undefined || totalVm === undefined || rss === undefined) {
    return null;
  }
  const [anon, file, shmem] = ['rss_anon', 'rss_file', 'rss_shmem'].map((c) => value.get(c));
  const tables = ['nr_ptes', 'nr_pmds', 'nr_puds'].flatMap((column) => value.get(column) ?? []);
  return {
    ...{ pid: Number(pid), uid, tgid, totalVm, rss },
    members:
      anon === undefined || file === undefined || shmem === undefined
        ? null
        : { anon, file, shmem },
    pageTableBytes: value.get('pgtables_bytes') ?? null,
    pageTables: tables.length === 0 ? null : tables.reduce((sum, count) => sum + count, 0),
    swapents: value.get('swapents') ?? 0,
    adj: value.get('oom_score_adj') ?? 0,
    name,
  };
}

export function readKilled(text: string): KilledProcess | null {
  const match = KILLED.exec(text);
  if (match === null) return null;
  const [, pid, name] = match as unknown as [string, string, string];
  return { pid: Number(pid), name, totalVmKb: numberOf(TOTAL_VM.exec(text)?.[1]) };
}

/** Fields of the line "oom-kill:constraint=…"; cgroup paths and names hold any character but the next key. */
function constraintFields(draft: Draft, text: string): void {
  draft.constraint = CONSTRAINT.exec(text)?.[1] ?? draft.constraint;
  draft.memcg = /,oom_memcg=(.*?),task_memcg=/.exec(text)?.[1] ?? draft.memcg;
  draft.nodemask = /,nodemask=([\d,-]+),cpuset=/.exec(text)?.[1] ?? null;
  draft.memsAllowed = /,mems_allowed=([\d,-]+)(?:,|$)/.exec(text)?.[1] ?? null;
  const chosen = /,task=(.*),pid=(\d{1,10}),uid=\d+/.exec(text);
  if (chosen !== null) draft.chosen = { name: chosen[1]!, pid: Number(chosen[2]) };
}

function stackHead(draft: Draft, text: string, line: number): void {
  const match = STACK_HEAD.exec(text.replace(TAINT_LIST, 'Not tainted'));
  if (match === null || draft.tasks.length > 0) return;
  const [, cpu, pid, oldPid, , release] = match;
  if (release !== undefined) {
    draft.release = release;
    draft.saidAt = { ...draft.saidAt, release: line };
  }
  const invoker = pid ?? oldPid;
  if (draft.invokedBy !== null && draft.invokedBy.pid === null && invoker !== undefined) {
    draft.invokedBy = { ...draft.invokedBy, pid: Number(invoker) };
  }
  if (cpu !== undefined) {
    const atLeast = Math.max(draft.cpus.atLeast, Number(cpu) + 1);
    draft.cpus = { ...draft.cpus, atLeast };
    const { cpu: before } = draft.saidAt;
    const isHigher = before === null || Number(cpu) > before.id;
    if (isHigher) draft.saidAt = { ...draft.saidAt, cpu: { id: Number(cpu), line } };
  }
}

function killedLine(draft: Draft, text: string): void {
  const killed = readKilled(text);
  if (killed === null) return;
  if (text.includes('(oom_kill_allocating_task)')) draft.killedAllocating = true;
  if (text.includes('Memory cgroup out of memory')) draft.constraint ??= 'CONSTRAINT_MEMCG';
  draft.chosen ??= { pid: killed.pid, name: killed.name };
  // Before 5.3 "Kill process" announces, and "Killed process" says it is done.
  if (text.includes('Kill process ')) return;
  draft.killed.push(killed);
}

function zoneLine(draft: Draft, text: string): boolean {
  const [, node, present] = ZONE.exec(text) ?? [];
  if (node === undefined) return false;
  draft.presentKb.set(Number(node), (draft.presentKb.get(Number(node)) ?? 0) + Number(present));
  return true;
}

function limitLine(draft: Draft, text: string): void {
  const [, what, usage, limit] = LIMIT.exec(text) ?? [];
  if (what === 'memory') draft.memcgLimitKb = Number(limit);
  if (what === 'swap') {
    draft.memcgSwapLimitKb = Number(limit);
    draft.memcgSwapUsageKb = Number(usage);
  }
  if (what === 'memory+swap') draft.memcgMemswLimitKb = Number(limit);
}

/** Digits that may not be there. */
export const numberOf = (digits: string | undefined) =>
  digits === undefined ? null : Number(digits);

/** Lines of a report by a word of theirs. */
const LINES: readonly (readonly [
  word: string,
  read: (draft: Draft, text: string, line: number) => void,
])[] = [
  ['oom-kill:constraint=', constraintFields],
  ['Kill process ', killedLine],
  ['Killed process ', killedLine],
  ['omm: ', stackHead],
  [
    ' pages RAM',
    (draft, text) => {
      draft.ramPages = numberOf(/(\d{1,15}) pages RAM/.exec(text)?.[1]);
    },
  ],
  [
    ' pages reserved',
    (draft, text) => {
      draft.reservedPages = numberOf(/(\d{1,15}) pages reserved/.exec(text)?.[1]);
    },
  ],
  [
    'Total swap = ',
    (draft, text) => {
      draft.totalSwapKb = numberOf(/Total swap = (\d{1,15})kB/.exec(text)?.[1]);
    },
  ],
  [
    'Free swap ',
    (draft, text) => {
      draft.freeSwapKb = numberOf(/Free swap {1,4}= (\d{1,15})kB/.exec(text)?.[1]);
    },
  ],
  [': usage ', limitLine],
  [
    ' killed as a result of limit of ',
    (draft, text) => {
      draft.memcg = TASK_IN_MEMCG.exec(text)?.[1] ?? draft.memcg;
      draft.constraint ??= 'CONSTRAINT_MEMCG';
    },
  ],
  [
    'are going to be killed due to memory.oom.group',
    (draft) => {
      draft.killedGroup = true;
    },
  ],
];

/** Words of what may follow the first kill. */
const AFTER_KILL = ['Killed process ', 'are going to be killed due to memory.oom.group'];

/** Of a console that is too slow; of journald, which reads /dev/kmsg too late. */
const LOST = /\*\* (\d{1,9}) printk messages dropped|\bMissed (\d{1,9}) kernel messages/;

/** A row, or its time stamp, of which no more than the first numbers are left. */
const CUT_ROW = /\[ {0,12}(?:\d{1,10}(?:\.\d{0,9}\]?|\](?: {1,12}-?\d{1,20})?)?)? {0,12}$/;

/** Lines within the table of which a line of the log says that they are lost. */
function lostRows({ columns, chosen }: Draft, text: string): number {
  if (columns === null || chosen !== null || !text.includes(' messages')) return 0;
  const [, dropped, missed] = LOST.exec(text) ?? [];
  return Number(dropped ?? missed ?? 0);
}

/** Whether a line within the table is a row that is cut before its second number. */
function isCutRow({ columns, chosen }: Draft, text: string): boolean {
  return columns !== null && chosen === null && CUT_ROW.test(text);
}

function rowLine(draft: Draft, pid: string, rest: string): boolean {
  const words = /^(?:-?\d+ +)+/.exec(`${rest} `)?.[0].trim().split(/ +/).length ?? 0;
  // A name may be a number too.
  const columns =
    draft.columns ??
    columnsWithoutHead(words, draft.release) ??
    columnsWithoutHead(words - 1, draft.release);
  const task = columns === null ? null : readRow(pid, rest, columns);
  // "message repeated": a pid has one row.
  if (task !== null && draft.tasks.at(-1)?.pid === task.pid) return true;
  if (task !== null) draft.tasks.push(task);
  else draft.brokenRows += draft.columns === null ? 0 : 1;
  return task !== null;
}

/** What one line, of that number, adds to an open report. @returns whether it is one of the report's lines. */
export function readLine(draft: Draft, text: string, number: number): boolean {
  // What show_mem() and others print after the kill is not the report's.
  const isOver = draft.killed.length > 0;
  if (isOver && !AFTER_KILL.some((word) => text.includes(word))) return false;
  draft.brokenRows += lostRows(draft, text);
  const row = text.includes('] ') ? ROW.exec(text) : null;
  if (row !== null) return rowLine(draft, row[1]!, row[2]!);
  if (isCutRow(draft, text)) {
    draft.brokenRows += 1;
    return true;
  }
  const head = text.includes('total_vm') ? TABLE_HEAD.exec(text)?.[1] : undefined;
  if (head !== undefined) {
    draft.columns = head.split(/ +/);
    return true;
  }
  const line = LINES.find(([word]) => text.includes(word));
  if (line !== undefined) {
    line[1](draft, text, number);
    return true;
  }
  if (text.includes(' DMA32')) draft.hasDma32 = true;
  if (text.includes(' present:')) return zoneLine(draft, text);
  const block = draft.pageSize === null && text.includes('kB ') ? FREE_LIST.exec(text) : null;
  if (block !== null) {
    draft.pageSize = Number(block[1]) * 1024;
    draft.saidAt = { ...draft.saidAt, pageSize: number };
  }
  return block !== null;
}
