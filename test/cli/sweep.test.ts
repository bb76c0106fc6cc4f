/** `rss-err sweep` end to end: every point is the single command's, and nothing finished is lost. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { runShell, startShell, temporaryFolder } from '../support/shell.ts';

interface Point {
  readonly type: string;
  readonly point: number;
  readonly command: string;
  readonly refused: string | null;
  readonly result: object | null;
}

const parseLines = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Point);

const GRID = [
  ...['compare', '--topology', 'pu:2..4*2', '--threads', '1,3', '--seed', '1..2'],
  ...['--operations', '300', '--scheme', 'tree:batch={8,32}', '--scheme', 'per-cpu'],
];

/** By the program alone: workers take longer to start than these points to run. */
const ALONE = [...GRID, '--jobs', '1'];

const sweep = (args: readonly string[], cwd?: string) =>
  runCli(['sweep', ...args], cwd === undefined ? {} : { cwd });

let whole = '';

beforeAll(async () => {
  const { code, stdout } = await sweep([...GRID, '--format', 'ndjson']);
  expect(code).toBe(0);
  whole = stdout;
});

describe('the points of a sweep', () => {
  it.each([
    GRID,
    ['processes', '--topology', '8cpu', '--processes', '5,9', '--process-pages', '8-32'],
    ['oom', '--topology', '8cpu', '--processes', '{5,9}', '--memory', '20000', '--runs', '2'],
    ['watchdog', '--topology', '8cpu', '--every', '10,20', '--operations', '900', '--runs', '2'],
    ['compare', '--topology', '8cpu', '--operations', '100', '--runs', '2..3'],
    ['compare', '--topology', '8cpu', '--operations', '100,200', '--cost', '--distribution'],
  ])('are what the single command gives, to the byte: %s', async (...args) => {
    const { stdout } = await sweep([...args, '--format', 'ndjson', '--jobs', '1']);
    const [, ...points] = parseLines(stdout);
    expect(points.length).toBeGreaterThan(1);
    for (const { command, result } of points) {
      const words = command.split(' ').slice(1);
      const single = await runCli([...words, '--format', 'json']);
      expect(`${JSON.stringify(result, null, 2)}\n`).toBe(single.stdout);
    }
  });

  it('are the same bytes for any number of jobs, and from a file of the grid', async () => {
    const folder = temporaryFolder({
      'grid.json': JSON.stringify({
        format: 'rss-err/grid@1',
        command: 'compare',
        options: {
          scheme: ['tree:batch={8,32}', 'per-cpu'],
          topology: ['pu:2', 'pu:4'],
          threads: [1, 3],
          seed: '1..2',
          operations: 300,
        },
      }),
    });
    for (const jobs of ['1', '2', '3']) {
      const { stdout } = await sweep([...GRID, '--format', 'ndjson', '--jobs', jobs]);
      expect(stdout).toBe(whole);
    }
    const { stdout } = await sweep(['--grid', 'grid.json', '--format', 'ndjson'], folder);
    expect(stdout).toBe(whole);
  });

  it('are listed as lines for a shell, and as rows with a column for each parameter', async () => {
    const listed = await sweep([...GRID, '--list']);
    const [, ...points] = parseLines(whole);
    expect(listed.stdout.trimEnd().split('\n')).toEqual(points.map(({ command }) => command));
    expect(listed.stderr).toMatch(
      /rss-err: 8 points, about \d+ s with \d+ jobs?, as point 1 goes\n$/,
    );
    const { stdout } = await sweep([...ALONE, '--format', 'csv']);
    const [head, ...rows] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^point,parameter_topology,parameter_threads,parameter_seed,format,/);
    expect(head!.split(',')).toContain('scheme_batch');
    expect(rows).toHaveLength(8 * 3);
    expect(rows[3]).toMatch(/^2,pu:2,1,2,rss-err\/compare@2,/);
  });

  it.each(['threads==2', 'threads=<2', 'threads!==2'])('are not filtered by %s', async (where) => {
    const { code, stderr } = await sweep([...GRID, '--where', where, '--list']);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining('is not a comparison'),
    });
  });

  it('are listed where the first of them cannot be run', async () => {
    const policy = ['--policy', 'local,sticky', '--operations', '10'];
    const { code, stdout, stderr } = await sweep([
      'compare',
      '--topology',
      'pu:4',
      ...policy,
      '--list',
    ]);
    expect({ code, lines: stdout.trimEnd().split('\n').length }).toEqual({ code: 0, lines: 2 });
    expect(stderr).toMatch(/rss-err: 2 points, 1 refused, about \d+ s with .*, as point 2 goes\n$/);
  });

  it('that are senseless are left out by filters, or said to be refused', async () => {
    const filtered = await sweep([...GRID, '--where', 'threads<=online-cpus', '--list']);
    expect(filtered.stdout.match(/pu:\d|--threads \d/g)?.join(' ')).toBe(
      [
        ...['pu:2 --threads 1', 'pu:2 --threads 1', 'pu:4 --threads 1', 'pu:4 --threads 1'],
        ...['pu:4 --threads 3', 'pu:4 --threads 3'],
      ].join(' '),
    );
    const args = ['compare', '--topology', 'pu:{2,8}', '--operations', '50', '--used', '4'];
    const refused = await sweep([...args, '--output', join(temporaryFolder(), 'no.ndjson')]);
    expect(refused).toMatchObject({ code: 2, stdout: '' });
    expect(refused.stderr).toMatch(
      /^rss-err: rss-err compare --topology pu:2 .*: --used 4: .*--skip-refused/,
    );
    const { stdout } = await sweep([...args, '--skip-refused', '--format', 'ndjson']);
    const [, first, second] = parseLines(stdout);
    expect(first).toMatchObject({
      point: 1,
      refused: expect.stringContaining('--used 4'),
      result: null,
    });
    expect(second).toMatchObject({ point: 2, refused: null, result: expect.any(Object) });
  });
});

