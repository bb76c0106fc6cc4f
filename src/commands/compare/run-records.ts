/** A run as flat records, one a scheme, in pages and counts. */

import type { FlatRecord } from '../../render/csv.ts';
import type { ObservedErrors } from '../../replay/tally.ts';
import { costColumns } from './cost-records.ts';
import { type ComparedScheme, REPLAYED_FORMAT, type RunResult } from './result.ts';

/** What made the updates: columns of `compare`, and of `replay`. */
function originColumns(result: RunResult): FlatRecord {
  if (result.format === REPLAYED_FORMAT) {
    const { name, records, mm } = result.recording;
    return { recording: name, records, mm: mm ?? '' };
  }
  const { workload, seed } = result;
  const { policy, pattern, mappingPages } = workload;
  return {
    preset: workload.preset,
    threads: workload.threads,
    policy: policy.name,
    mean_run_operations: 'meanRun' in policy ? policy.meanRun : '',
    local_to: policy.name === 'local' ? policy.scope : '',
    stay_per_million: policy.name === 'local' ? policy.stayPerMillion : '',
    cpus: workload.cpus,
    pattern: pattern.name,
    slots: pattern.name === 'slots' ? pattern.slots : '',
    target_pages: 'targetPages' in pattern ? pattern.targetPages : '',
    mapping_min_pages: mappingPages.min,
    mapping_max_pages: mappingPages.max,
    huge_per_million: workload.hugePerMillion,
    seed,
  };
}

/** Columns are only ever added, at the end: docs/formats.md describes each. */
function record(result: RunResult, scheme: ComparedScheme): FlatRecord {
  const { topology } = result;
  return {
    format: result.format,
    version: result.program.version,
    topology: topology.name,
    topology_sha256: topology.sha256,
    nr_cpu_ids: topology.nrCpuIds,
    possible_cpus: topology.possibleCpus,
    online_cpus: topology.onlineCpus,
    numa_nodes: topology.numaNodes ?? '',
    page_size_bytes: topology.pageSize,
    ...originColumns(result),
    operations: result.operations,
    updates: result.updates,
    used_cpus: result.used.cpus,
    used_threads: result.used.threads,
    scheme: scheme.name,
    stated_under_pages: scheme.stated.under,
    stated_over_pages: scheme.stated.over,
    exact_under_pages: scheme.exact?.under ?? '',
    exact_over_pages: scheme.exact?.over ?? '',
    exact_used_under_pages: scheme.exactUsed?.under ?? '',
    exact_used_over_pages: scheme.exactUsed?.over ?? '',
    ...observedColumns('clamped', scheme.observed.clamped),
    ...observedColumns('raw', scheme.observed.raw),
    ...schedulerColumns(result),
    ...burnInColumn(result, scheme),
    ...traceColumns(result),
    ...costColumns(result, scheme.cost),
  };
}

function burnInColumn(result: RunResult, { burnInOperations }: ComparedScheme): FlatRecord {
  return result.format === REPLAYED_FORMAT ? {} : { burn_in_operations: burnInOperations ?? '' };
}

/** Of a kernel's trace; empty for recorded updates. */
function traceColumns(result: RunResult): FlatRecord {
  if (result.format !== REPLAYED_FORMAT) return {};
  const { trace } = result;
  return {
    trace: trace?.form ?? '',
    size_is: trace?.sizeIs ?? '',
    processes: trace?.processesReplayed ?? '',
    zero_deltas: trace?.zeroDeltas ?? '',
    losses: trace?.losses.count ?? '',
    pages_unseen: trace?.pagesUnseen ?? '',
  };
}

/** Numbers of the policies that sketch a scheduler; empty for others. */
function schedulerColumns(result: RunResult): FlatRecord {
  if (result.format === REPLAYED_FORMAT) return {};
  const { policy } = result.workload;
  return {
    busy_per_million: 'busyPerMillion' in policy ? policy.busyPerMillion : '',
    balance_every_operations: policy.name === 'load-balance' ? policy.every : '',
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

export function runRecords(result: RunResult): FlatRecord[] {
  return result.schemes.map((scheme) => record(result, scheme));
}
