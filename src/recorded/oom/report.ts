/**
 * Reads the OOM killer's reports out of a kernel's log, line by line: dump_header(), dump_tasks() and
 * oom_kill_process() of mm/oom_kill.c, as kernels from 2.6.36 on print them, with lines of other things
 * between. Figures are the log's own: pages where it prints pages, kB where it prints kB.
 */
import { logMessage } from './log-message.ts';

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
export interface KilledProcess {
  readonly pid: number;
  readonly name: string;
  readonly totalVmKb: number | null;
  readonly anonRssKb: number | null;
  readonly fileRssKb: number | null;
  readonly shmemRssKb: number | null;
}

/** The CPUs of the machine, as the log says them. */
export interface LoggedCpus {
  /** From boot lines; null where the log has none. */
  readonly nrCpuIds: number | null;
  readonly online: number | null;
  /** The highest CPU number that the log names, plus 1. */
  readonly atLeast: number;
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
  /** kB: "memory: usage …, limit …kB"; null where it prints no cgroup. */
  readonly memcgLimitKb: number | null;
  /** Bytes, from the free lists; null where they are cut. */
  readonly pageSize: number | null;
  readonly tasks: readonly OomTask[];
  /** Rows that look like the table's and cannot be read: cut or interleaved. */
  readonly brokenRows: number;
  /** The one that "oom-kill:" or the first "Killed process" names. */
  readonly chosen: { readonly pid: number; readonly name: string } | null;
  readonly killed: readonly KilledProcess[];
}

const INVOKED = /^(.{1,64}?) invoked oom-killer: (.*)$/;
const ORDER = /\border=(-?\d+)/;
/** "CPU: 6 UID: 0 PID: 422 Comm: kworker/6:1 Not tainted 6.12.117 #1", and "Pid: 1, comm: x Not tainted 2.6.32 #1". */
const STACK_HEAD =
  /(?:\bCPU: (\d{1,7}) (?:UID: \d{1,10} )?PID: (\d{1,10})|\bPid: (\d{1,10}),) [Cc]omm: (.{1,32}?) (?:Not tainted|Tainted:[ A-Z]{1,40}) ?(\d\S{0,80}) /;
const TAINT_LIST = /\bTainted: ?(?:\[[A-Z]\]=\w+,? ?)+/;
const TABLE_HEAD = /\[ *pid *\] +(uid +tgid +.*\bname)\s*$/;
const ROW = /\[ *(\d{1,10})\] +(-?\d{1,20}(?: +-?\d{1,20})* +\S.*)$/;
const CONSTRAINT = /\boom-kill:constraint=([A-Z0-9_]{1,64})/;
const KILLED =
  /\b(?:Killed process|Kill process) (\d{1,10})(?:, UID \d{1,10},)? \((.{0,64}?)\)(?: total-vm|,? ?UID|, ?|:|$| score)/;
const KIB_OF = (word: string) => new RegExp(`\\b${word}:(\\d{1,15})kB`);
const KILLED_AMOUNTS = {
  totalVmKb: KIB_OF('total-vm'),
  anonRssKb: KIB_OF('anon-rss'),
  fileRssKb: KIB_OF('file-rss'),
  shmemRssKb: KIB_OF('shmem-rss'),
} as const;
const FREE_LIST = /\bNode \d+ \S+: \d+\*(\d{1,4})kB /;
const MEMCG_LIMIT = /(?:^|\s)memory: usage \d+kB, limit (\d{1,20})kB/;

/** Boot lines that say how many CPUs there can be. */
const NR_CPU_IDS = /\bnr_cpu_ids[:=](\d{1,7})/;
const ALLOWING = /smpboot: Allowing (\d{1,7}) (?:present )?CPUs/;
/** "smp: Brought up 2 nodes, 64 CPUs", "Brought up 64 CPUs", "SMP: Total of 64 processors activated". */
const BROUGHT_UP =
  /(?:Brought up (?:\d+ nodes?, )?(\d{1,7}) CPUs|Total of (\d{1,7}) processors activated)/;
const LINUX_VERSION = /(?:^|\s)Linux version (\d\S{0,80}) /;

/** Words that one line in a million has: what is in none of them costs a look and no more. */
const BOOT_WORDS = [
  'Linux version ',
  'nr_cpu_ids',
  'smpboot: Allowing',
  'Brought up ',
  ' processors activated',
];

interface Facts {
  release: string | null;
  nrCpuIds: number | null;
  online: number | null;
}

type Draft = { -readonly [K in keyof OomReport]: OomReport[K] } & {
  tasks: OomTask[];
  killed: KilledProcess[];
  columns: readonly string[] | null;
};

