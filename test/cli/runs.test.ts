/** Repeated runs, and workers: the same bytes however many there are. */
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { seedOfRun } from '../../src/workload/contract/random.ts';
import { runCli } from '../support/cli.ts';

const json = async (...words: string[]) => {
  const { stdout, stderr, code } = await runCli(['compare', ...words, '--format', 'json']);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return stdout;
};

describe('--jobs', () => {
  const work: [string, ...string[]][] = [
    ['one long run', '--operations', '4000000'],
    ['several runs', '--operations', '1500000', '--runs', '3'],
    ['runs that are worth no workers', '--operations', '1000', '--runs', '3'],
  ];

  it.each(work)('changes no byte: %s', async (_, ...words) => {
    const one = await json(...words, '--jobs', '1');
    expect(await json(...words, '--jobs', '3')).toBe(one);
  });

  it('is for machines too whose cores are made when they are asked for', async () => {
    const words = ['--topology', 'pack:2 core:4 pu:2', '--operations', '4000000', '--runs', '2'];
    const [one, two] = await Promise.all(
      ['1', '2'].map((jobs) => runCli(['compare', ...words, '--format', 'json', '--jobs', jobs])),
    );
    expect(two).toEqual(one);
    expect(two!.code).toBe(0);
  });

  it('says in one line what a worker has found wrong', async () => {
    const words = ['--operations', '4000000', '--jobs', '2', '--topology', '1cpu'];
    const { stderr, code } = await runCli([
      'compare',
      ...words,
      '--scheme',
      'tree:arity=2,batch=3',
    ]);
    expect(code).toBe(2);
    expect(stderr.split('\n').length).toBe(2);
  });
});

describe('a run that ends before its process is as large as was asked', () => {
  it('says so, beside the workload and as a warning', async () => {
    const args = ['compare', '--size', '2TiB', '--operations', '1000', '--seed', '3'];
    const { stdout, stderr, code } = await runCli(args);
    const reached = /^reached +(.* of the 2,097,152\.0 MiB asked for)$/m.exec(stdout)?.[1];
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: `rss-err: warning: the process reached ${reached}: try more --operations\n`,
    });
    const { stdout: text } = await runCli([...args, '--format', 'json']);
    const { largestRssPages } = JSON.parse(text);
    expect(reached).toContain(`${(largestRssPages / 256).toFixed(1)} MiB of`);
  });

  it('is one where it reached nearly all of it, and says nothing', async () => {
    const { stdout, stderr } = await runCli(['compare', '--operations', '2000']);
    expect({ stderr, told: stdout.includes('reached') }).toEqual({ stderr: '', told: false });
  });
});

describe('--runs', () => {
  it('has the parameters of schemes and workload in columns of CSV', async () => {
    const schemes = ['--scheme', 'tree:batch=16,arity=4x8x8', '--scheme', 'per-cpu'];
    const { stdout } = await runCli([
      ...['compare', '--topology', '64cpu-2n', '--operations', '1e3', '--runs', '2'],
      ...['--format', 'csv', ...schemes],
    ]);
    const rows: Record<string, string>[] = parseCsv(stdout, { columns: true });
    expect(rows[0]).toMatchObject({
      ...{
        scheme_batch: '16',
        scheme_version: '4',
        scheme_arity: '4x8x8',
        scheme_mapping: 'kernel',
      },
      ...{ preset: 'service', threads: '5', policy: 'sticky', mean_run_operations: '1000' },
    });
    expect(rows.at(-1)).toMatchObject({ scheme: 'per-cpu', scheme_batch: '', scheme_arity: '' });
  });

  it('tells the figures of each run, which --seed gives again', async () => {
    const words = ['--operations', '3000', '--preset', 'hop'];
    const { runs } = JSON.parse(await json(...words, '--seed', '9', '--runs', '3'));
    expect(runs.map(({ seed }: { seed: number }) => seed)).toEqual([
      9,
      seedOfRun(9, 2),
      seedOfRun(9, 3),
    ]);
    for (const run of runs) {
      const alone = JSON.parse(await json(...words, '--seed', `${run.seed}`));
      const observed = alone.schemes.map((scheme: { observed: unknown }) => scheme.observed);
      expect(run.schemes.map((scheme: { observed: unknown }) => scheme.observed)).toEqual(observed);
    }
  });

  it('tells mean, least and most of those', async () => {
    const { runs, schemes } = JSON.parse(await json('--operations', '3000', '--runs', '4'));
    const unders = runs.map(
      (run: { schemes: { observed: { clamped: { under: number } } }[] }) =>
        run.schemes[3]!.observed.clamped.under,
    );
    const { mean, min, max } = schemes[3].observed.clamped.under;
    expect({ min, max }).toEqual({ min: Math.min(...unders), max: Math.max(...unders) });
    expect(mean).toBeCloseTo(unders.reduce((sum: number, under: number) => sum + under, 0) / 4, 10);
  });

  it('of one is a single comparison', async () => {
    expect(await json('--operations', '3000', '--runs', '1')).toBe(
      await json('--operations', '3000'),
    );
  });

  it.each([
    [['--runs', '0'], /--runs 0: "0" is not a whole number from 1 to 10000/],
    [['--jobs', 'all'], /--jobs all: "all" is not a whole number from 1 to 1024/],
    [['--runs', '2', '--cost'], /--cost goes without --runs/],
  ])('refuses %j in one line', async (words, line) => {
    const { stderr, stdout, code } = await runCli(['compare', ...words]);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toMatch(line);
  });

  it('fails above a limit that one of the runs exceeds', async () => {
    const words = ['compare', '--operations', '3000', '--runs', '3', '--fail-above', '1'];
    const { code, stderr } = await runCli(words);
    expect({ code, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 1, lines: 1 });
  });
});
