/** A run as flat records, one a scheme, in pages and counts. */

import type { FlatRecord } from '../../render/csv.ts';
import type { ObservedErrors } from '../../replay/tally.ts';
import type { Parameters } from '../../workload/parameter.ts';
import { PATTERNS, POLICIES, type Policy } from '../../workload/registry.ts';
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
  const [firstColumns] = policyColumns(policy);
  return {
    preset: workload.preset,
    threads: workload.threads,
    policy: policy.name,
    ...firstColumns,
    cpus: workload.cpus,
    pattern: pattern.name,
    ...chosenColumns(PATTERNS, pattern),
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
    ...laterPolicyColumns(result),
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

/** A column for each parameter that any of the records has; empty where the chosen one has it not. */
function chosenColumns(
  records: readonly { readonly parameters: Parameters }[],
  values: Readonly<Record<string, string | number>>,
): FlatRecord {
  const parameters = records.flatMap((record) => Object.entries(record.parameters));
  return Object.fromEntries(parameters.map(([key, { column }]) => [column, values[key] ?? '']));
}

/** Columns of policies that came first stand beside the policy; those of later ones at the end. */
const FIRST_POLICY_COLUMNS = ['mean_run_operations', 'local_to', 'stay_per_million'];

function policyColumns(policy: Policy): [first: FlatRecord, later: FlatRecord] {
  const columns = Object.entries(chosenColumns(POLICIES, policy));
  const isFirst = ([name]: [string, unknown]) => FIRST_POLICY_COLUMNS.includes(name);
  return [
    Object.fromEntries(columns.filter(isFirst)),
    Object.fromEntries(columns.filter((column) => !isFirst(column))),
  ];
}

function laterPolicyColumns(result: RunResult): FlatRecord {
  return result.format === REPLAYED_FORMAT ? {} : policyColumns(result.workload.policy)[1];
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
