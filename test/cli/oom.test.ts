/** `rss-err oom` on logs: formats, exit codes, faults of the input, memory and speed. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
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
    ['no file', [], "oom: expected a kernel's log, or - for stdin"],
    ['no such file', ['none'], 'none: no such file'],
    [
      'no report',
      ['-'],
      'standard input: no report of the OOM killer in 2 lines: expected a kernel\'s log with "invoked oom-killer" or "Tasks state"',
    ],
    [
      'a kernel',
      ['-', '--kernel', 'six'],
      '--kernel six: "six" is not a release as uname -r prints it, such as 6.12.117',
    ],
    [
      'threads',
      ['-', '--threads', 'a=1,a=2'],
      /^--threads a=1,a=2: "a=2" is not a number of threads/,
    ],
    ['threads', ['-', '--threads', '0'], /^--threads 0: "0" is not a number of threads/],
    ['CPUs', ['-', '--cpus', '0'], '--cpus 0: "0" is not a whole number from 1 to 8192'],
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

it('a name is shown as a table can hold it', async () => {
  const tasks = [{ pid: 5, name: 'a\tb\u0007é', anon: 5 }];
  const { stdout } = await runCli(['oom', '-', '--format', 'ascii'], {
    stdin: logged({ release: '7.0.1', tasks, victim: 5 }),
  });
  expect(stdout).toContain('a?b??');
  expect(stdout).not.toMatch(/[^\n -~]/);
});

it('a line without an end is cut, and its number is still one', async () => {
  const stdin = `${'x'.repeat(3_000_000)}\n${two}`;
  const { stdout } = await runCli(['oom', '-', '--format', 'csv'], { stdin });
  expect(stdout).toContain('\n1,2,uncertain');
});
