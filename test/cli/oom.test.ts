/** `rss-err oom` on logs: formats, exit codes, faults of the input, memory and speed. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { boundResult } from '../../src/commands/bound/result.ts';
import { type ModelRow, modelResult } from '../../src/commands/oom/model-result.ts';
import { type JudgedReport, type OomResult, oomResult } from '../../src/commands/oom/result.ts';
import { lineSchemaOf } from '../../src/render/result.ts';
import { runCli } from '../support/cli.ts';
import { logged } from '../support/oom-logs.ts';

const golden = (name: string) =>
  fileURLToPath(new URL(`../golden/oom/${name}.txt`, import.meta.url));
const WRONG = golden('kernel-6.12-cpus-64-s1.1');
const RIGHT = golden('kernel-7.2-cpus-64-s2.1');
const two = readFileSync(WRONG, 'utf8') + readFileSync(RIGHT, 'utf8');

type OomLine = Pick<OomResult, 'format' | 'program' | 'log'> & { type: string };

describe('all reports of a log', () => {
  it('are one JSON document, and a line each', async () => {
    const whole = await runCli(['oom', '-', '--format', 'json'], { stdin: two });
    const document = oomResult.parse(JSON.parse(whole.stdout));
    expect(document.reports.map(({ verdict }) => verdict)).toEqual(['uncertain', 'certain']);
    const { stdout } = await runCli(['oom', '-', '--format', 'ndjson'], { stdin: two });
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => lineSchemaOf(oomResult)!.parse(JSON.parse(line)) as JudgedReport & OomLine);
    expect(
      lines.map(({ format: _f, type: _t, program: _p, log: _l, ...report }) => report),
    ).toEqual(document.reports);
  });

  it('are rows under one head also where the first has none', async () => {
    const row = /\] +\d+ +\d+ /;
    const without = readFileSync(WRONG, 'utf8').split('\n');
    const stdin = [...without.filter((line) => !row.test(line)), readFileSync(RIGHT, 'utf8')];
    const words = ['oom', '-', '--format', 'csv'];
    const { stdout } = await runCli(words, { stdin: stdin.join('\n') });
    const rows: Record<string, string>[] = parseCsv(stdout, { columns: true });
    expect(new Set(rows.map(({ report }) => report))).toEqual(new Set(['2']));
  });

  it.each([
    ['csv', ','],
    ['tsv', '\t'],
  ])('are rows under one head: %s', async (format, delimiter) => {
    const { stdout } = await runCli(['oom', '-', '--format', format], { stdin: two });
    const rows: Record<string, string>[] = parseCsv(stdout, { columns: true, delimiter });
    expect(rows.filter(({ role }) => role === 'chosen')).toMatchObject([
      { report: '1', name: 'A-honest', verdict: 'uncertain', sums: 'approximate' },
      { report: '2', name: 'B-hider', verdict: 'certain', sums: 'precise', overlap: '' },
    ]);
  });

  it.each(['table', 'ascii', 'markdown'])('are told one after the other: %s', async (format) => {
    const { stdout } = await runCli(['oom', '-', '--format', format], { stdin: two });
    expect(stdout.match(/report \d/g)).toEqual(['report 1', 'report 2']);
    expect(stdout).toContain('Could have been another');
    expect(stdout).toContain('Certain:');
    if (format !== 'markdown') {
      expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(72);
    }
  });

  it('say what gives them again', async () => {
    const words = ['oom', WRONG, '--cpus', '64', '--threads', 'B-hider=3', '--page-size', '4K'];
    const first = await runCli([...words, '--kernel', '6.12.117', '--scheme', 'per-cpu:batch=64']);
    const again = /reproduce:\n([\s\S]*)$/.exec(first.stdout)?.[1]?.replaceAll(/\\\n/g, '');
    expect(await runCli(again!.trim().split(/\s+/).slice(1))).toEqual(first);
  });
});

describe('the exit code', () => {
  it.each([
    [WRONG, 1],
    [RIGHT, 0],
  ])('of --fail-uncertain: %s', async (file, code) => {
    expect(await runCli(['oom', file])).toMatchObject({ code: 0, stderr: '' });
    const failed = await runCli(['oom', file, '--fail-uncertain', '--format', 'csv']);
    expect(failed).toMatchObject({
      code,
      stderr: code === 0 ? '' : 'rss-err: 1 of 1 choice not certain (--fail-uncertain)\n',
    });
  });
});

describe('a fault is one line', () => {
  it.each<[string, readonly string[], string | RegExp]>([
    ['no file', [], "oom: expected a kernel's log, or - for stdin (see rss-err oom --help)"],
    ['no such file', ['none'], 'none: no such file'],
    [
      'no report',
      ['-'],
      'standard input: no report of the OOM killer in 2 lines: expected a kernel\'s log with "invoked oom-killer" or "Tasks state"',
    ],
    [
      'a kernel',
      ['-', '--kernel', 'six'],
      '--kernel six: "six" is not a release as uname -r prints it, such as 6.12.117 (what is read changed in 2.6.34, 6.2, 6.12.39, 6.15.7, 6.16, 7.0) (see rss-err oom --help)',
    ],
    [
      'threads',
      ['-', '--threads', 'a=1,a=2'],
      /^--threads a=1,a=2: "a=2" is not a number of threads/,
    ],
    ['threads', ['-', '--threads', '0'], /^--threads 0: "0" is not a number of threads/],
    [
      'CPUs',
      ['-', '--cpus', '0'],
      '--cpus 0: "0" is not a whole number from 1 to 8192 (see rss-err oom --help)',
    ],
    ['a scheme', ['-', '--scheme', 'x'], /^--scheme x: unknown scheme/],
    ['a machine', ['-', '--topology', 'none'], /none/],
    ['two machines', ['-', '--topology', '8cpu', '--cpus', '8'], /--cpus/],
    ['standard input twice', ['-', '--topology', '-'], /standard input/],
  ])('%s', async (_, words, line) => {
    const { code, stdout, stderr } = await runCli(['oom', ...words], { stdin: 'x\ny' });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^rss-err: [^\n]*\n$/);
    const said = stderr.slice('rss-err: '.length, -1);
    if (typeof line === 'string') expect(said).toBe(line);
    else expect(said).toMatch(line);
  });
});

describe('an option against its log', () => {
  const boot = [
    'Linux version 6.8.0-45-generic (x) #1 SMP',
    'smpboot: Allowing 128 CPUs, 64 hotplug CPUs',
    'smp: Brought up 2 nodes, 64 CPUs',
  ];
  const report = logged({
    release: '6.8.0-45-generic',
    tasks: [{ pid: 5, name: 'a', anon: 5 }],
    victim: 5,
    between: ['Node 0 DMA32: 5*4kB (ME) 0*8kB = 20kB'],
  }).replace(/CPU: \d+/, 'CPU: 3');
  const log = `${boot.join('\n')}\n${report}`;
  const told = async (words: readonly string[], stdin = log) => {
    const { code, stderr } = await runCli(['oom', '-', ...words], { stdin });
    return { code, said: stderr.replaceAll(/^rss-err: (note: )?standard input: /gm, '') };
  };

  it.each<[string, readonly string[], RegExp]>([
    [
      'a CPU',
      ['--cpus', '2'],
      /^line 5: the killer ran on CPU 3, which .* \(--cpus\) has not: .*\n$/,
    ],
    [
      'a CPU',
      ['--topology', 'pu:2'],
      /^line 5: .* a machine of 2 CPUs \(--topology\) has not: .*\n$/,
    ],
    [
      'nr_cpu_ids',
      ['--cpus', '129'],
      /^line 2: at most 128 CPUs, which .*129 CPUs.* exceeds: .*\n$/,
    ],
  ])('is refused where both cannot be: %s, %s', async (_, words, line) => {
    const { code, said } = await told(words);
    expect(code).toBe(2);
    expect(said).toMatch(line);
  });

  it.each<[readonly string[], string]>([
    [['--cpus', '32'], 'line 3 says 64 CPUs: judged on 32 CPUs, by --cpus\n'],
    [['--cpus', '64'], ''],
    [['--topology', '8cpu'], 'line 3 says 64 CPUs: judged on 8 CPUs, by --topology\n'],
    [['--kernel', '6.12'], 'line 5 says kernel 6.8.0-45-generic: judged as 6.12, by --kernel\n'],
    [['--kernel', '6.8'], ''],
    [['--page-size', '64K'], 'says pages of 4 KiB: judged by pages of 64 KiB, by --page-size\n'],
    [['--page-size', '4K'], ''],
  ])('is told with the line: %s', async (words, line) => {
    const { said } = await told(words);
    if (line === '') expect(said).toBe('');
    else expect(said).toContain(line);
  });

  it('is told once for all reports of a boot', async () => {
    const { said } = await told(['--cpus', '32'], log + report);
    expect(said).toBe('line 3 says 64 CPUs: judged on 32 CPUs, by --cpus\n');
  });
});

it('a name is shown as a table can hold it', async () => {
  const tasks = [{ pid: 5, name: 'a\tb\u0007é', anon: 5 }];
  const { stdout } = await runCli(['oom', '-', '--format', 'ascii'], {
    stdin: logged({ release: '7.0.1', tasks, victim: 5 }),
  });
  expect(stdout).toContain('a?b??');
  expect(stdout).not.toMatch(/[^\n -~]/);
});

it('two processes on one mm have a row each, and a group dies as a whole', async () => {
  const one = { name: 'one', anon: 900, totalVm: 1000 };
  const tasks = [
    { ...one, pid: 5 },
    { ...one, pid: 6, name: 'other' },
  ];
  const log = logged({ release: '7.0.1', tasks, victim: 6 });
  const group = 'Tasks in /a are going to be killed due to memory.oom.group set\n';
  const { stdout } = await runCli(['oom', '-', '--format', 'ascii'], { stdin: log + group });
  expect(stdout).toContain('one (5): the figures of the chosen one; what shares its memory');
  expect(stdout).toContain('memory.oom.group: its whole cgroup dies');
  expect(stdout).toContain('verdict  certain');
});

it('a line without an end is cut, and its number is still one', async () => {
  const stdin = `${'x'.repeat(3_000_000)}\n${two}`;
  const { stdout } = await runCli(['oom', '-', '--format', 'csv'], { stdin });
  expect(stdout).toContain('\n1,2,uncertain');
});

describe('the model', () => {
  const model = ['oom', '--model', '--runs', '2', '--memory', '64MiB', '--topology', '8cpu'];

  it('says in each format what the JSON says, the same at every run', async () => {
    const whole = await runCli([...model, '--format', 'json']);
    const result = modelResult.parse(JSON.parse(whole.stdout));
    expect(result.rows.map(({ scheme, selection }) => `${scheme} ${selection}`)).toEqual([
      'per-thread approximate',
      ...['per-cpu', 'per-numa', 'tree'].flatMap((scheme) =>
        ['approximate', 'precise', 'two-pass'].map((selection) => `${scheme} ${selection}`),
      ),
    ]);
    for (const { selection, wrong } of result.rows) {
      if (selection === 'precise') expect(wrong).toBe(0);
    }
    expect(await runCli([...model, '--format', 'json'])).toEqual(whole);
    const { stdout } = await runCli([...model, '--format', 'ndjson']);
    const [run, ...rows] = stdout
      .trimEnd()
      .split('\n')
      .map(
        (line) =>
          lineSchemaOf(modelResult)!.parse(JSON.parse(line)) as ModelRow & {
            format: string;
            type: string;
          },
      );
    expect(run).toMatchObject({ type: 'run', witnesses: result.witnesses });
    expect(rows.map(({ format: _f, type: _t, ...row }) => row)).toEqual(result.rows);
    const csv = await runCli([...model, '--format', 'csv']);
    const records: Record<string, string>[] = parseCsv(csv.stdout, { columns: true });
    expect(records.map(({ wrong_runs }) => Number(wrong_runs))).toEqual(
      result.rows.map(({ wrong }) => wrong),
    );
  });

  it('fits a mail, and says what gives it again', async () => {
    const words = [...model, '--population', 'leak', '--processes', '20', '--free', '1MiB'];
    const more = ['--policy', 'local', '--stay', '50%', '--mapping', '2-4', '--turnover', '2'];
    const shape = ['--scheme', 'tree:batch=2', '--unit', 'MiB', '--format', 'ascii'];
    const first = await runCli([...words, ...more, ...shape]);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    const [text, again = ''] = first.stdout.split('reproduce:\n');
    expect(Math.max(...text!.split('\n').map((line) => line.length))).toBeLessThanOrEqual(72);
    const line = again.replaceAll(/\\\n/g, '').trim().split(/\s+/).slice(1);
    expect(await runCli(line)).toEqual(first);
  });

  it.each<[readonly string[], string]>([
    [['--model', 'x'], 'x: --model has no log (see rss-err oom --help)'],
    [['--model', '--cpus', '8'], '--cpus goes without --model (see rss-err oom --help)'],
    [['x', '--population', 'leak'], '--population goes with --model (see rss-err oom --help)'],
    [
      ['--model', '--population', 'x'],
      '--population x: "x" is not one of service-beside-workers, small-container, leak, fork-bomb (see rss-err oom --help)',
    ],
    [
      ['--model', '--memory', '9', '--processes', '10'],
      '--processes 10: 9 pages of --memory: expected a page for each at least (see rss-err oom --help)',
    ],
  ])('%s', async (words, line) => {
    expect(await runCli(['oom', ...words])).toEqual({
      ...{ code: 2, signal: null, stdout: '', stderr: `rss-err: ${line}\n` },
    });
  });
});

it('a table with a row cut is not certain, and says so in a sentence', async () => {
  const tasks = [
    { pid: 1, name: 'a', anon: 90_000 },
    { pid: 2, name: 'b', anon: 9 },
  ];
  const stdin = logged({ tasks, victim: 1 }).replace(/ 0 b$/m, '');
  const { stdout, code } = await runCli(['oom', '-', '--cpus', '2', '--fail-uncertain'], { stdin });
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
    'Could have been another: of the rows that can be read no other task can have had as many points as a (1), but 1 row cannot.',
  );
  expect(code).toBe(1);
});

it('counts the lines of a log without a report', async () => {
  const lines = async (stdin: string) =>
    /in (.*): expected/.exec((await runCli(['oom', '-'], { stdin })).stderr)?.[1];
  expect(await Promise.all(['', 'a', 'a\n', 'a\n\n'].map(lines))).toEqual([
    ...['0 lines', '1 line', '1 line', '2 lines'],
  ]);
});

it.each([[], ['--used', '0-3']])(
  'bound --oom is a page more than what witness --oom attains: %s',
  async (...used) => {
    const { stdout } = await runCli(['bound', '--oom', '--format', 'json', ...used]);
    const { schemes } = boundResult.parse(JSON.parse(stdout));
    for (const { name, oom, exactUsed } of schemes) {
      const witness = await runCli(['witness', '--oom', '--scheme', name, ...used]);
      const { pages } = JSON.parse(witness.stdout.split('\n')[0]!).oom;
      expect(pages).toBe((exactUsed?.oom ?? oom)!.member - 1);
    }
  },
);

it('refuses --memory with witness --oom, which does not look at it', async () => {
  const words = ['witness', '--oom', '--scheme', 'per-cpu', '--memory', '10'];
  expect(await runCli(words)).toMatchObject({
    ...{
      code: 2,
      stdout: '',
      stderr: 'rss-err: --oom goes without --memory (see rss-err witness --help)\n',
    },
  });
});
