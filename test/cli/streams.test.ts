/** Pipes, signals, files and terminals: what the program does where its output goes. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Surroundings } from '../../src/cli/streams.ts';
import { main } from '../../src/main.ts';
import { bundledNames } from '../../src/topology/bundled.ts';
import { PRESET_NAMES } from '../../src/workload/workload.ts';
import { runCli } from '../support/cli.ts';
import { machineText } from '../support/refusal.ts';
import {
  type Running,
  runShell,
  startShell,
  temporaryFolder,
  untilBusy,
  untilIdle,
} from '../support/shell.ts';

const few = ['--operations', '500'];

const long = '--operations 1000000000';

/** Back to the line's start, and the line away. */
const WIPE = '\r\x1b[K';

const quiet = { code: 0, signal: null, stderr: '' };

describe('a reader that has gone away', () => {
  it.concurrent.each([
    'rss-err compare --operations 500',
    'rss-err compare --operations 500 --format json',
    'rss-err bound',
    'rss-err witness --scheme tree',
    'rss-err topology list',
    'rss-err topology show 8192cpu --format json',
    'rss-err --help',
    'rss-err compare --help',
    'rss-err --version',
  ])('before the first byte is no fault of %s', async (line) => {
    const { child, result } = startShell(`exec ${line}`);
    child.stdout.destroy();
    expect(await result).toMatchObject(quiet);
  });

  it('after one line of a small output is no fault', async () => {
    const cwd = temporaryFolder();
    const line = '{ rss-err compare --operations 500; echo $? >code; } | head -n 1';
    const { stdout, stderr } = await runShell(line, { cwd });
    expect(stdout).toMatch(/^rss-err \S+ compare: .*\n$/);
    expect(stderr).toBe('');
    expect(readFileSync(join(cwd, 'code'), 'utf8')).toBe('0\n');
  });

  it('after one line of megabytes of JSON is no fault', async () => {
    const nrCpus = 65_536;
    const cores = Array.from({ length: nrCpus }, (_, cpu) => `${cpu}`);
    const all = `0-${nrCpus - 1}`;
    const text = { cpus: { possible: all }, cores, numaNodes: [{ id: 0, cpus: all }] };
    const cwd = temporaryFolder({ 'big.json': machineText(text) });
    const line = '{ rss-err topology show big.json --format json; echo $? >code; } | head -n 1';
    const { stdout, stderr } = await runShell(line, { cwd });
    expect(stdout).toBe('{\n');
    expect(stderr).toBe('');
    expect(readFileSync(join(cwd, 'code'), 'utf8')).toBe('0\n');
    const { stdout: whole } = await runShell('rss-err topology show big.json --format json', {
      cwd,
    });
    expect(JSON.parse(whole).cores).toEqual(cores);
  });

  it
    .skipIf(!existsSync('/dev/full'))
    .each([
      'rss-err compare --operations 500',
      'rss-err topology list',
      'rss-err --version',
      'rss-err --help',
    ])('is another thing than a full disk, which is told: %s', async (line) => {
    const stderr = 'rss-err: standard output: no space left on device\n';
    expect(await runShell(`${line} >/dev/full`)).toMatchObject({ code: 2, stderr });
  });
});

