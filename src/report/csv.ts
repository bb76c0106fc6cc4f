/** A comparison as CSV and TSV: a header and one row a scheme, in pages and counts. */
import { stringify } from 'csv-stringify/sync';
import type { ObservedErrors } from '../replay/tally.ts';
import type { ComparedScheme, Comparison } from '../study/comparison.ts';

/** Columns are only ever added, at the end: docs/formats.md describes each. */
function record(comparison: Comparison, scheme: ComparedScheme): Record<string, string | number> {
  const { topology, workload } = comparison;
  return {
    format: comparison.format,
    version: comparison.program.version,
    topology: topology.name,
    topology_sha256: topology.sha256,
    nr_cpu_ids: topology.nrCpuIds,
    online_cpus: topology.onlineCpus,
    numa_nodes: topology.numaNodes,
    page_size_bytes: topology.pageSize,
    preset: workload.preset,
    policy: workload.policy.name,
    pattern: workload.pattern.name,
    threads: workload.threads,
    seed: comparison.seed,
    operations: comparison.operations,
    updates: comparison.updates,
    used_cpus: comparison.used.cpus,
    used_threads: comparison.used.threads,
    scheme: scheme.name,
    stated_under_pages: scheme.stated.under,
    stated_over_pages: scheme.stated.over,
    exact_under_pages: scheme.exact.under,
    exact_over_pages: scheme.exact.over,
    exact_used_under_pages: scheme.exactUsed.under,
    exact_used_over_pages: scheme.exactUsed.over,
    ...observedColumns('clamped', scheme.observed.clamped),
    ...observedColumns('raw', scheme.observed.raw),
  };
}

/** An extreme of 0 was reached in no operation: that cell is empty. */
function observedColumns(reading: string, observed: ObservedErrors) {
  return {
    [`${reading}_under_pages`]: observed.under,
    [`${reading}_over_pages`]: observed.over,
    [`${reading}_mean_pages`]: observed.mean,
    [`${reading}_p50_pages`]: observed.p50,
    [`${reading}_p99_pages`]: observed.p99,
    [`${reading}_under_at_operation`]: observed.underAtOperation ?? '',
    [`${reading}_over_at_operation`]: observed.overAtOperation ?? '',
  };
}

function renderDelimited(comparison: Comparison, delimiter: string): string {
  const records = comparison.schemes.map((scheme) => record(comparison, scheme));
  return stringify(records, { header: true, delimiter, record_delimiter: 'unix' });
}

/** RFC 4180 with LF. */
export function renderCsv(comparison: Comparison): string {
  return renderDelimited(comparison, ',');
}

export function renderTsv(comparison: Comparison): string {
  return renderDelimited(comparison, '\t');
}
