/** Numbers and sizes as people write them, and formats by the name of the file. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { neededCommands } from '../../src/program.ts';
import { runCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/shell.ts';

/** Commands that have enough options to look for one. */
const commands = (await neededCommands([]))
  .flatMap((declared) => ('commands' in declared ? declared.commands : [declared]))
  .filter(({ options }) => Object.keys(options).length > 4);

describe('a number', () => {
  it.each([
    ['1M', 1_000_000],
    ['1e6', 1_000_000],
    ['0.5M', 500_000],
    ['2.5k', 2_500],
  ])('of operations may be written %s', async (text, operations) => {
    const args = ['compare', '--topology', '1cpu', '--scheme', 'atomic', '--format', 'json'];
    const { stdout } = await runCli([...args, '--operations', text]);
    expect(JSON.parse(stdout).operations).toBe(operations);
  });

  it.each(['1.5', '1e', '1MM', 'M', '1e-3', '0x10', '1_000', '1,000'])(
    'is not written %s',
    async (text) => {
      const { code, stderr } = await runCli(['compare', '--operations', text]);
      expect(code).toBe(2);
      expect(stderr).toMatch(/is not a whole number from .* \(see rss-err compare --help\)\n$/);
    },
  );
});

it.each([
  ['12GB', Math.round(12e9 / 4096)],
  ['2TiB', 2 ** 41 / 4096],
  ['512KiB', 128],
  ['1G', 2 ** 30 / 4096],
  ['25600', 25_600],
])('a size may be written %s', async (text, pages) => {
  const { stdout } = await runCli(['bound', '--size', text, '--format', 'json']);
  expect(JSON.parse(stdout).sizePages).toBe(pages);
});

describe('the format', () => {
  const bound = ['bound', '--topology', '1cpu', '--scheme', 'tree'];

  it.each([
    ['x.json', ['--format', 'json']],
    ['x.ndjson', ['--format', 'ndjson']],
    ['x.CSV', ['--format', 'csv']],
    ['x.tsv', ['--format', 'tsv']],
    ['x.md', ['--format', 'markdown']],
    ['x.txt', ['--format', 'table']],
  ])('follows from the name of the file: %s', async (name, told) => {
    const cwd = temporaryFolder();
    const { code } = await runCli([...bound, '--output', name], { cwd });
    expect(code).toBe(0);
    const { stdout } = await runCli([...bound, ...told]);
    expect(readFileSync(join(cwd, name), 'utf8')).toBe(stdout);
  });

  it('is the one that is told, whatever the name', async () => {
    const cwd = temporaryFolder();
    await runCli([...bound, '--output', 'x.json', '--format', 'csv'], { cwd });
    expect(readFileSync(join(cwd, 'x.json'), 'utf8')).toMatch(/^format,version,/);
  });
});

describe('help', () => {
  it.each([
    [['help', 'nope'], "unknown command 'nope' (see rss-err --help)"],
    [['topology', 'help', 'nope'], "unknown command 'nope' (see rss-err topology --help)"],
  ])('of a command that there is not is an error: %s', async (args, line) => {
    expect(await runCli(args)).toMatchObject({ code: 2, stdout: '', stderr: `rss-err: ${line}\n` });
  });

  it('has the choices of the presets', async () => {
    const { stdout } = await runCli(['compare', '--help']);
    expect(stdout).toMatch(/^ {2}service: 5 threads, /m);
    expect(stdout).toMatch(/^ {2}hop: 1 thread, /m);
  });

  it.each(commands)('of $name has every option in a group', ({ name, options }) => {
    for (const { flags, group } of Object.values(options)) {
      // Beside those of the output these have one or two.
      if (['import', 'tree', 'claims'].includes(name)) continue;
      expect(group, flags).toBeDefined();
    }
  });
});
