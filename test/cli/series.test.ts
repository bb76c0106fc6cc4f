/** --series and --write-stream: what is drawn is what the numbers say, and what is written replays alike. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { Comparison, ComparisonSeries } from '../../src/commands/compare/result.ts';
import { runCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/shell.ts';

const schemes = ['--scheme', 'per-cpu', '--scheme', 'tree:batch=16'];
const few = ['compare', '--operations', '4000', ...schemes];

async function run(words: readonly string[]): Promise<string> {
  const { stdout, stderr, code } = await runCli(words);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return stdout;
}

async function json<T = ComparisonSeries>(...words: string[]): Promise<T> {
  return JSON.parse(await run([...words, '--format', 'json']));
}

describe('--series', () => {
  it('keeps the extremes of the whole, and everything else of the comparison', async () => {
    const { series, format, ...rest } = await json(...few, '--series', '37');
    const { format: _, ...plain } = await json<Comparison>(...few);
    expect(format).toBe('rss-err/compare-series@1');
    expect(rest).toEqual(plain);
    for (const { name, observed } of rest.schemes) {
      const own = series.filter(({ scheme }) => scheme === name);
      expect(own.length).toBe(37);
      for (const reading of ['clamped', 'raw'] as const) {
        const { under, over, underAtOperation: at } = observed[reading];
        expect(Math.min(...own.map((bucket) => bucket[reading].min))).toBe(0 - under);
        expect(Math.max(...own.map((bucket) => bucket[reading].max))).toBe(over);
        const holding = own.find(({ toOperation }) => toOperation >= at!)!;
        expect(holding[reading].min).toBe(0 - under);
      }
    }
  });

  it('has 200 buckets unless told, and one an operation at the most', async () => {
    expect((await json(...few, '--series')).series.length).toBe(400);
    const { series } = await json(
      ...few.slice(0, 1),
      '--operations',
      '9',
      '--size',
      '64',
      '--series',
    );
    expect(series.map(({ fromOperation, toOperation }) => toOperation - fromOperation)).toEqual(
      new Array(36).fill(0),
    );
  });

  it('changes no byte with the workers, and begins behind a warm-up', async () => {
    const long = ['compare', '--operations', '4000000', ...schemes, '--series', '9'];
    const words = [...long, '--warm-up', 'auto', '--format', 'ndjson'];
    const one = await run([...words, '--jobs', '1']);
    expect(await run([...words, '--jobs', '2'])).toBe(one);
    expect(one).toContain('"fromOperation":812,');
  });

  it('as CSV has a row a scheme and bucket', async () => {
    const text = await run([...few, '--series', '3', '--format', 'csv']);
    const rows: Record<string, string>[] = parseCsv(text, { columns: true });
    const { series } = await json(...few, '--series', '3');
    expect(
      rows.map((row) => [row.scheme, row.from_operation, row.to_operation, row.clamped_min_pages]),
    ).toEqual(
      series.map(({ scheme, fromOperation, toOperation, clamped }) => [
        scheme,
        ...[fromOperation, toOperation, clamped.min].map(String),
      ]),
    );
  });

  it('draws bars in proportion to the largest error, one of them full', async () => {
    const text = await run([...few, '--series', '40']);
    const { series } = await json(...few, '--series', '40');
    const highest = Math.max(...series.flatMap(({ clamped: { min, max } }) => [-min, max]));
    const [title = ''] = /^Largest error over operations 1 to 4,000; .*$/m.exec(text) ?? [];
    expect(title).toContain(` ${highest.toLocaleString('en')}`);
    const bar = (height: number) => '.12345678'[Math.ceil((8 * Math.max(0, height)) / highest)];
    for (const name of ['per-cpu', 'tree:batch=16']) {
      const own = series.filter(({ scheme }) => scheme === name);
      const low = own.map(({ clamped }) => bar(-clamped.min)).join('');
      const high = own.map(({ clamped }) => bar(clamped.max)).join('');
      expect(text).toMatch(new RegExp(`^  ${name} +low +${low}$\n^ +high +${high}$`, 'm'));
    }
    expect(await run([...few, '--series', '40', '--format', 'markdown'])).toContain('█');
  });
});

describe('--write-stream', () => {
  const folder = temporaryFolder();

  /** What recorded updates say as well: of the stream, and of each scheme's reading. */
  const told = ({ operations, updates, rssPages, used, schemes }: Comparison) => ({
    ...{ operations, updates, rssPages, used },
    schemes: schemes.map(({ name, observed, readPages }) => ({ name, observed, readPages })),
  });

  it.each([
    ['stream.ndjson', []],
    ['stream.csv', ['--preset', 'hop', '--topology', '8cpu']],
    ['huge.ndjson', ['--huge-share', '50%', '--size', '2GiB', '--threads', '3']],
  ])('is replayed alike: %s', async (name, more) => {
    const file = join(folder, name);
    const words = ['compare', '--operations', '3000', ...schemes, ...more];
    const compared = await json<Comparison>(...words, '--write-stream', file);
    const topology = ['--topology', more.includes('8cpu') ? '8cpu' : '250cpu'];
    const replayed = await json<Comparison>('replay', file, ...schemes, ...topology);
    expect(told(replayed)).toEqual(told(compared));
    const head = name.endsWith('.csv')
      ? /^thread,cpu,pages,kind,/
      : /^\{"format":"rss-err\/updates@1"\}\n/;
    const { stdout } = await runCli(['replay', file, ...schemes, ...topology, '--readings']);
    expect(stdout.trimEnd().split('\n').length).toBe(compared.updates + 1);
    expect(readFileSync(file, 'utf8')).toMatch(head);
  });

  it.each([
    [['--write-stream', join(folder, 'x'), '--runs', '2'], /--write-stream goes without --runs/],
    [['--series', '--runs', '2'], /--series goes without --runs/],
    [['--series', '0'], /--series 0: "0" is not a whole number from 1 to 10000/],
    [
      ['--write-stream', join(folder, 'x'), '--output', join(folder, 'x')],
      /--write-stream .*x: is the file of --output too/,
    ],
    [['--write-stream', join(folder, 'no', 'x')], /--write-stream .*no\/x: /],
  ])('refuses %j in one line', async (words, line) => {
    const { stderr, stdout, code } = await runCli([...few, ...words]);
    expect({ stdout, code, lines: stderr.split('\n').length }).toEqual({
      ...{ stdout: '', code: 2, lines: 2 },
    });
    expect(stderr).toMatch(line);
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });
});
