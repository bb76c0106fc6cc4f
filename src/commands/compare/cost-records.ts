/** What a scheme's updates have cost as columns of a flat record. */

import type { FlatRecord } from '../../render/csv.ts';
import { DISTANCES, type Distance } from '../../schemes/cost.ts';
import type { LineTransfers, SchemeCost } from './cost-result.ts';
import type { RunResult } from './result.ts';

/** sameCpu → same_cpu */
const COLUMN_OF: Record<Distance, string> = {
  unknown: 'unknown',
  sameCpu: 'same_cpu',
  sameCore: 'same_core',
  sameCache: 'same_cache',
  sameNode: 'same_node',
  remoteNode: 'remote_node',
};

/** The shared lines of all schemes of a run, each once: every record has the same columns. */
function lineNames({ schemes }: RunResult): string[] {
  return [...new Set(schemes.flatMap(({ cost }) => cost?.shared ?? []).map(({ name }) => name))];
}

function transferColumns(prefix: string, lineTransfers: readonly LineTransfers[]): FlatRecord {
  return Object.fromEntries(
    DISTANCES.map((distance) => {
      const counts = lineTransfers.map(({ travel }) => travel[distance]);
      const told = counts.every((count) => count !== null);
      const sum = counts.reduce<number>((total, count) => total + (count ?? 0), 0);
      return [`${prefix}_${COLUMN_OF[distance]}`, told && counts.length > 0 ? sum : ''];
    }),
  );
}

function touchColumns(names: readonly string[], { shared }: SchemeCost): FlatRecord {
  return Object.fromEntries(
    names.map((name) => [
      `cost_touches_${name.replaceAll(' ', '_')}`,
      shared.filter((line) => line.name === name).map(({ atomics, locks }) => atomics + locks)[0] ??
        '',
    ]),
  );
}

/** None where the run was not asked for costs; an empty cell has no value. */
export function costColumns(result: RunResult, scheme: SchemeCost | undefined): FlatRecord {
  const { cost } = result;
  if (cost === undefined || scheme === undefined) return {};
  const { own, shared, total, process: setup, modelledNanoseconds } = scheme;
  return {
    cost_adds: cost.adds,
    cost_plain: total.plain,
    cost_atomics: total.atomics,
    cost_locks: total.locks,
    cost_moved: total.moved,
    ...transferColumns('cost_own', own === null ? [] : [own]),
    ...transferColumns('cost_shared', shared),
    cost_processes: cost.processes,
    process_threads: cost.threads,
    process_bytes: setup.bytes.total,
    process_cache_lines: setup.cacheLines,
    process_per_cpu_allocations: setup.allocations.perCpu,
    process_slab_allocations: setup.allocations.slab,
    precise_sum_reads: setup.preciseSum?.reads ?? '',
    precise_sum_locks: setup.preciseSum?.locks ?? '',
    modelled_ns: modelledNanoseconds?.updates ?? '',
    modelled_ns_per_process: modelledNanoseconds?.perProcess ?? '',
    ...touchColumns(lineNames(result), scheme),
  };
}
