/** Bounds as flat records, one for each machine size and scheme, in pages, bytes and counts. */

import type { FlatRecord } from '../../render/csv.ts';
import type { WorstCase } from '../../schemes/bound.ts';
import type { BoundResult, BoundRow, ExactBound, MemberAndRss, SchemeBounds } from './result.ts';
import { pageSizeOf } from './view.ts';

/** What has no bound, or was not asked for, is an empty cell. */
function sideColumns(name: string, bound: WorstCase | null): FlatRecord {
  return { [`${name}_under_pages`]: bound?.under ?? '', [`${name}_over_pages`]: bound?.over ?? '' };
}

function boundColumns(name: string, bound: MemberAndRss | null): FlatRecord {
  return {
    ...sideColumns(name, bound?.member ?? null),
    ...sideColumns(`${name}_rss`, bound?.rss ?? null),
  };
}

function exactColumns(name: string, bound: ExactBound | null): FlatRecord {
  return {
    ...boundColumns(name, bound),
    [`${name}_reached_by`]: bound?.reachedBy.count ?? '',
    [`${name}_reached_by_what`]: bound?.reachedBy.of ?? '',
  };
}

/** Columns are only ever added, at the end: docs/commands/bound.md describes each. */
function record(result: BoundResult, row: BoundRow, scheme: SchemeBounds): FlatRecord {
  const { topology, inFlight } = result;
  const { memory } = scheme;
  return {
    format: result.format,
    version: result.program.version,
    topology: topology?.name ?? '',
    topology_sha256: topology?.sha256 ?? '',
    cpus: row.cpus,
    nr_cpu_ids: row.nrCpuIds,
    numa_nodes: row.numaNodes ?? '',
    page_size_bytes: pageSizeOf(result),
    threads: result.threads,
    updates_in_flight: inFlight.updates,
    pages_an_update: inFlight.pages,
    size_pages: result.sizePages ?? '',
    used_cpus: result.used?.count ?? '',
    scheme: scheme.name,
    levels: scheme.levels ?? '',
    ...boundColumns('stated', scheme.stated),
    ...exactColumns('exact', scheme.exact),
    ...exactColumns('used', scheme.used),
    ...boundColumns('running', scheme.inFlight.running),
    ...boundColumns('stalled', scheme.inFlight.stalled),
    ...boundColumns('burst', scheme.inFlight.burst),
    ...boundColumns('seen', scheme.seen),
    mm_struct_bytes: memory.mmStruct,
    per_cpu_bytes: memory.perCpu,
    tree_items_bytes: memory.items,
    task_structs_bytes: memory.threads,
    total_bytes: memory.total,
  };
}

export function boundRecords(result: BoundResult): FlatRecord[] {
  return result.rows.flatMap((row) => row.schemes.map((scheme) => record(result, row, scheme)));
}
