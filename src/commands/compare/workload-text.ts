/** A workload in words, every number in it. */

import { formatCount, formatPagesAndBytes, groupDigits } from '../../render/amounts.ts';
import { parseCpulist } from '../../topology/cpulist.ts';
import { DEFAULT_PAGE_SIZE, type PageSize } from '../../units.ts';
import type { Words } from '../../workload/parameter.ts';
import { type Policy, patternRecord, policyRecord } from '../../workload/registry.ts';
import type { ComparedTopology, ComparedWorkload, Replayed } from './result.ts';

/** A share of a million as a percentage. */
export function formatPercent(perMillion: number): string {
  return `${perMillion / 10_000}%`;
}

const words = (pageSize: PageSize): Words => ({
  count: formatCount,
  percent: formatPercent,
  pages: (pages) => formatPagesAndBytes(pages, pageSize),
});

/** A policy in words; none of them tells pages. */
export function policyText(policy: Policy): string {
  return policyRecord(policy).text(policy, words(DEFAULT_PAGE_SIZE));
}

function patternText({ pattern }: ComparedWorkload, { pageSize }: ComparedTopology): string {
  return patternRecord(pattern).text(pattern, words(pageSize));
}

/** The CPUs that threads are bound to, where those are not all. */
export function cpusText(
  { cpus }: Pick<ComparedWorkload, 'cpus'>,
  { onlineCpus }: Pick<ComparedTopology, 'onlineCpus'>,
): string[] {
  return parseCpulist(cpus).length === onlineCpus ? [] : [`on CPUs ${cpus}`];
}

export function workloadText(
  workload: ComparedWorkload,
  topology: ComparedTopology,
  operations: number,
): string {
  const { min, max } = workload.mappingPages;
  const parts = [
    formatCount(workload.threads, 'thread'),
    policyText(workload.policy),
    ...cpusText(workload, topology),
    patternText(workload, topology),
    min === max
      ? `${formatCount(max, 'page')} a mapping`
      : `${min} to ${formatCount(max, 'page')} a mapping`,
    ...(workload.hugePerMillion === 0
      ? []
      : [`${formatPercent(workload.hugePerMillion)} of them one huge page`]),
    formatCount(operations, 'operation'),
  ];
  return `${workload.preset}: ${parts.join(', ')}`;
}

/** Digits of a hash that tell machines apart at a glance; machine formats carry all of them. */
const SHORT_HASH = 12;

export function shortHash(sha256: string): string {
  return sha256.slice(0, SHORT_HASH);
}

export function recordingText({ recording, trace, operations }: Replayed): string {
  const { name, records, mm } = recording;
  const life = trace?.life ?? null;
  const parts = [
    formatCount(records, 'record'),
    ...(mm === null ? [] : [`process ${life === null ? mm : `${mm}#${life}`}`]),
    formatCount(operations, 'operation'),
  ];
  return `${name}: ${parts.join(', ')}`;
}

export function machineText(topology: ComparedTopology): string {
  const { sha256, onlineCpus, nrCpuIds, possibleCpus, numaNodes } = topology;
  const parts = [
    `${formatCount(onlineCpus, 'CPU')} online`,
    ...(possibleCpus === onlineCpus ? [] : [`${groupDigits(possibleCpus.toFixed(0))} possible`]),
    `nr_cpu_ids ${groupDigits(nrCpuIds.toFixed(0))}`,
    numaNodes === null ? 'NUMA nodes not described' : formatCount(numaNodes, 'NUMA node'),
    `sha256 ${shortHash(sha256)}`,
  ];
  return `${topology.name}: ${parts.join(', ')}`;
}
