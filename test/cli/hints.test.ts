/** What a newcomer meant: refusals that name it, and nothing that would be refused in its turn. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatOfName } from '../../src/cli/output-options.ts';
import { FORMATS } from '../../src/render/formats.ts';
import { runCli } from '../support/cli.ts';

it.each([
  ['-v', '(Did you mean --version?)'],
  ['bound --cpus 0-3', 'did you mean --used 0-3, or 1..3?'],
  ['bound --topology pu:4 --format svg', 'as with --cpus 8..512'],
  ['compare --cpus 0-3', 'Did you mean --used 0-3?'],
  ['explain --value 5MiB --used-cpus 3', '(Did you mean --used?)'],
  ['bound --used-cpus 3', '(Did you mean --used?)'],
  ['bound --topology epyc', 'did you mean epyc-9654-2s, epyc-9654-2s-nps4 or epyc-9754-2s?'],
  ['bound --topology 250CPU', 'did you mean 250cpu?'],
  [
    'readers --reader zzzzzzz',
    'expected one such as stat, statm, shared or VmRSS (rss-err readers',
  ],
  ['compare --scheme per-cpu tree', 'got 1. (Did you mean --scheme tree?)'],
  ['compare --scheme per-cpu tree stash', '(Did you mean --scheme tree --scheme stash?)'],
  ['compare hop', '(Did you mean --preset hop?)'],
  ['compare 8cpu', '(Did you mean --topology 8cpu?)'],
  ['readers htop', '(Did you mean --reader htop?)'],
  ['readers 6.12', '(Did you mean --kernel 6.12?)'],
  // Files that are there.
  ['replay package.json README.md', 'got 2. (see rss-err replay --help)'],
  ['replay - 8cpu', '(Did you mean --topology 8cpu?)'],
  ['compare --scheme cpu', 'did you mean "per-cpu"?'],
  ['bound --output x.jsn', '--output x.jsn: no format ends in "jsn": did you mean "x.json"?'],
  ['compare --output a/x.Svgg', 'no format ends in "svgg": did you mean "a/x.svg"?'],
  ['bound --output x.cvs', 'did you mean "x.csv"?'],
  ['topology import pu:4 --output m.jso', 'did you mean "m.json"?'],
  ['compare --write-stream s.ndjsn', '--write-stream s.ndjsn: no format ends in "ndjsn": did'],
  ['witness --scheme tree --output x.png', 'expected a name for one of ndjson, csv (see'],
  ['witness --scheme tree --output x.json', 'expected a name for one of ndjson, csv (see'],
  [
    'witness --scheme tree --verify --output x.png',
    'one of table, ascii, markdown, csv, tsv, json,',
  ],
  ['witness --scheme tree --in-flight 2 --output x.csv', 'expected a name for one of ndjson (see'],
  ['replay - --readings --output x.png', 'expected a name for one of csv, ndjson (see'],
  ['observe --all --readings --output x.md', 'expected a name for one of csv, ndjson (see'],
  ['topology import pu:4 --output m.vega', 'there is no VEGA of this'],
  ['compare --series --series', '--series is given twice: expected it once'],
  ['compare --series 9 --series 9', '--series 9: --series is given twice: expected it once'],
])('%s', async (line, hint) => {
  const { code, stdout, stderr } = await runCli(line.split(' '));
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(hint);
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

it('readers of one reader alone, named by itself or by a tool', async () => {
  const readersOf = async (...words: string[]) => {
    const { stdout } = await runCli(['readers', '--format', 'json', ...words]);
    const { readers, tools } = JSON.parse(stdout) as Record<string, { reader: string }[]>;
    return [...new Set([...readers!, ...tools!].map(({ reader }) => reader))];
  };
  expect(await readersOf('--reader', 'ps')).toEqual(['VmRSS']);
  expect(await readersOf('--reader', 'statm', '--reader', 'ru_maxrss')).toEqual([
    'statm',
    'ru_maxrss',
  ]);
});

it('an empty name of a machine is called so', async () => {
  const { code, stderr } = await runCli(['bound', '--topology', '']);
  expect(code).toBe(2);
  expect(stderr).toMatch(/^rss-err: the name of the machine is empty: expected [^\n]*\n$/);
});

it('a hint that lists what there is stays a line that can be read', async () => {
  const { stderr } = await runCli(['readers', '--reader', 'nope']);
  expect(stderr).toContain('did you mean "node"? (rss-err readers lists all)');
  expect(stderr.length).toBeLessThan(200);
});

describe('what a hint suggests is taken', () => {
  const bound = fc.oneof(fc.nat(12), fc.nat(1000), fc.constantFrom(249, 250, 1_048_576, 9_999_999));
  const text = fc.oneof(
    fc.tuple(bound, bound).map(([low, high]) => `${low}-${high}`),
    bound.map(String),
    fc.constantFrom('x', '', '0-3,8', '1..3,0-3'),
  );

  /** Command lines that a refusal suggests in place of some words of it. */
  function suggested(stderr: string, given: string): string[] {
    const [, meant = ''] = /[Dd]id you mean ([^?]*)\?/.exec(stderr) ?? [];
    return meant.split(/, or /).flatMap((one) => {
      if (one === '' || /^--[a-z]+$/.test(one) || one.endsWith('…')) return [];
      return [one.startsWith('--') ? one : `--${given} ${one}`];
    });
  }

  it.each([
    ['bound', 'cpus'],
    ['compare', 'cpus'],
    ['bound', 'batch'],
    ['bound', 'topology'],
  ])('%s --%s', async (command, option) => {
    const tried = fc.asyncProperty(text, async (value) => {
      const rest = command === 'compare' ? ['--operations', '50'] : ['--in-flight', '1'];
      const { stderr } = await runCli([command, `--${option}`, value, ...rest]);
      for (const words of suggested(stderr, option)) {
        const again = await runCli([command, ...words.split(' '), ...rest]);
        expect(again.code, `${value} → ${words}: ${again.stderr}`).toBe(0);
      }
    });
    await fc.assert(tried, { numRuns: 40 });
  });
});

it.each(['x.txt', 'x.out', 'x.log', 'x.text', 'x.dat', 'x.tbl', 'x', 'x.2026', 'x.m', 'x.csvs/y'])(
  'a name that is near no format is that of a table: %s',
  (name) => {
    expect(formatOfName(FORMATS).value(name, {})).toBeUndefined();
  },
);

it('a file without a name is refused before the work', async () => {
  for (const line of [
    ...['bound --output=', 'compare --output=', 'compare --write-stream=', 'processes --output='],
    ...['processes --write-trace=', 'observe --all --record=', 'design --resume='],
    ...['sweep compare --seed 1,2 --output=', 'topology capture --output=', 'witness --output='],
  ]) {
    // Operations that would take a day.
    const long = line.startsWith('compare') ? ['--operations', '1000G'] : [];
    const { code, stderr } = await runCli([...line.split(' '), ...long]);
    const [flag = ''] = line.split(' ').at(-1)!.split('=');
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `rss-err: ${flag} '': expected the name of a file\n`,
    });
  }
});
