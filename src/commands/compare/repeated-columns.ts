/** Several runs of one comparison as flat records and lines of JSON. */

import type { FlatRecord } from '../../render/csv.ts';
import { FIGURES, type Figure, type Repeated, type RepeatedScheme } from './repeat.ts';
import type { Reading } from './result.ts';

export const REPEATED_LINE_FORMAT = 'rss-err/compare-runs-line@1';

function record(
  result: Repeated,
  row: RepeatedScheme,
  reading: Reading,
  figure: Figure,
): FlatRecord {
  const { topology, workload } = result;
  const { mean, halfWidth95, min, max } = row.observed[reading][figure];
  return {
    format: result.format,
    version: result.program.version,
    topology: topology.name,
    topology_sha256: topology.sha256,
    online_cpus: topology.onlineCpus,
    page_size_bytes: topology.pageSize,
    preset: workload.preset,
    seed: result.seed,
    runs: result.runs.length,
    operations: result.operations,
    scheme: row.name,
    stated_under_pages: row.stated.under,
    stated_over_pages: row.stated.over,
    exact_under_pages: row.exact?.under ?? '',
    exact_over_pages: row.exact?.over ?? '',
    reading,
    figure,
    mean_pages: mean,
    half_width_95_pages: halfWidth95,
    min_pages: min,
    max_pages: max,
    stationary_runs: row.stationaryRuns,
    burn_in_operations: row.burnInOperations ?? '',
  };
}

export function repeatedRecords(result: Repeated): FlatRecord[] {
  return result.schemes.flatMap((row) =>
    (['clamped', 'raw'] as const).flatMap((reading) =>
      FIGURES.map((figure) => record(result, row, reading, figure)),
    ),
  );
}

export function repeatedLines({ format: _, schemes, runs, ...common }: Repeated): object[] {
  const line = (type: string, fields: object) => ({
    format: REPEATED_LINE_FORMAT,
    type,
    ...fields,
  });
  return [
    line('runs', { ...common, runs: runs.length }),
    ...schemes.map((row) => line('scheme', row)),
    ...runs.map((run) => line('run', run)),
  ];
}