describe('an interruption', () => {
  async function interrupt({ child, result }: Running, signal: NodeJS.Signals) {
    const start = performance.now();
    child.kill(signal);
    const ended = await result;
    return { ...ended, seconds: (performance.now() - start) / 1000 };
  }

  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)(
    'of a long replay by %s ends it within a second, exit code %d',
    async (signal, code) => {
      const running = startShell(`exec rss-err compare ${long}`);
      await untilBusy(running);
      const { seconds, ...ended } = await interrupt(running, signal);
      expect(ended).toEqual({ code, signal: null, stdout: '', stderr: '' });
      expect(seconds).toBeLessThan(1);
    },
  );

  it.each([
    ['schemes that change at every add', '--scheme atomic --mapping 2000000000-2000000000'],
    ['a million threads and many slots', '--preset hop --threads 1048576 --slots 16777216'],
  ])('is noticed within a second among %s', async (_, options) => {
    const running = startShell(`exec rss-err compare ${long} ${options}`);
    await untilBusy(running);
    const { seconds, ...ended } = await interrupt(running, 'SIGINT');
    expect(ended).toEqual({ code: 130, signal: null, stdout: '', stderr: '' });
    expect(seconds).toBeLessThan(1);
  });

  it('ends a search of designs for a machine of a million CPUs while it counts them', async () => {
    const running = startShell('exec rss-err design --topology pu:1048576');
    await untilBusy(running, 1200);
    const { seconds, ...ended } = await interrupt(running, 'SIGTERM');
    // At such a size the process dies of the signal: a shell says 143 of it, too.
    expect(ended).toMatchObject({ code: null, signal: 'SIGTERM', stdout: '' });
    expect(seconds).toBeLessThan(1);
  });

  it.each([1, 2])('of claims ends %d workers within a second', async (jobs) => {
    const running = startShell(`exec rss-err claims --jobs ${jobs}`);
    await untilBusy(running);
    const { seconds, ...ended } = await interrupt(running, 'SIGINT');
    expect(ended).toEqual({ code: 130, signal: null, stdout: '', stderr: '' });
    expect(seconds).toBeLessThan(1);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('by %s leaves no file', async (signal) => {
    const cwd = temporaryFolder();
    const line = `exec rss-err compare ${long} --format json --output result.json`;
    const running = startShell(line, { cwd });
    await untilBusy(running);
    await interrupt(running, signal);
    expect(readdirSync(cwd)).toEqual([]);
  });

  it.each([
    ['SIGINT', 130, '-'],
    ['SIGTERM', 143, 'fifo'],
  ] as const)(
    'by %s of CSV that still comes is quiet, exit code %d: %s',
    async (signal, code, file) => {
      const cwd = temporaryFolder();
      const read = `exec rss-err replay ${file} --topology 8cpu --readings --output result.csv`;
      const line =
        file === '-'
          ? read
          : `mkfifo fifo; (echo thread,cpu,pages,kind; echo 1,0,1,fault; sleep 5) >fifo 2>&1 & ${read}`;
      const running = startShell(line, { cwd, stdin: null });
      running.child.stdin.write(`thread,cpu,pages,kind\n${'1,0,1,fault\n'.repeat(100)}`);
      await untilIdle(running);
      const { seconds, ...ended } = await interrupt(running, signal);
      // What waits for a pipe keeps a process from exiting: then it dies of the signal.
      const died = file === '-' ? { code, signal: null } : { code: null, signal };
      expect(ended).toEqual({ ...died, stdout: '', stderr: '' });
      expect(seconds).toBeLessThan(1);
      expect(readdirSync(cwd)).toEqual(file === '-' ? [] : ['fifo']);
    },
  );

  it('by SIGKILL leaves a file that the next run removes', async () => {
    const cwd = temporaryFolder();
    const replay = 'rss-err replay - --topology 8cpu --readings --output result.csv';
    const running = startShell(`exec ${replay}`, { cwd, stdin: null });
    running.child.stdin.write(`thread,cpu,pages,kind\n${'1,0,1,fault\n'.repeat(10_000)}`);
    await untilIdle(running);
    await interrupt(running, 'SIGKILL');
    expect(readdirSync(cwd)).toEqual([expect.stringMatching(/^\.rss-err\..*\.tmp$/)]);
    await runShell('rss-err bound --topology 8cpu --output other', { cwd });
    expect(readdirSync(cwd)).toEqual(['other']);
  });

  it('leaves the file that is there as it was', async () => {
    const cwd = temporaryFolder({ 'result.txt': 'before\n' });
    const running = startShell(`exec rss-err compare ${long} --output result.txt`, { cwd });
    await untilBusy(running);
    await interrupt(running, 'SIGINT');
    expect(readdirSync(cwd)).toEqual(['result.txt']);
    expect(readFileSync(join(cwd, 'result.txt'), 'utf8')).toBe('before\n');
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'by %s is heard while a machine of a million cores is read and drawn',
    async (signal) => {
      const cpus = 1 << 20;
      const cores = Array.from({ length: cpus }, (_, cpu) => `${cpu}`);
      const machine = { name: 'm', cpus: { possible: `0-${cpus - 1}` }, cores };
      const cwd = temporaryFolder({ 'm.json': JSON.stringify(machine) });
      const running = startShell('exec rss-err topology show m.json', { cwd });
      await untilBusy(running);
      const { seconds, ...ended } = await interrupt(running, signal);
      expect(ended).toMatchObject({ stdout: '', stderr: '' });
      expect([signal, 128 + constants.signals[signal]]).toContain(ended.signal ?? ended.code);
      expect(seconds).toBeLessThan(1);
    },
  );

  it.concurrent.each([
    ['SIGINT', 130, 'compare --topology -'],
    ['SIGTERM', 143, 'compare --topology -'],
    ['SIGINT', 130, 'topology show -'],
    ['SIGHUP', 129, 'topology show -'],
  ] as const)(
    'by %s while it waits for standard input gives %d: %s',
    async (signal, code, args) => {
      const running = startShell(`exec rss-err ${args}`, { stdin: null });
      running.child.stdin.write('{ "name": "half of');
      await untilIdle(running);
      const { seconds, ...ended } = await interrupt(running, signal);
      expect(ended).toEqual({ code, signal: null, stdout: '', stderr: '' });
      expect(seconds).toBeLessThan(1);
    },
  );
});

describe('standard output that is closed', () => {
  it.each(['bound --topology 8cpu', '--version', '--help'])('is told of: %s', async (words) => {
    const line = `rss-err ${words} >&-; echo $? >&2`;
    expect(await runShell(line)).toEqual({
      ...{ code: 0, signal: null, stdout: '' },
      stderr: 'rss-err: standard output is closed: expected it open, or --output /dev/null\n2\n',
    });
  });

  it('is no fault of a result in a file, nor is /dev/null', async () => {
    const cwd = temporaryFolder();
    const line = 'rss-err bound --output file >&- && rss-err bound >/dev/null';
    expect(await runShell(line, { cwd })).toEqual({ ...quiet, stdout: '' });
  });
});

describe('standard error', () => {
  it.each([
    ['bound --topology 8cpu', 0],
    ['bound --topology nosuch', 2],
    ['compare --operations 1000 --fail-above 1', 1],
    ['bound --topology pu:8', 0],
  ])('that is full leaves the exit code as it is: %s', async (words, code) => {
    const line = `rss-err ${words} 2>/dev/full`;
    expect(await runShell(line)).toMatchObject({ code, signal: null, stderr: '' });
  });

  it('has no progress on it where it is no terminal', async () => {
    const { code, stderr } = await runCli(['compare', '--operations', '3000000']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  });
});

describe.concurrent('the same command', () => {
  it.each(['table', 'csv', 'json'])(
    'gives the same bytes twice, and others with another seed: %s',
    async (format) => {
      const args = ['compare', ...few, '--format', format];
      const [first, second, other] = await Promise.all([
        runCli(args),
        runCli([...args, '--seed', '1'], { env: { LC_ALL: 'C', TZ: 'Asia/Kathmandu' } }),
        runCli([...args, '--seed', '2']),
      ]);
      expect(first).toMatchObject(quiet);
      expect(second).toEqual(first);
      expect(other.stdout).not.toBe(first.stdout);
    },
  );

  it.each([
    'rss-err compare --operations 500',
    'rss-err compare --topology 64cpu-2n --preset hop --seed 7 --operations 500',
    'rss-err compare --policy local --stay 99.25% --threads 3 --operations 500',
    'rss-err compare --policy local --local-to node --pattern handoff --operations 500',
    'rss-err compare --policy round-robin --pattern grow --huge-share 2.5% --operations 500',
    'rss-err compare --policy pinned --pattern sawtooth --size 40MiB --mapping 8 --operations 500',
    'rss-err compare --preset hop --slots 7 --page-size 64K --reading raw --operations 500',
    'rss-err compare --used 0-31:2/8,249 --scheme tree:batch=16,version=17 --operations 500',
  ])('is told below its table: %s', async (line) => {
    const { stdout } = await runShell(line);
    const [, again = ''] = stdout.split('\nreproduce:\n');
    expect(again).toMatch(/^ {2}rss-err compare /);
    expect(await runShell(again)).toEqual({ ...quiet, stdout });
  });

  it('is told with quotes where the name of the file needs them', async () => {
    const cwd = temporaryFolder({ "it's my machine.json": machineText() });
    const line = `rss-err compare --topology "it's my machine.json" --operations 500`;
    const { stdout } = await runShell(line, { cwd });
    const [, again = ''] = stdout.split('\nreproduce:\n');
    expect(await runShell(again, { cwd })).toEqual({ ...quiet, stdout });
  });
});

describe.concurrent('colour in a pipe', () => {
  const compareColoured = async (args: string[], env: Record<string, string> = {}) => {
    const { stdout } = await runCli(['compare', ...few, ...args], {
      env: { LC_ALL: 'C.UTF-8', ...env },
    });
    return { coloured: stdout.includes('\x1b['), boxes: stdout.includes('┌') };
  };
  const plain = { coloured: false, boxes: false };
  const rich = { coloured: true, boxes: true };

  it.each<[string, string[], Record<string, string>, typeof plain]>([
    ['is not there unasked', [], {}, plain],
    ['comes with --color always', ['--color', 'always'], {}, rich],
    ['does not come with --color never', ['--color', 'never'], { FORCE_COLOR: '1' }, plain],
    ['comes with FORCE_COLOR', [], { FORCE_COLOR: '1' }, rich],
    ['does not come with FORCE_COLOR=0', [], { FORCE_COLOR: '0' }, plain],
    ['does not come with NO_COLOR', [], { NO_COLOR: '1', FORCE_COLOR: '1' }, plain],
    ['comes with --color always against NO_COLOR', ['--color', 'always'], { NO_COLOR: '1' }, rich],
    ['comes where NO_COLOR is empty', [], { NO_COLOR: '', FORCE_COLOR: '1' }, rich],
  ])('%s', async (_, args, env, expected) => {
    expect(await compareColoured(args, env)).toEqual(expected);
  });

  it.each(['ascii', 'markdown', 'csv', 'json'])('is never in the format %s', async (format) => {
    const args = ['--format', format, '--color', 'always'];
    expect(await compareColoured(args)).toEqual(plain);
  });

  it('is never in a file', async () => {
    const cwd = temporaryFolder();
    await runCli(['compare', ...few, '--color', 'always', '--output', 'result.txt'], { cwd });
    expect(readFileSync(join(cwd, 'result.txt'), 'utf8')).toMatch(/^[\n\x20-\x7e]+$/);
  });
});

describe('a plain table', () => {
  const units = ['pages', 'KiB', 'MiB'] as const;
  const tables = bundledNames().flatMap((name) =>
    PRESET_NAMES.flatMap((preset) => units.map((unit) => [name, preset, unit] as const)),
  );

  /** What main() prints, without a process for each of many tables. */
  async function printed(args: readonly string[]): Promise<string> {
    const stdout = new PassThrough();
    const streams = { ...process, stdout, stderr: stdout, env: {} } as unknown as Surroundings;
    expect(await main(args, streams)).toBe(0);
    return String(stdout.read());
  }

  function demandPlain(text: string): void {
    expect(text).toMatch(/^[\n\x20-\x7e]+$/);
    const lines = text.split('\n');
    expect(lines.filter((line) => line.length > 72)).toEqual([]);
    expect(lines.filter((line) => line.endsWith(' '))).toEqual([]);
    expect(lines.at(-1)).toBe('');
  }

  it.each(tables)(
    'is 72 columns of ASCII without trailing blanks: %s, %s, %s',
    async (name, preset, unit) => {
      const args = ['--topology', name, '--preset', preset, '--unit', unit, ...few];
      demandPlain(await printed(['compare', ...args]));
    },
  );

  it('is so with long names of schemes and large numbers', async () => {
    const { stdout } = await runCli([
      ...['compare', '--topology', '8192cpu', '--seed', '9007199254740991'],
      ...['--scheme', 'tree:batch=1024,version=17,arity=64x128,mapping=logical'],
      ...['--scheme', 'per-cpu:batch=1024'],
      ...few,
    ]);
    demandPlain(stdout);
  });

  it('has no trailing blanks where the name of the machine is longer than a line', async () => {
    const stdin = machineText({ name: 'n'.repeat(100) });
    const { stdout } = await runCli(['compare', '--topology', '-', ...few], { stdin });
    expect(stdout.split('\n').filter((line) => line.endsWith(' '))).toEqual([]);
  });

  it('is so of all machines at once', async () => {
    const { stdout } = await runCli(['topology', 'list']);
    demandPlain(stdout);
    expect(
      stdout
        .split('\n')
        .slice(1, -1)
        .map((line) => line.split(' ')[0]),
    ).toEqual(bundledNames());
  });
});

describe.concurrent('--output', () => {
  it.each(['table', 'ascii', 'csv', 'json', 'ndjson'])(
    'writes what standard output would be: %s',
    async (format) => {
      const cwd = temporaryFolder();
      const args = ['compare', ...few, '--format', format];
      const { stdout } = await runCli(args);
      expect(await runCli([...args, '--output', 'result'], { cwd })).toEqual({
        ...quiet,
        stdout: '',
      });
      expect(readFileSync(join(cwd, 'result'), 'utf8')).toBe(stdout);
      expect(readdirSync(cwd)).toEqual(['result']);
    },
  );

  const csv = ['compare', ...few, '--format', 'csv'];

  it.each(['600', '640', '664', '755'])('replaces a file and keeps its mode %s', async (mode) => {
    const cwd = temporaryFolder({ result: `${'before\n'.repeat(10_000)}` });
    chmodSync(join(cwd, 'result'), Number.parseInt(mode, 8));
    await runCli([...csv, '--output', 'result'], { cwd });
    expect(readFileSync(join(cwd, 'result'), 'utf8')).toBe((await runCli(csv)).stdout);
    expect((statSync(join(cwd, 'result')).mode & 0o7777).toString(8)).toBe(mode);
    expect(readdirSync(cwd)).toEqual(['result']);
  });

  it('writes through a symbolic link to the file it names', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'elsewhere'));
    writeFileSync(join(cwd, 'elsewhere', 'target'), 'before\n');
    symlinkSync('elsewhere/target', join(cwd, 'link'));
    await runCli([...csv, '--output', 'link'], { cwd });
    expect(lstatSync(join(cwd, 'link')).isSymbolicLink()).toBe(true);
    const { stdout } = await runCli(csv);
    expect(readFileSync(join(cwd, 'elsewhere', 'target'), 'utf8')).toBe(stdout);
    expect(readdirSync(join(cwd, 'elsewhere'))).toEqual(['target']);
  });

  it('makes the file that a symbolic link names', async () => {
    const cwd = temporaryFolder();
    symlinkSync('target', join(cwd, 'link'));
    await runCli([...csv, '--output', 'link'], { cwd });
    expect(lstatSync(join(cwd, 'link')).isSymbolicLink()).toBe(true);
    const { stdout } = await runCli(csv);
    expect(readFileSync(join(cwd, 'target'), 'utf8')).toBe(stdout);
  });

  it('writes to /dev/stdout as to standard output', async () => {
    const line = `rss-err ${csv.join(' ')} --output /dev/stdout | cat`;
    const { stdout } = await runCli(csv);
    expect(await runShell(line)).toEqual({ ...quiet, stdout });
  });

  it('appends to what the shell appends to: /dev/stdout', async () => {
    const cwd = temporaryFolder({ log: 'before\n' });
    const line = `{ rss-err ${csv.join(' ')} --output /dev/stdout; echo after; } >>log`;
    const { stdout } = await runCli(csv);
    expect(await runShell(line, { cwd })).toEqual({ ...quiet, stdout: '' });
    expect(readFileSync(join(cwd, 'log'), 'utf8')).toBe(`before\n${stdout}after\n`);
    expect(readdirSync(cwd)).toEqual(['log']);
  });

  it('writes into a FIFO, which stays one', async () => {
    const cwd = temporaryFolder();
    const line = `mkfifo fifo && { rss-err ${csv.join(' ')} --output fifo & cat fifo; wait $!; }`;
    const { stdout } = await runCli(csv);
    expect(await runShell(line, { cwd })).toEqual({ ...quiet, stdout });
    expect(lstatSync(join(cwd, 'fifo')).isFIFO()).toBe(true);
    expect(readdirSync(cwd)).toEqual(['fifo']);
  });

  it.each([
    ['no file', {}],
    ['the file that is there', { result: 'before\n' }],
  ])('leaves %s as it was, and nothing else, where there is no room', async (_, files) => {
    const cwd = temporaryFolder(files);
    const line = `ulimit -f 1; rss-err ${csv.join(' ')} --output result`;
    const { code, stdout, stderr } = await runShell(line, { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^rss-err: --output result: [^\n]+\n$/);
    expect(readdirSync(cwd)).toEqual(Object.keys(files));
    for (const [name, text] of Object.entries(files)) {
      expect(readFileSync(join(cwd, name), 'utf8')).toBe(text);
    }
  });

  // Node's own stream takes a short write for a whole one.
  it('says so where standard output is a file and there is no room', async () => {
    const cwd = temporaryFolder();
    for (const words of [csv.join(' '), 'compare --help', 'bound --format json']) {
      const line = `ulimit -f 1; rss-err ${words} > result`;
      expect(await runShell(line, { cwd })).toMatchObject({
        code: 2,
        stderr: 'rss-err: standard output: file too large\n',
      });
    }
    const { stdout } = await runCli(csv);
    const twice = `{ echo before; rss-err ${csv.join(' ')}; rss-err ${csv.join(' ')}; } > result`;
    await runShell(twice, { cwd });
    expect(readFileSync(join(cwd, 'result'), 'utf8')).toBe(`before\n${stdout}${stdout}`);
    await runShell(`rss-err ${csv.join(' ')} >> result`, { cwd });
    expect(readFileSync(join(cwd, 'result'), 'utf8')).toBe(`before\n${stdout.repeat(3)}`);
  });

  it('has as long a name as the file system takes', async () => {
    const cwd = temporaryFolder();
    const name = 'n'.repeat(255);
    expect(await runCli([...csv, '--output', name], { cwd })).toMatchObject(quiet);
    expect(readdirSync(cwd)).toEqual([name]);
    const { code, stderr } = await runCli([...csv, '--output', `${name}n`], { cwd });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^rss-err: --output n+: file name too long\n$/);
  });

  it.skipIf(!existsSync('/dev/shm'))('below /dev/shm is whole or not at all', async () => {
    const file = `/dev/shm/rss-err-test-${process.pid}`;
    const line = `ulimit -f 1; rss-err ${csv.join(' ')} --output ${file}`;
    expect(await runShell(line)).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/file too large/),
    });
    expect(existsSync(file)).toBe(false);
    expect(await runCli([...csv, '--output', file])).toMatchObject(quiet);
    const { stdout } = await runCli(csv);
    expect(readFileSync(file, 'utf8')).toBe(stdout);
    rmSync(file);
  });

  it.each([
    [
      'a circle of links',
      'ln -s a b; ln -s b a; rss-err bound --output a',
      /^rss-err: --output a: too many levels of symbolic links\n$/,
    ],
    [
      'a circle of links for a machine',
      'ln -s a b; ln -s b a; rss-err bound --topology a',
      /^rss-err: a: too many levels of symbolic links\n$/,
    ],
    [
      'no descriptor left',
      'ulimit -n 22; rss-err replay - --topology 8cpu',
      /^rss-err: (?:[^\n]*: )?too many open files\n$/,
    ],
    [
      'a folder that is gone',
      'mkdir d; cd d; rmdir ../d; rss-err bound --output f',
      /(^|\n)rss-err: --output f: no such folder\n$/,
    ],
    [
      'a folder that is gone, and two files',
      'mkdir d; cd d; rmdir ../d; rss-err processes --processes 3 --write-trace t --output f',
      /(^|\n)rss-err: --output f: no such folder\n$/,
    ],
  ])('is refused in words where there is %s', async (_, line, stderr) => {
    expect(await runShell(line, { cwd: temporaryFolder() })).toEqual({
      ...{ code: 2, signal: null, stdout: '' },
      stderr: expect.stringMatching(stderr),
    });
  });

  it('is written also where --fail-above is exceeded', async () => {
    const cwd = temporaryFolder();
    const { code, stdout } = await runCli([...csv, '--fail-above', '1', '--output', 'result'], {
      cwd,
    });
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(readFileSync(join(cwd, 'result'), 'utf8')).toBe((await runCli(csv)).stdout);
  });
});

