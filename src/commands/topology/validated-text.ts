/** A line that says that a machine's description is sound, with its counts. */

import { formatCount } from '../../render/amounts.ts';
import type { TopologySummary } from './topology-summary.ts';

/** "8 CPUs online, nr_cpu_ids 8, 4 cores, …"; what is not described is not counted. */
export function validatedText(summary: TopologySummary): string {
  const { onlineCpus, possibleCpus, nrCpuIds, cores, packages, numaNodes } = summary;
  const counted = (count: number | null, what: string) =>
    count === null || count === 0 ? [] : [formatCount(count, what)];
  return [
    `${formatCount(onlineCpus, 'CPU')} online`,
    ...(possibleCpus === onlineCpus ? [] : [`${possibleCpus} possible`]),
    `nr_cpu_ids ${nrCpuIds}`,
    ...counted(cores, 'core'),
    ...counted(packages, 'package'),
    ...counted(numaNodes.length, 'NUMA node'),
  ].join(', ');
}
