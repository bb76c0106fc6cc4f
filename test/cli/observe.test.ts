/** observe, on small trees of /proc and on the kernel that runs the test. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { ObserveResult } from '../../src/commands/observe/result.ts';
import { runCli } from '../support/cli.ts';
import { type FakeTree, procTree } from '../support/proc-tree.ts';
import { startShell, temporaryFolder } from '../support/shell.ts';

const MIXED: FakeTree['processes'] = [
  { pid: 1, command: 'init', approximate: 900, statm: 930 },
  { pid: 2, command: 'kthreadd', isKernelThread: true },
  { pid: 30, command: 'over) S 1', approximate: 5000, statm: 4000 },
  { pid: 31, command: 'under', approximate: 0, statm: 5916, threads: 100 },
  { pid: 32, command: 'gone', state: 'Z' },
];

async function observed(tree: FakeTree, ...words: string[]): Promise<ObserveResult> {
  const proc = procTree(tree);
  const all = ['--proc', proc, '--topology', 'pu:32', '--format', 'json'];
  const { stdout, stderr } = await runCli(['observe', ...words, ...all]);
  expect(stderr).not.toMatch(/^rss-err: (?!note)/m);
  return JSON.parse(stdout) as ObserveResult;
}

const rowsOf = ({ processes }: ObserveResult) =>
  processes.map(({ pid, error }) => [pid, error?.low ?? null, error?.high ?? null]);

describe('processes by their numbers', () => {
  it('are told with what became of their error', async () => {
    const proc = procTree({ release: '6.12.117', processes: MIXED });
    const words = ['observe', '30', '--proc', proc, '--topology', 'pu:32'];
    const { stdout } = await runCli([...words, '--for', '60ms', '--interval', '30ms']);
    expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
      /reads high by 1,000 pages .* In \d[^ ]* ms its error changed by 0 pages\./,
    );
    expect(stdout).toContain('change: the last error minus the first');
  });

  it('are each looked at once a round', async () => {
    const result = await observed(
      { release: '6.12.117', processes: MIXED },
      ...['1', '30', '1', '--for', '0'],
    );
    expect(result.processes.map(({ pid, readings }) => [pid, readings])).toEqual([
      [30, 1],
      [1, 1],
    ]);
    expect(result.counts).toMatchObject({ listed: 2, read: 2 });
  });

  it('that are not there leave no head of lines on standard output', async () => {
    const proc = procTree({ release: '6.12.117', processes: MIXED });
    const words = ['observe', '77', '--proc', proc, '--topology', 'pu:32'];
    const { stdout, stderr, code } = await runCli(words);
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toContain('process 77 is not there');
  });
});

describe('all processes', () => {
  it('stand by error, the others are counted', async () => {
    const result = await observed({ release: '6.12.117', processes: MIXED }, '--all');
    expect(rowsOf(result)).toEqual([
      [31, -5916, -5916],
      [30, 1000, 1000],
      [1, -30, -30],
    ]);
    expect(result.counts).toEqual({
      ...{ read: 3, listed: 5, kernelThreads: 1, exited: 1, unreadable: 0, ended: 0 },
    });
    expect(result.precise).toBe('statm');
    // Three members, 63 a CPU, 32 CPUs.
    expect(result.limit).toEqual({ under: 6048, over: 6048, of: 'process' });
    expect(result.rounds).toBe(1);
  });

  it('are walked where statm is not precise; what has no walk is counted', async () => {
    const processes = [
      { pid: 5, approximate: 100, statm: 100, rollup: 166, threads: 1 },
      { pid: 6, approximate: 100, statm: 100, rollup: null },
    ];
    const result = await observed({ release: '6.1.0-47-amd64', processes }, '--all');
    expect(rowsOf(result)).toEqual([[5, -66, -66]]);
    expect(result.counts).toMatchObject({ read: 1, unreadable: 1 });
    // 66 faults of 16 pages.
    expect(result.processes[0]!.limit).toEqual({ under: 1056, over: 66 });
  });

  it('by --cheap are not walked: limits by threads, and no error', async () => {
    const processes = [
      { pid: 5, approximate: 100, statm: 100, rollup: 166, threads: 2 },
      { pid: 6, approximate: 90, statm: 90, rollup: 90, threads: 8 },
    ];
    const result = await observed({ release: '6.1.0', processes }, '--all', '--cheap');
    expect(rowsOf(result)).toEqual([
      [6, null, null],
      [5, null, null],
    ]);
    expect(result.processes.map(({ limit }) => limit.under)).toEqual([8 * 1056, 2 * 1056]);
    expect(result.precise).toBe(null);
  });

  it('of a process whose first thread has exited another thread tells', async () => {
    const processes = [{ pid: 40, state: 'Z', threads: 2 }];
    const threads = {
      40: [
        { pid: 40, state: 'Z' },
        { pid: 41, approximate: 10, statm: 70 },
      ],
    };
    const result = await observed({ release: '6.18', processes, threads }, '--all');
    expect(rowsOf(result)).toEqual([[40, -60, -60]]);
    expect(result.processes[0]).toMatchObject({ settled: false, lowest: null, faulted: 1 });
  });

  it('beyond the limit are said to be', async () => {
    const processes = [{ pid: 5, approximate: 100, statm: 7000 }];
    const tree = { release: '6.12.117', processes };
    expect((await observed(tree, '--all')).processes[0]!.beyond).toBe(true);
    const words = ['observe', '--all', '--topology', 'pu:32', '--proc', procTree(tree)];
    expect((await runCli(words)).stdout).toMatch(/Beyond\s+the\s+limit: 5\./);
  });

  it('hidden by /proc or a namespace are spoken of', async () => {
    const tree = {
      ...{ release: '6.1.0', processes: [{ pid: 5, rollup: 3 }], poisonedKib: 8 },
      ...{ mountOptions: 'rw,hidepid=invisible,gid=4', pidNamespace: 'pid:[4026532200]' },
    };
    const words = ['observe', '--all', '--topology', 'pu:2', '--proc', procTree(tree)];
    const { stdout } = await runCli(words);
    expect(stdout).toContain('hidepid=invisible');
    expect(stdout).toContain('PID namespace');
    expect(stdout).toContain('2 pages (8 KiB)');
  });

  it('of this machine are read, and those of other users or the kernel are counted', async () => {
    const { stdout, stderr } = await runCli(['observe', '--all', '--format', 'json', '--cheap']);
    expect(stderr).not.toContain('rss-err: /proc');
    const { counts, processes, rounds } = JSON.parse(stdout) as ObserveResult;
    const { read, listed, ...others } = counts;
    expect(read + Object.values(others).reduce((sum, count) => sum + count, 0)).toBe(listed);
    expect(processes.map(({ pid }) => pid)).toContain(process.pid);
    expect(rounds).toBe(1);
  });
});

describe('some processes', () => {
  it('are looked at round after round; the record gives the same result again', async () => {
    const proc = procTree({ release: '6.18.1', processes: MIXED });
    const cwd = temporaryFolder();
    const words = ['observe', '31', '1', '--proc', proc, '--topology', 'pu:32'];
    const times = ['--interval', '20ms', '--for', '300ms', '--format', 'json'];
    const live = await runCli([...words, ...times, '--record', 'r.ndjson'], { cwd });
    const result = JSON.parse(live.stdout) as ObserveResult;
    const { rounds } = result;
    // How many fit is the machine's affair.
    expect(rounds).toBeGreaterThan(1);
    expect(result.processes[0]).toMatchObject({
      ...{ pid: 31, readings: rounds, there: true, settled: true, beyond: false },
      ...{ lowest: { low: -5916, high: -5916 }, change: { low: 0, high: 0 } },
    });
    const again = await runCli(['observe', '--from', 'r.ndjson', '--format', 'json'], { cwd });
    expect(again.stdout).toBe(live.stdout);
    expect(readFileSync(join(cwd, 'r.ndjson'), 'utf8').trimEnd().split('\n')).toHaveLength(
      1 + 3 * rounds,
    );
  });

  it.each([
    [['--format', 'json', '--for', '100ms'], true],
    [['--format', 'json', '--for', '0'], false],
    [['--readings', '--for', '100ms'], false],
    [['--for', '100ms'], false],
  ])(
    'tell a terminal when their summary comes, where nothing is seen: %s',
    async (more, isTold) => {
      const proc = procTree({ release: '6.18.1', processes: MIXED });
      const words = ['observe', '31', '--proc', proc, '--topology', 'pu:32', ...more];
      const note =
        'rss-err: note: the summary comes in 0.1 s, or with Ctrl-C (--readings: each reading)\n';
      expect((await runCli(words, { talks: true })).stderr.includes(note)).toBe(isTold);
      expect((await runCli(words)).stderr).not.toContain('the summary comes');
    },
  );

  it('as readings are CSV, a line each', async () => {
    const proc = procTree({ release: '6.18.1', processes: MIXED });
    const words = ['observe', '31', '--proc', proc, '--topology', 'pu:2', '--for', '0'];
    const { stdout } = await runCli([...words, '--readings']);
    expect(stdout).toBe(
      'seconds,pid,command,threads,approximate_before_pages,precise_pages,approximate_behind_pages,error_low_pages,error_high_pages,faulted\n' +
        '0,31,under,100,0,5916,0,-5916,-5916,false\n',
    );
  });

  it.each(['csv', 'ndjson'])('as readings are in a pipe as they come: %s', async (format) => {
    const proc = procTree({ release: '6.18.1', processes: MIXED });
    const line = `rss-err observe 31 --proc ${proc} --topology pu:2 --interval 50ms --readings --format ${format} | head -3`;
    const began = performance.now();
    const { code, stdout, stderr } = await startShell(line).result;
    expect(code, stderr).toBe(0);
    expect(stderr).not.toMatch(/^rss-err: (?!note)/m);
    expect(stdout.trimEnd().split('\n')).toHaveLength(3);
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  it.each([
    ['99', 'process 99 is not there'],
    ['2', 'process 2 is a thread of the kernel'],
    ['32', 'process 32 has exited'],
    ['sleep', '"sleep" is no number of a process: expected one, or a command behind --'],
  ])('that have no figures are refused: %s', async (word, expected) => {
    const proc = procTree({ release: '6.18.1', processes: MIXED });
    const { code, stdout, stderr } = await runCli([
      ...['observe', word, '--proc', proc, '--topology', 'pu:2', '--format', 'json'],
    ]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(expected);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});

describe('a command', () => {
  it('is observed until it ends, and its exit code passed on; its output is no result', async () => {
    const line =
      "rss-err observe --interval 50ms --format json -- sh -c 'echo said; sleep 0.3; exit 3'";
    const { code, stdout, stderr } = await startShell(line).result;
    expect(code).toBe(3);
    expect(stderr).toContain('said');
    const result = JSON.parse(stdout) as ObserveResult;
    expect(result.rounds).toBeGreaterThan(1);
    expect(result.processes.map(({ command }) => command).sort()).toEqual(['sh', 'sleep']);
    for (const { error } of result.processes) expect(Math.abs(error!.low)).toBeLessThan(10_000);
  });

  it('that is not there is one line', async () => {
    const { code, stderr } = await startShell('rss-err observe -- no-such-command x').result;
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: 'rss-err: no-such-command: no such file\n',
    });
  });

  it('is ended after --for', async () => {
    const line = 'rss-err observe --for 0.2 --interval 100ms -- sleep 100';
    const { code, stdout } = await startShell(line).result;
    expect(code).toBe(0);
    expect(stdout).toContain('sleep');
  });
});

describe('an interrupt', () => {
  it('ends the rounds, not the summary', async () => {
    const running = startShell(`exec rss-err observe ${process.pid} --interval 50ms`);
    await vi.waitUntil(() => running.output().split('\n').length > 3, { timeout: 15_000 });
    running.child.kill('SIGINT');
    const { code, stdout } = await running.result;
    expect(code).toBe(0);
    expect(stdout).toContain('Observed');
    expect(stdout.split('\n')[0]).toMatch(/^ +seconds +pid +reads/);
  });
});

describe('a record', () => {
  const head = {
    ...{ format: 'rss-err/observed@1', type: 'observed', kernel: '6.18', scheme: 'per-cpu' },
  };
  it.each([
    ['', 'standard input is empty'],
    ['{"type":"round"}\n', 'line 1: '],
    ['nonsense\n', 'line 1: "nonsense" is not JSON'],
    [`${JSON.stringify(head)}\n`, 'line 1: '],
  ])('that is none is refused with its place: %j', async (stdin, expected) => {
    const { code, stderr } = await runCli(['observe', '--from', '-'], { stdin });
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it('is not the file of the result, which would take its place', async () => {
    const folder = temporaryFolder();
    const proc = procTree({ release: '6.12.117', processes: MIXED });
    const words = ['observe', '1', '--proc', proc, '--topology', 'pu:32', '--for', '0'];
    const { code, stderr } = await runCli(
      [...words, '--record', 'r.ndjson', '--output', 'r.ndjson'],
      {
        cwd: folder,
      },
    );
    expect(code).toBe(2);
    expect(stderr).toContain('--record r.ndjson: is the file of --output too');
  });
});
