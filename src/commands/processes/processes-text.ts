/** A workload of many processes in words, every number in it, and what became of its mms. */

import {
  formatBytes,
  formatCount,
  formatNumber,
  formatPagesAndBytes,
} from '../../render/amounts.ts';
import { pagesToBytes } from '../../units.ts';
import { listed } from '../compare/findings-text.ts';
import { cpusText, formatPercent, policyText } from '../compare/workload-text.ts';
import type { ProcessesResult } from './result.ts';

function jobsText({ workload, topology }: ProcessesResult): string[] {
  const { processes, jobs, jobPages } = workload;
  if (processes === 0) return [];
  const bytes = (pages: number) => formatBytes(pagesToBytes(pages, topology.pageSize));
  return [
    `${formatCount(processes, 'short-lived process').replace(/processs$/, 'processes')}`,
    `up to ${formatNumber(Math.min(jobs, processes))} at once`,
    `each touching ${bytes(jobPages.min)} to ${bytes(jobPages.max)} of heap`,
  ];
}

function serversText({ workload, topology }: ProcessesResult): string[] {
  const { servers, threads, operations, serverPages, reclaimPerMillion } = workload;
  if (servers === 0) return [];
  return [
    `${formatCount(servers, 'server')} of ${formatCount(threads, 'thread')} and ${formatCount(operations, 'operation')} each`,
    `steady at ${formatPagesAndBytes(serverPages, topology.pageSize)}`,
    `pages reclaimed before ${formatPercent(reclaimPerMillion)} of the operations`,
  ];
}

export function processWorkloadText(result: ProcessesResult): string {
  const { workload, topology } = result;
  const { min, max } = workload.mappingPages;
  const parts = [
    ...jobsText(result),
    ...serversText(result),
    policyText(workload.policy),
    ...cpusText(workload, topology),
    `${formatNumber(min)} to ${formatCount(max, 'page')} a mapping`,
    ...(workload.hugePerMillion === 0
      ? []
      : [`${formatPercent(workload.hugePerMillion)} of them one huge page`]),
    ...(workload.failPerMillion === 0
      ? []
      : [`${formatPercent(workload.failPerMillion)} of forks fail`]),
  ];
  return `${workload.preset}: ${parts.join(', ')}`;
}

/** How many mms there were; a child is its parent's program until it execs. */
export function mmsText({ mms, schemes, operations }: ProcessesResult): string {
  const ended = schemes[0]?.largestOfMm ?? [];
  const programs = ended.map((of) => `${formatNumber(of.mms)} of ${of.program}`);
  const parts = [
    `${formatCount(mms.inits, 'call')} of mm_init (forks and execs)`,
    ...(mms.failed === 0 ? [] : [`${formatNumber(mms.failed)} failed`]),
    `ended ${listed(programs)}`,
    `${formatNumber(mms.mostAtOnce)} at most at once`,
    formatCount(operations, 'operation'),
  ];
  return parts.join(', ');
}

/** What check_mm() and the frees said. A run in which either finds fault has no report. */
export function endNotes({ mms, schemes }: ProcessesResult): string[] {
  const [first] = schemes;
  const rolledBack = schemes
    .map(({ name, allocations }) => `${name} ${formatNumber(allocations.rolledBack)}`)
    .join(', ');
  return [
    `check_mm: the precise sums of all ${formatNumber(first?.checkMm.checked ?? 0)} mms that ended were 0, of every member, under every scheme`,
    ...(mms.failed === 0 ? [] : [`allocations rolled back where mm_init failed: ${rolledBack}`]),
  ];
}
