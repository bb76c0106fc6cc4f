/** How results are laid out: on terminals of any width and locale, and beside long names of files. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/shell.ts';

const BOUND = ['bound', '--scheme', 'tree', '--scheme', 'per-cpu', '--in-flight', '2'];
const COMPARE = ['compare', '--operations', '200', '--runs', '2'];
const ONE = ['compare', '--operations', '2000'];
const TRACE = fileURLToPath(new URL('../golden/traces/perf-script-rss_stat.txt', import.meta.url));
const MANY = ['processes', '--processes', '20'];
const PLAIN = { NO_COLOR: '1', TERM: 'xterm' };

async function onTerminal(args: readonly string[], columns: number, locale = 'C.UTF-8') {
  const { stdout, code } = await runCli(args, { columns, env: { ...PLAIN, LC_ALL: locale } });
  expect(code).toBe(0);
  return stdout.trimEnd().split('\n');
}

/** The lines of the boxes. */
const boxed = (lines: readonly string[]) => lines.filter((line) => /^[│┌├└|+]/.test(line));

describe('a terminal', () => {
  it.each(
    [ONE, BOUND, COMPARE].flatMap((args) =>
      [60, 80, 200].map((columns) => [args, columns] as const),
    ),
  )('has tables and sentences of no more than its columns: %s on %i', async (args, columns) => {
    const lines = await onTerminal(args, columns);
    expect(boxed(lines).length > 5).toBe(columns > 60 || args !== ONE);
    for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(columns);
    // Wider lines are hard to read; tables may be as wide.
    const sentences = lines.filter((line) => !boxed([line]).length);
    for (const line of sentences) expect(line.length, line).toBeLessThanOrEqual(100);
  });

  it.each([ONE, BOUND, COMPARE, MANY])(
    'of 30 columns has its tables in parts that fit, each number whole: %s',
    async (...args) => {
      const [narrow, wide] = await Promise.all(
        [30, 200].map((columns) => onTerminal(args, columns)),
      );
      // A single word, as a file's name, may be longer.
      for (const line of narrow!)
        expect(line.length <= 30 || !line.trim().includes(' '), line).toBe(true);
      const wholes = (lines: readonly string[]) =>
        lines.join(' ').match(/(?<= )[-±+]?\d{1,3}(?:,\d{3})+(?= )/g);
      const shown = wholes(narrow!);
      for (const number of wholes(boxed(wide!))!) expect(shown, number).toContain(number);
    },
  );

  it.each([
    [['readers', '--kernel', '6.12'], /\n {2}systeminforma {2}VmRSS\n {2}tion\n/],
    [['replay', TRACE], /\n {2}rssload +\S+\n {2}247315454\n/],
    [
      ['design', '--topology', 'pu:8', '--operations', '0'],
      /\n {2}atomic-until- +\S+\n {2}threaded\n/,
    ],
    [['processes', '--preset', 'server', '--processes', '5'], / server \d+,\n +op [\d,]+\n/],
  ])('of 30 columns has words in tables broken: %s', async (args, words) => {
    const lines = await onTerminal(args, 30);
    for (const line of lines)
      expect(line.length <= 30 || !line.trim().includes(' ') || line.endsWith('\\'), line).toBe(
        true,
      );
    expect(lines.join('\n')).toMatch(words);
  });

  it('narrower than its numbers lets tables be as wide as these', async () => {
    const lines = await onTerminal(BOUND, 12);
    const tables = lines.filter((line) => line.startsWith('  per-cpu '));
    expect(tables.length).toBeGreaterThan(5);
    expect(tables.join('\n')).toContain('±125,000');
  });

  it('has formulas in the table where there is room, else below it', async () => {
    const [narrow, wide] = await Promise.all(
      [60, 200].map(async (columns) => (await onTerminal(ONE, columns)).join('\n')),
    );
    expect(wide).toMatch(/│ per-cpu +│ 500 \* CPUs +│ ±125,000 │/);
    expect(narrow).toMatch(/^ {2}per-cpu +±125,000 /m);
    expect(narrow).toMatch(/^stated: .*per-cpu 500 \* CPUs/m);
  });

  it.each([ONE, BOUND, COMPARE])(
    'has boxes of 7-bit ASCII where its locale is: %s',
    async (...args) => {
      const lines = await onTerminal(args, 100, 'C');
      for (const line of lines) expect(line).toMatch(/^[ -~]*$/);
      expect(lines.some((line) => /^\+-+\+/.test(line))).toBe(true);
    },
  );
});

