/** `topology show` and `topology tree`: what they refuse, and what they print in every format. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bundledNames, loadBundled } from '../../src/topology/bundled.ts';
import { topologyDocument } from '../../src/topology/normal-form.ts';
import { runCli } from '../support/cli.ts';
import { answerTo, type Fault, machineText, refusal } from '../support/refusal.ts';
import { temporaryFolder } from '../support/shell.ts';

const tree = (...options: string[]) => ['topology', 'tree', ...options];

describe('a list of items', () => {
  it('that no table can hold is refused', async () => {
    const words = tree('pu:131072', '--scheme', 'tree:version=2', '--level', '1');
    const { code, stdout, stderr } = await runCli(words);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.trimEnd().split('\n').at(-1)).toBe(
      'rss-err: --level 1: 65536 items are too many for a table: expected at most 40000; --format json has them all (see rss-err topology tree --help)',
    );
  });
});

describe('a command that cannot be drawn', () => {
  it.concurrent.each<Fault>([
    {
      fault: 'another scheme than the tree',
      args: tree('--scheme', 'per-cpu'),
      line: '--scheme per-cpu: expected tree or tree:key=value,…: other schemes have no levels (see rss-err topology tree --help)',
    },
    {
      fault: 'two schemes',
      args: tree('--scheme', 'tree', '--scheme', 'tree:version=2'),
      line: '--scheme is given twice: expected one tree (see rss-err topology tree --help)',
    },
    {
      fault: 'a level that the tree has not',
      args: tree('--level', '4'),
      line: '--level 4: the tree has levels 1 to 3 (see rss-err topology tree --help)',
    },
    {
      fault: 'a level of the tree of one CPU',
      args: tree('--topology', '1cpu', '--level', '1'),
      line: '--level 1: the tree of one CPU has none (see rss-err topology tree --help)',
    },
    {
      fault: 'level 0, whose items are the CPUs themselves',
      args: tree('--level', '0'),
      line: '--level 0: "0" is not a whole number from 1 to 20 (see rss-err topology tree --help)',
    },
    {
      fault: 'one level and all of them',
      args: tree('--level', '1', '--all'),
      line: '--level and --all: expected one of the two (see rss-err topology tree --help)',
    },
    {
      fault: 'two machines',
      args: tree('1cpu', '--topology', '8cpu'),
      line: '1cpu and --topology 8cpu: expected one machine (see rss-err topology tree --help)',
    },
    {
      fault: 'a level of a format that lists all of them',
      args: tree('--level', '1', '--format', 'json'),
      line: '--level goes with --format text or markdown: json has everything (see rss-err topology tree --help)',
    },
    {
      fault: 'all of a drawing',
      args: ['topology', 'show', '8192cpu', '--all', '--format', 'svg'],
      line: '--all goes with --format text or markdown: a drawing of everything has no end (see rss-err topology show --help)',
    },
    {
      fault: 'a format that is none',
      args: ['topology', 'show', '8cpu', '--format', 'png'],
      line: '--format png: "png" is not one of text, json, markdown, svg (see rss-err topology show --help)',
    },
    {
      fault: 'arities that do not cover the machine',
      args: tree('--topology', '8cpu', '--scheme', 'tree:arity=2x2'),
      line: 'tree:arity=2x2 covers 4 CPUs: nr_cpu_ids is 8, so the product must be at least 8 (see rss-err topology tree --help)',
    },
    {
      fault: 'a machine with a fault, and nothing written',
      args: tree('--topology', 'm.json', '--output', 'tree.svg'),
      files: { 'm.json': machineText({ pageSize: 3 }) },
      line: 'm.json: pageSize is 3: expected 4096, 16384, 65536 (bytes)',
    },
    {
      fault: 'a folder that is not there',
      args: ['topology', 'show', '8cpu', '--output', 'nowhere/m.svg', '--format', 'svg'],
      line: '--output nowhere/m.svg: no such folder',
    },
  ])('has $fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });
});

describe('topology show', () => {
  it.each(bundledNames())('prints %s within 72 columns of ASCII, in a page', async (name) => {
    const { stdout } = await runCli(['topology', 'show', name]);
    const [facts = '', drawing = ''] = stdout.split('\n\n');
    // Only a word of a source may be longer: a link.
    const long = facts.split('\n').filter((line) => line.trimStart().length > 72);
    expect(long.filter((line) => /\S \S/.test(line))).toEqual([]);
    const lines = drawing.trimEnd().split('\n');
    expect(lines.filter((line) => line.length > 72)).toEqual([]);
    expect(lines.length).toBeLessThan(20);
    expect(drawing).toMatch(/^[ -~\n]+$/);
  });

  it('prints every part once with --all', async () => {
    const { stdout } = await runCli(['topology', 'show', 'epyc-9754-2s', '--all']);
    expect(stdout.match(/^ +core /gm)).toHaveLength(256);
    expect(stdout.match(/^ +L3 /gm)).toHaveLength(32);
    expect(stdout).not.toContain('folded');
  });

  it('prints the machine as a file with --format json, whatever else it can', async () => {
    const { stdout } = await runCli(['topology', 'show', 'power10-e1080', '--format', 'json']);
    expect(JSON.parse(stdout)).toEqual(topologyDocument(loadBundled('power10-e1080')));
  });
});

describe('topology tree', () => {
  it('takes its machine as topology show does', async () => {
    const [named, option] = await Promise.all([
      runCli(tree('8cpu')),
      runCli(tree('--topology', '8cpu')),
    ]);
    expect(named).toEqual(option);
    expect(named.stdout).toContain('machine  8cpu: ');
  });

  it.each(bundledNames())('prints the tree of %s within 72 columns of ASCII', async (name) => {
    const { stdout } = await runCli(tree('--topology', name));
    expect(stdout.split('\n').filter((line) => line.length > 72)).toEqual([]);
    expect(stdout).toMatch(/^[ -~\n]+$/);
  });

  it('lists every item of a level, and of all levels', async () => {
    const rows = (text: string) => text.match(/^ +\d+ {2}\d[\d,:/-]*/gm)?.length;
    const level = await runCli(tree('--level', '1'));
    const all = await runCli(tree('--all'));
    expect(level.stdout).toContain('    31  31-223:1/32');
    // Rows of items alone begin with two numbers: 32; 32, 4 and the sum.
    expect(rows(level.stdout.split('Level 1: ')[1]!)).toBe(32);
    expect(rows(all.stdout.split('Level 1: ')[1]!)).toBe(32 + 4 + 1);
  });

  it('writes the same drawing to a file as to standard output', async () => {
    const cwd = temporaryFolder();
    const options = ['--topology', '64cpu-2n', '--format', 'svg'];
    const { stdout } = await runCli(tree(...options));
    const written = await runCli(tree(...options, '--output', 'tree.svg'), { cwd });
    expect(written).toEqual({ code: 0, signal: null, stdout: '', stderr: '' });
    expect(readFileSync(join(cwd, 'tree.svg'), 'utf8')).toBe(stdout);
  });
});
