/** Many processes for machines: a flat record a scheme and quantity, and lines of JSON. */

import type { FlatRecord } from '../../render/csv.ts';
import type { ProcessErrors, ProcessesResult, ProcessesScheme, QuantityResult } from './result.ts';

export const PROCESSES_LINE_FORMAT = 'rss-err/processes-line@1';

/** An extreme of 0 was nobody's: those cells are empty. */
function errorColumns(reading: string, { under, over, mean, p50, p99 }: ProcessErrors): FlatRecord {
  return {
    [`${reading}_under_pages`]: under.pages,
    [`${reading}_under_process`]: under.process ?? '',
    [`${reading}_under_program`]: under.program ?? '',
    [`${reading}_under_at_operation`]: under.operation ?? '',
    [`${reading}_over_pages`]: over.pages,
    [`${reading}_over_process`]: over.process ?? '',
    [`${reading}_over_program`]: over.program ?? '',
    [`${reading}_over_at_operation`]: over.operation ?? '',
    [`${reading}_mean_pages`]: mean,
    [`${reading}_p50_pages`]: p50,
    [`${reading}_p99_pages`]: p99,
  };
}

function record(
  { format, program, topology, workload, seed, mms, operations, updates }: ProcessesResult,
  { name, exact, checkMm }: ProcessesScheme,
  { quantity, clamped, raw }: QuantityResult,
): FlatRecord {
  return {
    format,
    version: program.version,
    topology: topology.name,
    topology_sha256: topology.sha256,
    nr_cpu_ids: topology.nrCpuIds,
    online_cpus: topology.onlineCpus,
    page_size_bytes: topology.pageSize,
    preset: workload.preset,
    processes: workload.processes,
    servers: workload.servers,
    seed,
    mm_inits: mms.inits,
    mm_inits_failed: mms.failed,
    most_mms_at_once: mms.mostAtOnce,
    operations,
    updates,
    scheme: name,
    quantity,
    exact_under_pages: exact.under,
    exact_over_pages: exact.over,
    mms_checked: checkMm.checked,
    mms_bad: checkMm.bad,
    ...errorColumns('clamped', clamped),
    ...errorColumns('raw', raw),
  };
}

export function processesRecords(result: ProcessesResult): FlatRecord[] {
  return result.schemes.flatMap((scheme) =>
    scheme.errors.map((errors) => record(result, scheme, errors)),
  );
}

export function processesLines({ format: _whole, schemes, ...run }: ProcessesResult): object[] {
  const format = PROCESSES_LINE_FORMAT;
  return [
    { format, type: 'run', ...run },
    ...schemes.map((scheme) => ({ format, type: 'scheme', ...scheme })),
  ];
}