describe('a sweep into a file', () => {
  it('goes on behind whatever a sudden end has left, and no point is there twice', async () => {
    const bytes = Buffer.from(whole);
    const cut = fc.integer({ min: 0, max: bytes.length });
    await fc.assert(
      fc.asyncProperty(cut, async (end) => {
        const folder = temporaryFolder();
        writeFileSync(join(folder, 's.ndjson'), bytes.subarray(0, end));
        const { code } = await sweep([...ALONE, '--output', 's.ndjson', '--resume'], folder);
        expect(code).toBe(0);
        expect(readFileSync(join(folder, 's.ndjson'), 'utf8')).toBe(whole);
      }),
      { numRuns: 12 },
    );
  });

  it.each([1, 20, 100_000])(
    'has a torn line of %d bytes cut off where no point is left',
    async (torn) => {
      const folder = temporaryFolder({ 's.ndjson': whole + 'x'.repeat(torn) });
      await sweep([...ALONE, '--output', 's.ndjson', '--resume'], folder);
      expect(readFileSync(join(folder, 's.ndjson'), 'utf8')).toBe(whole);
    },
  );

  it('begins where --resume finds no file: an engine gives one line for the first time and the next', async () => {
    const folder = temporaryFolder();
    await sweep([...ALONE, '--output', 's.ndjson', '--resume'], folder);
    expect(readFileSync(join(folder, 's.ndjson'), 'utf8')).toBe(whole);
  });

  it('is put in order where points came in another one', async () => {
    const [head, ...lines] = whole.trimEnd().split('\n');
    const folder = temporaryFolder({ 's.ndjson': `${[head, lines[5], lines[2]].join('\n')}\n` });
    await sweep([...ALONE, '--output', 's.ndjson', '--resume'], folder);
    expect(readFileSync(join(folder, 's.ndjson'), 'utf8')).toBe(whole);
  });

  it('is refused as it is, or made whole, whatever has happened to its bytes', async () => {
    const bytes = Buffer.from(whole);
    const lines = whole.trimEnd().split('\n');
    const put = (at: number, more: Buffer) =>
      Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]);
    const changes: Record<string, (at: number) => Buffer> = {
      nul: (at) => put(at % bytes.length, Buffer.of(0)),
      return: (at) => put(at % bytes.length, Buffer.from('\r')),
      end: (at) => put(at % bytes.length, Buffer.from('\n')),
      half: (at) => put(at % bytes.length, Buffer.of(0xe2, 0x82)),
      mark: (at) => {
        const before = lines.slice(0, at % lines.length).map((line) => `${line}\n`);
        return put(Buffer.byteLength(before.join('')), Buffer.from('\ufeff'));
      },
      twice: (at) => Buffer.from(`${[...lines, lines[at % lines.length]].join('\n')}\n`),
      empty: (at) => Buffer.from(`${lines.with(at % lines.length, '').join('\n')}\n`),
      returns: () => Buffer.from(whole.replaceAll('\n', '\r\n')),
      beyond: () => Buffer.from(whole.replace('"point":8', '"point":9')),
      before: () => Buffer.from(whole.replace('"point":8', '"point":0')),
    };
    const change = fc.constantFrom(...Object.keys(changes));
    const place = fc.nat({ max: 2 * bytes.length });
    await fc.assert(
      fc.asyncProperty(change, place, place, async (name, at, end) => {
        const given = changes[name]!(at).subarray(0, end);
        const folder = temporaryFolder();
        const file = join(folder, 's.ndjson');
        writeFileSync(file, given);
        const args = [...ALONE, '--output', 's.ndjson', '--resume'];
        const { code, stderr } = await sweep(args, folder);
        const left = readFileSync(file);
        if (code === 0) expect(left.toString()).toBe(whole);
        else {
          expect(code).toBe(2);
          expect(left.equals(given)).toBe(true);
          expect(stderr).toMatch(/^rss-err: (?:--output )?s\.ndjson: .*\n$/);
        }
      }),
      { numRuns: 30 },
    );
  });

  it.each(['1', '2'])('that is a pipe gets what standard output gets: %s jobs', async (jobs) => {
    const line = `rss-err sweep ${GRID.map((word) => `'${word}'`).join(' ')} --jobs ${jobs}`;
    const { stdout } = await runShell(`${line} --format ndjson --output /dev/stdout | cat`);
    expect(stdout).toBe(whole);
    const again = await runShell(`${line} --format ndjson --output /dev/stdout --resume | cat`);
    expect(again.stderr).toContain('--resume goes with --format ndjson and a file');
  });

  it.each(['1', '2'])('ends when nobody reads on: %s jobs', async (jobs) => {
    const line = `rss-err sweep compare --topology 8cpu --seed 1..400 --operations 1M --jobs ${jobs}`;
    const { stdout, stderr } = await runShell(`${line} --format ndjson | head -1`);
    expect(parseLines(stdout)).toHaveLength(1);
    expect(stderr).toBe('');
  });

  it.each([
    [
      'sweep compare --topology pu:8 --seed 1..60 --operations 20000 --output',
      /^rss-err: (\d+) of 60 points are in k: --resume goes on$/m,
    ],
    [
      'design --topology pu:8 --operations 50000 --resume',
      /^rss-err: (\d+) replays kept in k: the same command goes on$/m,
    ],
  ])('says how far it came when it is interrupted: %s', async (line, said) => {
    const folder = temporaryFolder();
    const file = join(folder, 'k');
    const words = `${line} k ${line.startsWith('sweep') ? '--format ndjson' : '--jobs 1'}`;
    const { child, result } = startShell(`exec rss-err ${words}`, { cwd: folder });
    const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);
    while (lines() < 4) await sleep(5);
    child.kill('SIGINT');
    const { code, stderr } = await result;
    expect(code).toBe(130);
    expect(Number(said.exec(stderr)?.[1])).toBe(lines() - 1);
  });

  it('survives kill -9', async () => {
    const folder = temporaryFolder();
    const file = join(folder, 's.ndjson');
    const line = `rss-err sweep compare --topology pu:8 --seed 1..60 --operations 20000 --output s.ndjson`;
    const { child, result } = startShell(`exec ${line}`, { cwd: folder });
    const lines = () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0);
    while (lines() < 4) await sleep(5);
    child.kill('SIGKILL');
    await result;
    const before = lines();
    const { code, stderr } = await runShell(`${line} --resume`, { cwd: folder });
    expect(code).toBe(0);
    expect(stderr).toContain(`rss-err: ${61 - before} points run, ${before - 1} before\n`);
    const [, ...points] = parseLines(readFileSync(file, 'utf8'));
    expect(points.map(({ point }) => point)).toEqual(Array.from({ length: 60 }, (_, i) => i + 1));
  });

  it.each([
    [['--threads', '1,3'], ['--threads', '1,4'], 'threads is 1, 3 there and 1, 4 here'],
    [[], ['--policy', 'uniform'], 'policy is not given there and uniform here'],
    [['--seed', '1..2'], ['--seed', '1..3'], 'seed is 1, 2 there and 1, 2, 3 here'],
    [['--operations', '300'], ['--operations', '301'], 'operations is 300 there and 301 here'],
    [[], ['--where', 'threads<2'], '--where is not given there and threads<2 here'],
    [[], ['--shard', '1/2'], '--shard is not given there and 1/2 here'],
  ])('is refused for another grid: %s %s', async (old, changed, message) => {
    const folder = temporaryFolder({ 's.ndjson': whole });
    const rest = GRID.join(' ').replace(old.join(' '), '').trim().split(' ');
    const args = [...rest.filter((word) => word !== ''), ...changed];
    const { code, stderr } = await sweep([...args, '--output', 's.ndjson', '--resume'], folder);
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: expect.stringContaining(
        `s.ndjson: another sweep: ${message}: expected the same grid`,
      ),
    });
    expect(readFileSync(join(folder, 's.ndjson'), 'utf8')).toBe(whole);
  });

  it('is not written over, and resumed only where it grows by lines', async () => {
    const folder = temporaryFolder({ 's.ndjson': whole });
    const again = await sweep([...GRID, '--output', 's.ndjson'], folder);
    expect(again).toMatchObject({ code: 2, stderr: expect.stringContaining('is there already') });
    const csv = await sweep([...GRID, '--output', 's.csv', '--resume'], folder);
    expect(csv).toMatchObject({ code: 2, stderr: expect.stringContaining('--format ndjson') });
  });
});

