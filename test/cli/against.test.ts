/** `rss-err replay --against` as a user runs it: verdicts, rows, formats and faults. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import {
  againstReading,
  againstResult,
  type JudgedRun,
} from '../../src/commands/replay/against/result.ts';
import { lineSchemaOf } from '../../src/render/result.ts';
import { kernelPath, kernelText, readKernel, recordedKernels } from '../golden/recorded-kernels.ts';
import { runCli } from '../support/cli.ts';
import { answerTo, type Fault, refusal } from '../support/refusal.ts';
import { temporaryFolder } from '../support/shell.ts';

const all = recordedKernels.map(kernelPath);
const small = '6.1-cpus-8-threads-1-thp.json';
const readings = recordedKernels.reduce((sum, name) => sum + readKernel(name).samples.length, 0);

const replayAgainst = (files: readonly string[], ...options: string[]) =>
  runCli(['replay', '--against', ...files, ...options]);

/** The small run with one reading, one raw value and its constant changed: three lies. */
function changedRun(): string {
  const run = JSON.parse(kernelText(small));
  run.samples[3].approx_pages += 7;
  run.raw_counter_snapshots[1].anon_count -= 2;
  run.task_rss_events_thresh = 63;
  return JSON.stringify(run);
}

describe('replay --against', () => {
  it('finds every recorded reading exact', async () => {
    const { stdout, stderr, code } = await replayAgainst(all, '--format', 'json');
    expect(code).toBe(0);
    // What the recorder did not write is assumed, and said.
    const silent = all.filter((file) => /6\.12-.*-(hop|advup|advdown)/.test(file));
    expect(silent.length).toBe(3);
    const remark = 'the first snapshot does not tell what CPUs hold of shmem: taken for 0';
    expect(stderr).toBe(silent.map((file) => `rss-err: note: ${file}: ${remark}\n`).join(''));
    const result = againstResult.parse(JSON.parse(stdout));
    expect(result.total).toMatchObject({ runs: all.length, readings, readingsDiffer: 0 });
    expect(result).toMatchObject({ agrees: true, total: { rawDiffer: 0 } });
    expect(result.runs.map(({ name }) => name)).toEqual(recordedKernels);
  });

  it('says so in 72 columns', async () => {
    const { stdout } = await runCli(
      ['replay', '--format', 'ascii', '--against', ...recordedKernels],
      { cwd: new URL('../golden/kernels', import.meta.url).pathname },
    );
    expect(stdout).toContain(`EXACT: all ${readings.toLocaleString('en')} readings`);
    expect(stdout.split('\n').filter((line) => line.length > 72)).toEqual([]);
  });

  it('prints each reading beside the recorded one', async () => {
    for (const format of ['csv', 'ndjson']) {
      const { stdout, code } = await replayAgainst(all, '--readings', '--format', format);
      const rows: Record<string, unknown>[] =
        format === 'csv'
          ? parseCsv(stdout, {
              columns: true,
              cast: (text) => (/^-?\d+$/.test(text) ? +text : text),
            })
          : stdout
              .trimEnd()
              .split('\n')
              .map((line) => JSON.parse(line));
      const recorded = recordedKernels.flatMap((run) =>
        readKernel(run).samples.map(({ step, approx_pages, precise_pages }) => ({
          ...{ run, step, precise: precise_pages, recorded: approx_pages },
          ...{ predicted: approx_pages, residual: 0 },
        })),
      );
      const head = format === 'csv' ? {} : { format: 'rss-err/against-readings@1' };
      expect(rows).toEqual(recorded.map((row) => ({ ...head, ...row })));
      if (format === 'ndjson') expect(againstReading.safeParse(rows[0]).success).toBe(true);
      expect(code).toBe(0);
    }
  });

  it('gives lines that conform, and a table that says the same', async () => {
    const ndjson = await replayAgainst(all, '--format', 'ndjson');
    const lines = ndjson.stdout.trimEnd().split('\n');
    const parsed = lines.map(
      (line) =>
        lineSchemaOf(againstResult)!.parse(JSON.parse(line)) as JudgedRun & { type: string },
    );
    expect(parsed).toHaveLength(all.length + 1);
    const csv = await replayAgainst(all, '--format', 'csv');
    const rows: Record<string, string>[] = parseCsv(csv.stdout, { columns: true });
    const runs = parsed.flatMap((line) => (line.type === 'run' ? [line] : []));
    expect(
      rows.map((row) => [row.run, row.readings, row.raw_values, row.recorded_under_pages]),
    ).toEqual(
      runs.map((run) => [
        ...[run.name, `${run.readings.compared}`, `${run.raw.compared}`],
        `${run.recordedError.under}`,
      ]),
    );
  });

  it('tells what differs, where it begins, and exits with 1', async () => {
    const cwd = temporaryFolder({ 'changed.json': changedRun(), [small]: kernelText(small) });
    const run = ['replay', '--against', small, 'changed.json'];
    const { stdout, stderr, code } = await runCli(run, { cwd });
    expect(code).toBe(1);
    expect(stderr).toBe("rss-err: 1 of 20 readings and 2 of 110 raw values are not the model's\n");
    const text = stdout.replaceAll(/\n +/g, ' ');
    expect(text).toContain('NOT EXACT: 1 of 20 readings and 2 of 110 raw values differ.');
    const { approx_pages: recorded } = JSON.parse(changedRun()).samples[3];
    const says = (value: number) => value.toLocaleString('en');
    expect(text).toContain(
      `changed.json: first after 3 events: approx_pages is ${says(recorded)}, the model has ${says(recorded - 7)}`,
    );
    expect(text).toContain('first after 0 events: task_rss_events_thresh is 63, the model has 64');
  });

  it('takes one run from standard input, and writes a file whole', async () => {
    const cwd = temporaryFolder();
    const { code, stdout } = await runCli(
      ['replay', '--against', '-', '--format', 'json', '--output', 'verdict.json'],
      { cwd, stdin: kernelText(small) },
    );
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    const written = againstResult.parse(
      JSON.parse(readFileSync(join(cwd, 'verdict.json'), 'utf8')),
    );
    expect(written.runs[0]?.name).toBe('standard input');
  });

  it('reads many files without a word of its own', async () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'run.json'), kernelText(small));
    const files = new Array(30).fill('run.json');
    const { stderr, code } = await runCli(['replay', '--against', ...files], { cwd });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  });
});