describe.concurrent('the name of a machine', () => {
  const nameOf = async (args: string[], cwd?: string) => {
    const { stdout } = await runCli(
      ['compare', ...few, '--format', 'json', ...args],
      cwd === undefined ? {} : { cwd },
    );
    return JSON.parse(stdout).topology.name;
  };

  it('is a bundled one with and without .json', async () => {
    expect(await nameOf(['--topology', '64cpu-2n'])).toBe('64cpu-2n');
    expect(await nameOf(['--topology', '64cpu-2n.json'])).toBe('64cpu-2n');
  });

  it.each(['250cpu', '250cpu.json'])('is a file first: %s', async (file) => {
    const cwd = temporaryFolder({ [file]: machineText({ name: 'mine' }) });
    expect(await nameOf(['--topology', file], cwd)).toBe('mine');
  });

  it('is a bundled one for the file of another name', async () => {
    const cwd = temporaryFolder({ '250cpu.json': machineText({ name: 'mine' }) });
    expect(await nameOf(['--topology', '250cpu'], cwd)).toBe('250cpu');
  });
});

const hasScript = spawnSync('script', ['-qec', 'exit 3', '/dev/null'], { input: '' }).status === 3;

describe.skipIf(!hasScript)('a terminal', () => {
  const onTerminal = (command: string, env: Record<string, string> = {}) =>
    startShell(`exec script -qec '${command}' /dev/null`, {
      stdin: null,
      env: { TERM: 'xterm-256color', LC_ALL: 'C.UTF-8', ...env },
    });
  const compareOn = async (env: Record<string, string>, command = 'rss-err compare') => {
    const { stdout } = await onTerminal(`${command} --operations 500`, env).result;
    return {
      coloured: stdout.includes('\x1b['),
      boxes: stdout.includes('┌'),
      table: stdout.includes('scheme'),
    };
  };

  it.each<[string, Record<string, string>, boolean, boolean]>([
    ['shows boxes and colour', {}, true, true],
    ['shows boxes alone with NO_COLOR', { NO_COLOR: '1' }, false, true],
    ['shows boxes alone with FORCE_COLOR=0', { FORCE_COLOR: '0' }, false, true],
    ['that is dumb shows plain text', { TERM: 'dumb' }, false, false],
  ])('%s', async (_, env, coloured, boxes) => {
    expect(await compareOn(env)).toEqual({ coloured, boxes, table: true });
  });

  it('shows plain text of a pipe before it', async () => {
    const { stdout } = await onTerminal('rss-err compare --operations 500 | cat').result;
    const piped = await runCli(['compare', ...few]);
    expect(stdout.replaceAll('\r\n', '\n')).toBe(piped.stdout);
  });

  it('shows how far a long replay is, and wipes it away', async () => {
    const command = 'rss-err compare --operations 6000000 --format csv | cat';
    const { stdout } = await onTerminal(command).result;
    const [progress = '', result = ''] = stdout.split(WIPE);
    expect(progress).toMatch(/^(\rreplaying: \d{1,3}%(, \d+ (s|min) left)? *)+$/);
    expect(result).toMatch(/^format,version,/);
  });

  it('ends a long replay by Ctrl-C, exit code 130, and wipes the progress away', async () => {
    const running = onTerminal(`rss-err compare ${long}`);
    while (!running.output().includes('replaying') && running.child.exitCode === null) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    running.child.stdin.write('\x03');
    const { code, stdout } = await running.result;
    expect(code).toBe(130);
    expect(stdout.endsWith(WIPE)).toBe(true);
    expect(stdout).not.toContain('scheme');
  });
});