describe('shards', () => {
  const shards: Record<string, string> = {};

  beforeAll(async () => {
    for (const index of [1, 2, 3]) {
      const { stdout } = await sweep([...ALONE, '--shard', `${index}/3`, '--format', 'ndjson']);
      shards[`${index}.ndjson`] = stdout;
    }
  });

  it.each(['1 2 3', '3 1 2', '2 3 1'])('merge to the whole in any order: %s', async (order) => {
    const files = order.split(' ').map((index) => `${index}.ndjson`);
    const { stdout } = await sweep(['merge', ...files], temporaryFolder(shards));
    expect(stdout).toBe(whole);
  });

  it.each([
    [['1.ndjson', '2.ndjson'], '2 points of 8 missing, the first 3'],
    [['1.ndjson', '2.ndjson', '2.ndjson', '3.ndjson'], '2.ndjson: point 2 is there twice'],
    [['1.ndjson', 'other.ndjson'], 'other.ndjson: of another sweep than 1.ndjson: seed is'],
    [['1.ndjson', 'text'], 'text: line 1: '],
    [['empty'], 'empty: is empty'],
    [['beyond'], 'beyond: line 4: point 80: the grid has 8'],
  ])('are refused where they do not make one: %s', async (files, message) => {
    const { stdout: other } = await sweep([
      ...ALONE.map((word) => (word === '1..2' ? '5..6' : word)),
      ...['--shard', '2/3', '--format', 'ndjson'],
    ]);
    const beyond = shards['2.ndjson']!.replace('"point":8', '"point":80');
    const folder = temporaryFolder({
      ...shards,
      'other.ndjson': other,
      text: 'a\nb\n',
      empty: '',
      beyond,
    });
    const { code, stdout, stderr } = await sweep(['merge', ...files], folder);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('a report', () => {
  it('says what its figure is, what all points have in common, and how many seeds a row has', async () => {
    const folder = temporaryFolder({ 's.ndjson': whole });
    const args = ['report', 's.ndjson', '--figure', 'exact_under_pages'];
    const { stdout } = await sweep(args, folder);
    expect(stdout).toContain('figure  exact_under_pages: one counter, all on-line CPUs and all');
    expect(stdout).toContain('--operations 300');
    expect(stdout).toContain('seeds   2 a row');
    expect(stdout).not.toContain('observ');
  });

  it('is reproduced with the filters of its line', async () => {
    const folder = temporaryFolder({
      'grid.json': JSON.stringify({
        format: 'rss-err/grid@1',
        command: 'compare',
        options: { topology: 'pu:2', threads: [1, 3], operations: 50 },
      }),
    });
    const { stdout } = await sweep(['--grid', 'grid.json', '--where', 'threads<2'], folder);
    expect(stdout.replaceAll(/ \\\n +/g, ' ')).toContain("--grid grid.json --where 'threads<2'");
  });

  it('says which scheme is lowest where, and names what there is to report', async () => {
    const folder = temporaryFolder({ 's.ndjson': whole });
    const { stdout } = await sweep(['report', 's.ndjson', '--against', 'per-cpu'], folder);
    expect(stdout).toContain('clamped_under_pages: mean over seeds');
    expect(stdout).toContain('Pairs with per-cpu on the same streams, over 4 rows');
    const wrong = await sweep(['report', 's.ndjson', '--figure', 'clamped_p9_pages'], folder);
    expect(wrong.stderr).toContain('did you mean "clamped_p99_pages"?');
    const spelled = ['report', 's.ndjson', '--against', 'tree:batch=32'];
    expect((await sweep(spelled, folder)).stdout).toContain('Pairs with tree on the same streams');
    const over = await sweep(['report', 's.ndjson', '--output', './s.ndjson'], folder);
    expect(over).toMatchObject({ code: 2, stdout: '' });
    expect(over.stderr).toContain('--output ./s.ndjson: is the file that is read');
    const whom = await sweep(['report', 's.ndjson', '--against', 'tre'], folder);
    expect(whom.stderr).toContain('--against tre: ');
  });

  it('has the figures of the points', async () => {
    const folder = temporaryFolder({ 's.ndjson': whole });
    const { stdout } = await sweep(['report', 's.ndjson', '--format', 'json'], folder);
    const { combinations } = JSON.parse(stdout) as {
      combinations: {
        parameters: object;
        schemes: { name: string; seeds: number; mean: number }[];
      }[];
    };
    const [, ...points] = parseLines(whole);
    const observed = points.slice(0, 2).map(({ result }) => {
      const { schemes } = result as {
        schemes: { name: string; observed: Record<string, { under: number }> }[];
      };
      return schemes.find(({ name }) => name === 'per-cpu')!.observed.clamped!.under;
    });
    expect(combinations[0]!.parameters).toEqual({ topology: 'pu:2', threads: '1' });
    expect(combinations[0]!.schemes.find(({ name }) => name === 'per-cpu')).toMatchObject({
      seeds: 2,
      mean: (observed[0]! + observed[1]!) / 2,
    });
  });
});