/** Columns where the header is cut away, by how many numbers stand behind the pid. */
const COLUMNS_WITHOUT_HEAD: Readonly<Record<number, string>> = {
  10: 'uid tgid total_vm rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
  8: 'uid tgid total_vm rss nr_ptes nr_pmds swapents oom_score_adj name',
  7: 'uid tgid total_vm rss pgtables_bytes swapents oom_score_adj name',
};

function startReport(line: number, { release, nrCpuIds, online }: Facts): Draft {
  return {
    firstLine: line,
    lastLine: line,
    invokedBy: null,
    order: null,
    release,
    cpus: { nrCpuIds, online, atLeast: Math.max(1, online ?? 0) },
    constraint: null,
    memcg: null,
    killedAllocating: false,
    killedGroup: false,
    ramPages: null,
    reservedPages: null,
    totalSwapKb: null,
    memcgLimitKb: null,
    pageSize: null,
    tasks: [],
    brokenRows: 0,
    chosen: null,
    killed: [],
    columns: null,
  };
}

/** A row by the header's columns; null where a column is missing or is no number. */
function readRow(pid: string, rest: string, columns: readonly string[]): OomTask | null {
  const numbers = columns.length - 1;
  const words = rest.trimStart().split(/ +/, numbers);
  if (words.length < numbers || words.some((word) => !/^-?\d{1,20}$/.test(word))) return null;
  const value = new Map(columns.slice(0, -1).map((column, i) => [column, Number(words[i])]));
  // The name is what stands behind the last number, blanks of its own and all.
  const name = new RegExp(`^ *(?:-?\\d+ +){${numbers - 1}}-?\\d+ (.*)$`).exec(rest)?.[1];
  const [uid, tgid, totalVm, rss] = ['uid', 'tgid', 'total_vm', 'rss'].map((c) => value.get(c));
  if (name === undefined || name === '') return null;
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

function readKilled(text: string): KilledProcess | null {
  const match = KILLED.exec(text);
  if (match === null) return null;
  const amount = (pattern: RegExp) => {
    const digits = pattern.exec(text)?.[1];
    return digits === undefined ? null : Number(digits);
  };
  return {
    pid: Number(match[1]),
    name: match[2]!,
    totalVmKb: amount(KILLED_AMOUNTS.totalVmKb),
    anonRssKb: amount(KILLED_AMOUNTS.anonRssKb),
    fileRssKb: amount(KILLED_AMOUNTS.fileRssKb),
    shmemRssKb: amount(KILLED_AMOUNTS.shmemRssKb),
  };
}

const numberBefore = (text: string, words: string) =>
  new RegExp(`(\\d{1,15}) ${words}`).exec(text)?.[1];

/** Fields of the line "oom-kill:constraint=…"; cgroup paths and names hold any character but the next key. */
function constraintFields(draft: Draft, text: string): void {
  draft.constraint = CONSTRAINT.exec(text)?.[1] ?? draft.constraint;
  const memcg = /,oom_memcg=(.*?),task_memcg=/.exec(text)?.[1];
  if (memcg !== undefined) draft.memcg = memcg;
  const chosen = /,task=(.*),pid=(\d{1,10}),uid=\d+/.exec(text);
  if (chosen !== null) draft.chosen = { name: chosen[1]!, pid: Number(chosen[2]) };
}

function stackHead(draft: Draft, text: string): void {
  const match = STACK_HEAD.exec(text.replace(TAINT_LIST, 'Not tainted'));
  if (match === null || draft.tasks.length > 0) return;
  const [, cpu, pid, oldPid, , release] = match;
  if (release !== undefined) draft.release = release;
  const invoker = pid ?? oldPid;
  if (draft.invokedBy !== null && draft.invokedBy.pid === null && invoker !== undefined) {
    draft.invokedBy = { ...draft.invokedBy, pid: Number(invoker) };
  }
  if (cpu !== undefined) {
    const atLeast = Math.max(draft.cpus.atLeast, Number(cpu) + 1);
    draft.cpus = { ...draft.cpus, atLeast };
  }
}

function killedLine(draft: Draft, text: string): void {
  const killed = readKilled(text);
  if (killed === null) return;
  if (text.includes('(oom_kill_allocating_task)')) draft.killedAllocating = true;
  draft.chosen ??= { pid: killed.pid, name: killed.name };
  // Before 5.3 "Kill process" announces, and "Killed process" says it is done.
  if (text.includes('Kill process ')) return;
  draft.killed.push(killed);
}

/** What one line adds to an open report. @returns whether it is one of the report's lines. */
function readLine(draft: Draft, text: string): boolean {
  const row = ROW.exec(text);
  if (row !== null) {
    const [, pid, rest] = row as unknown as [string, string, string];
    const words = /^(?:-?\d+ +)+/.exec(`${rest} `)?.[0].trim().split(/ +/).length ?? 0;
    const columns = draft.columns ?? COLUMNS_WITHOUT_HEAD[words]?.split(' ');
    const task = columns === undefined ? null : readRow(pid, rest, columns);
    if (task !== null) draft.tasks.push(task);
    else draft.brokenRows += draft.columns === null ? 0 : 1;
    return task !== null;
  }
  const head = TABLE_HEAD.exec(text)?.[1];
  if (head !== undefined) {
    draft.columns = head.split(/ +/);
    return true;
  }
  if (text.includes('oom-kill:constraint=')) constraintFields(draft, text);
  else if (/\bKill(?:ed)? process \d/.test(text)) killedLine(draft, text);
  else if (text.includes('omm: ')) stackHead(draft, text);
  else if (text.includes(' pages RAM')) draft.ramPages = Number(numberBefore(text, 'pages RAM'));
  else if (/\d pages reserved/.test(text)) {
    draft.reservedPages = Number(numberBefore(text, 'pages reserved'));
  } else if (text.includes('Total swap = ')) {
    draft.totalSwapKb = Number(/Total swap = (\d{1,15})kB/.exec(text)?.[1] ?? 0);
  } else if (text.includes('memory: usage ')) {
    const limit = MEMCG_LIMIT.exec(text)?.[1];
    if (limit !== undefined) draft.memcgLimitKb = Number(limit);
  } else if (text.includes('are going to be killed due to memory.oom.group')) {
    draft.killedGroup = true;
  } else {
    const block = draft.pageSize === null ? FREE_LIST.exec(text)?.[1] : undefined;
    if (block === undefined) return false;
    draft.pageSize = Number(block) * 1024;
  }
  return true;
}

function bootLine(facts: Facts, text: string): void {
  const number = (pattern: RegExp) => {
    const match = pattern.exec(text);
    const digits = match?.[1] ?? match?.[2];
    return digits === undefined ? null : Number(digits);
  };
  const release = LINUX_VERSION.exec(text)?.[1];
  if (release !== undefined) {
    // Another boot: nothing of the one before holds.
    facts.release = release;
    facts.nrCpuIds = null;
    facts.online = null;
  }
  facts.nrCpuIds = number(NR_CPU_IDS) ?? number(ALLOWING) ?? facts.nrCpuIds;
  facts.online = number(BROUGHT_UP) ?? facts.online;
}

function finished({ columns: _, ...draft }: Draft): OomReport {
  return draft;
}

export interface OomReader {
  /** Takes the next line. @returns a report that it ends, or null. */
  readonly read: (line: string) => OomReport | null;
  /** The report that the log's end ends, or null. */
  readonly end: () => OomReport | null;
}

/** Lines without a word of the report behind a kill: then the next "Killed process" is another's. */
const LONGEST_SILENCE = 10_000;

/** Memory does not grow with the log: one report at a time. */
export function createOomReader(): OomReader {
  const facts: Facts = { release: null, nrCpuIds: null, online: null };
  let draft: Draft | null = null;
  let lines = 0;

  function close(): OomReport | null {
    const report = draft;
    draft = null;
    return report === null ||
      (report.tasks.length === 0 && report.killed.length === 0 && report.invokedBy === null)
      ? null
      : finished(report);
  }

  function read(line: string): OomReport | null {
    lines += 1;
    const isJson = line.includes('"MESSAGE"');
    const text = isJson ? logMessage(line) : line.trimEnd();
    if (text.includes(' invoked oom-killer: ')) {
      const match = INVOKED.exec(logMessage(text));
      const ended = close();
      draft = startReport(lines, facts);
      const order = ORDER.exec(match?.[2] ?? '')?.[1];
      draft.invokedBy = match === null ? null : { name: match[1]!, pid: null };
      draft.order = order === undefined ? null : Number(order);
      return ended;
    }
    let ended: OomReport | null = null;
    if (draft === null) {
      if (BOOT_WORDS.some((word) => text.includes(word))) bootLine(facts, text);
      // A log that begins amid a report, or whose lines above the table are lost.
      if (!TABLE_HEAD.test(text)) return null;
      draft = startReport(lines, facts);
    } else if (draft.killed.length > 0) {
      if (TABLE_HEAD.test(text)) {
        ended = close();
        draft = startReport(lines, facts);
      } else if (lines - draft.lastLine > LONGEST_SILENCE || LINUX_VERSION.test(text)) {
        ended = close();
        bootLine(facts, text);
        return ended;
      }
    }
    if (readLine(draft, text)) draft.lastLine = lines;
    return ended;
  }

  return { read, end: close };
}