const files = { 'run.json': kernelText(small), 'u.csv': 'thread,cpu,pages,kind\n' };

const FAULTS: readonly Fault[] = [
  {
    fault: 'neither updates nor runs',
    args: ['replay'],
    line: 'replay: expected a file of recorded updates, or - for stdin (see rss-err replay --help)',
  },
  {
    fault: 'updates beside it',
    args: ['replay', 'u.csv', '--against', 'run.json'],
    files,
    line: 'u.csv: --against has its own updates: give runs of real kernels behind it and no other file (see rss-err replay --help)',
  },
  {
    fault: 'a machine',
    args: ['replay', '--topology', '8cpu', '--against', 'run.json'],
    files,
    line: '--topology goes without --against (see rss-err replay --help)',
  },
  {
    fault: 'a scheme',
    args: ['replay', '--against', 'run.json', '--scheme', 'tree'],
    files,
    line: '--scheme goes without --against (see rss-err replay --help)',
  },
  {
    fault: 'a unit of rows',
    args: ['replay', '--against', 'run.json', '--readings', '--unit', 'MiB'],
    files,
    line: '--unit goes without --readings (see rss-err replay --help)',
  },
  {
    fault: 'rows as Markdown',
    args: ['replay', '--against', 'run.json', '--readings', '--format', 'markdown'],
    files,
    line: '--format markdown: --readings are csv or ndjson (see rss-err replay --help)',
  },
  {
    fault: 'standard input twice',
    args: ['replay', '--against', '-', '-'],
    line: '--against -: standard input is one run, not several (see rss-err replay --help)',
  },
  {
    fault: 'no such file',
    args: ['replay', '--against', 'none.json'],
    line: 'none.json: no such file',
  },
  {
    fault: 'a machine instead of a run',
    args: ['replay', '--against', '-'],
    stdin: '{"name":"m","cpus":{"possible":"0-3"}}',
    line: 'standard input: kernel is missing: expected the version of a kernel, such as "6.12"; release is missing: expected the version of a kernel, such as "6.12"; nr_cpus is missing: expected a whole number from 1 to 1048576; threads is missing: expected a whole number from 1 to 4194304; mode is missing: expected one of hop, advup, advdown, advthr, faround, thp (and 6 more faults)',
  },
  {
    fault: 'a bad one behind a good one: nothing is written',
    args: ['replay', '--against', 'run.json', 'cut.json', '--output', 'out.txt'],
    files: { ...files, 'cut.json': files['run.json'].slice(0, 1000) },
    line: 'cut.json: malformed JSON at line 32, column 10: string without an end',
  },
];

describe('a fault beside --against', () => {
  it.concurrent.each(FAULTS)('$fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });
});
