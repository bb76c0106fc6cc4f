/** A replay against real kernels as flat records and lines of JSON. */

import type { FlatRecord } from '../../../render/csv.ts';
import type { Against, Difference, JudgedRun } from './judged.ts';

export const AGAINST_LINE_FORMAT = 'rss-err/against-line@1';

function difference(prefix: string, first: Difference | null): FlatRecord {
  return {
    [`${prefix}_first_step`]: first?.step ?? '',
    [`${prefix}_first_field`]: first?.field ?? '',
    [`${prefix}_first_predicted`]: first?.predicted ?? '',
    [`${prefix}_first_recorded`]: first?.recorded ?? '',
  };
}

function recordOf({ format, program }: Against, run: JudgedRun): FlatRecord {
  const { readings, raw, recordedError } = run;
  return {
    format,
    version: program.version,
    run: run.name,
    kernel: run.kernel,
    release: run.release,
    mode: run.mode,
    scheme: run.scheme,
    cpus: run.cpus,
    threads: run.threads,
    page_size_bytes: run.pageSize,
    member: run.member,
    events: run.events,
    readings: readings.compared,
    readings_differ: readings.differ,
    residual_min_pages: readings.residual.min,
    residual_p50_pages: readings.residual.p50,
    residual_p99_pages: readings.residual.p99,
    residual_max_pages: readings.residual.max,
    ...difference('readings', readings.first),
    snapshots: raw.snapshots,
    raw_values: raw.compared,
    raw_differ: raw.differ,
    ...difference('raw', raw.first),
    recorded_under_pages: recordedError.under,
    recorded_over_pages: recordedError.over,
  };
}

export function againstRecords(result: Against): FlatRecord[] {
  return result.runs.map((run) => recordOf(result, run));
}

export function againstLines({ format: _format, runs, ...whole }: Against): object[] {
  return [
    { format: AGAINST_LINE_FORMAT, type: 'verdict', ...whole },
    ...runs.map((run) => ({ format: AGAINST_LINE_FORMAT, type: 'run', ...run })),
  ];
}
