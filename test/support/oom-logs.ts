/** OOM reports as logs hold them: rows, reports and what loggers put before each line. */
import { createOomReader } from '../../src/recorded/oom/reader.ts';
import type { OomReport } from '../../src/recorded/oom/report.ts';

export function reportsOf(text: string): OomReport[] {
  const reader = createOomReader();
  const found = text.split('\n').flatMap((line) => reader.read(line) ?? []);
  return [...found, ...[reader.end() ?? []].flat()];
}

export interface LoggedTask {
  readonly pid: number;
  readonly tgid?: number;
  readonly uid?: number;
  readonly name: string;
  readonly totalVm?: number;
  readonly anon: number;
  readonly file?: number;
  readonly shmem?: number;
  readonly tableBytes?: number;
  readonly swap?: number;
  readonly adj?: number;
}

export interface LoggedEvent {
  readonly release?: string;
  readonly tasks: readonly LoggedTask[];
  /** pid of the task that the kernel names. */
  readonly victim: number;
  readonly between?: readonly string[];
}

/** A report as 6.8 and later print it; 500,000 pages of RAM, no swap. */
export function logged({ release = '6.12.1', tasks, victim, between = [] }: LoggedEvent): string {
  const chosen = tasks.find(({ pid, tgid = pid }) => pid === victim || tgid === victim)!;
  const rows = tasks.map((task) => {
    const { pid, tgid = pid, uid = 1, name, anon, file = 0, shmem = 0 } = task;
    const { totalVm = 1_000_000, tableBytes = 8_192_000, swap = 0, adj = 0 } = task;
    return `[${`${pid}`.padStart(7)}] ${uid} ${tgid} ${totalVm} ${anon + file + shmem} ${anon} ${file} ${shmem} ${tableBytes} ${swap}         ${adj} ${name}`;
  });
  return [
    'eater invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=0',
    `CPU: 1 UID: 0 PID: 7 Comm: eater Not tainted ${release} #1`,
    'Node 0 DMA32: 1*4kB (U) 0*8kB = 4kB',
    'Total swap = 0kB',
    '500000 pages RAM',
    '0 pages reserved',
    'Tasks state (memory values in pages):',
    '[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem pgtables_bytes swapents oom_score_adj name',
    ...rows,
    ...between,
    `oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/,task=${chosen.name},pid=${victim},uid=0`,
    `Out of memory: Killed process ${chosen.pid} (${chosen.name}) total-vm:${4 * (chosen.totalVm ?? 1_000_000)}kB, anon-rss:1kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:1kB oom_score_adj:0`,
    '',
  ].join('\n');
}