describe('a long name of a file', () => {
  const folder = temporaryFolder();
  const long = join('a'.repeat(60), 'b'.repeat(60));
  mkdirSync(join(folder, long), { recursive: true });
  const machine = { name: 'm', cpus: { possible: '0-249' }, numaNodes: [{ id: 0, cpus: '0-249' }] };
  for (const path of ['m.json', join(long, 'm.json')]) {
    writeFileSync(join(folder, path), JSON.stringify(machine));
  }

  it.each([ONE, BOUND, COMPARE])(
    'takes no comma and no formula from a table: %s',
    async (...args) => {
      const [short, beside] = await Promise.all(
        ['m.json', join(long, 'm.json')].map(async (path) => {
          const { stdout } = await runCli([...args, '--topology', path], { cwd: folder });
          return stdout.split('reproduce:')[0]!;
        }),
      );
      expect(short).toMatch(/\d,\d{3}/);
      expect(beside).toBe(short);
    },
  );
});

it('a table of processes is whole, however long its title', async () => {
  const replay = ['replay', TRACE, '--topology', '8cpu', '--spread', 'uniform'];
  const reader = ['--kernel', '6.12.1', '--reader', 'process-exporter'];
  const { stdout } = await runCli([...replay, ...reader, '--unit', 'KiB']);
  const lines = stdout.split('\n');
  expect(stdout.match(/\bby process,/g)).toHaveLength(1);
  expect(lines.filter((line) => line.startsWith('  rssload 247315454'))).toHaveLength(1);
});

describe('72 columns of a pipe', () => {
  const LOG = fileURLToPath(new URL('../golden/oom/kernel-6.12-cpus-64-s1.1.txt', import.meta.url));

  it.each([
    [['readers']],
    [['readers', '--kernel', '6.12']],
    [['design', '--cpus', '240', '--space', 'tree', '--batch', '32', '--operations', '100']],
    [BOUND],
    [ONE],
  ])('hold every line of %s', async (args) => {
    const { stdout } = await runCli([...args, '--format', 'ascii']);
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(72);
  });

  it('hold what each task of a report of the OOM killer is, beside its name', async () => {
    const stdin = readFileSync(LOG, 'utf8').replaceAll('A-honest', 'systemd-journal');
    const { stdout } = await runCli(['oom', '-', '--cpus', '64'], { stdin });
    expect(stdout).toMatch(/^ {2}systemd-journal {2}chosen {2}758 /m);
    expect(stdout.match(/^RSS shown/gm)).toHaveLength(1);
  });
});

describe('the help', () => {
  const COMMANDS = [
    [],
    ['bound'],
    ['compare'],
    ['design'],
    ['explain'],
    ['oom'],
    ['replay'],
    ['sweep'],
    ['sweep', 'compare'],
    ['topology', 'import'],
  ];
  const wordsOf = (text: string) => text.split(/[\s\\]+/);
  const help = (args: readonly string[], more: object) => runCli([...args, '--help'], more);

  it.each(COMMANDS)('%s %s has the same words on every width', async (...args) => {
    const usual = (await help(args, {})).stdout;
    for (const columns of [40, 60, 72, 79, 80]) {
      const { stdout } = await help(args, { env: { COLUMNS: `${columns}` } });
      expect(wordsOf(stdout)).toEqual(wordsOf(usual));
      for (const line of stdout.split('\n')) {
        expect(line.length, line).toBeLessThanOrEqual(columns);
      }
      expect((await help(args, { columns })).stdout).toBe(stdout);
    }
    expect((await help(args, { env: { COLUMNS: '0' } })).stdout).toBe(usual);
    const wide = (await help(args, { columns: 120 })).stdout;
    expect(wordsOf(wide)).toEqual(wordsOf(usual));
  });
});
