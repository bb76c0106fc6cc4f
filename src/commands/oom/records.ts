/** The rows of `rss-err oom --format csv` and its lines of JSON: a row a task, a line a report. */
import type { FlatRecord } from '../../render/csv.ts';
import { type JudgedReport, type JudgedRow, OOM_LINE_FORMAT } from './result.ts';

const cell = (value: number | string | null) => value ?? '';

function taskCells(row: JudgedRow): FlatRecord {
  return {
    pid: row.pid,
    tgid: row.tgid,
    uid: row.uid,
    name: row.name,
    oom_score_adj: row.oomScoreAdj,
    total_vm_pages: row.totalVm,
    page_tables_pages: row.pageTables,
    rss_pages: row.rss,
    rss_anon_pages: cell(row.members?.anon ?? null),
    rss_file_pages: cell(row.members?.file ?? null),
    rss_shmem_pages: cell(row.members?.shmem ?? null),
    swap_pages: row.swap,
    threads: cell(row.threads),
    points: cell(row.points),
    resident_low_pages: row.resident.low,
    resident_high_pages: row.resident.high,
    true_points_low: cell(row.truePoints?.low ?? null),
    true_points_high: cell(row.truePoints?.high ?? null),
    role: row.role,
    overlap: cell(row.overlap),
  };
}

/** A row a task. */
export function oomRecords(report: JudgedReport): FlatRecord[] {
  const common = {
    report: report.report,
    first_line: report.lines.first,
    verdict: report.verdict,
    kernel: cell(report.kernel.release),
    scheme: report.scheme,
    sums: report.sums,
    cpus_from: report.cpus.from,
    cpus_to: report.cpus.to,
    uncertain_from_cpus: cell(report.uncertainFrom.cpus),
    uncertain_from_threads: cell(report.uncertainFrom.threads),
    page_size_bytes: report.pageSize.bytes,
  };
  return report.tasks.map((row) => ({ ...common, ...taskCells(row) }));
}

export function oomLine(report: JudgedReport, version: string, log: string): object {
  return { format: OOM_LINE_FORMAT, type: 'report', program: { version }, log, ...report };
}
