/** `rss-err processes`: options, results, the trace that it writes, and every fault of a command line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { ProcessesResult } from '../../src/commands/processes/result.ts';
import { runCli } from '../support/cli.ts';
import { answerTo, type Fault, refusal } from '../support/refusal.ts';
import { temporaryFolder } from '../support/shell.ts';

const FEW = ['--processes', '20', '--parallel', '4', '--topology', '64cpu-2n'];

async function resultOf(...options: string[]): Promise<ProcessesResult> {
  const { stdout, stderr, code } = await runCli(['processes', ...options, '--format', 'json']);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return JSON.parse(stdout);
}

describe('processes', () => {
  it('counts an mm at each fork and exec, and checks each at its end', async () => {
    const result = await resultOf(...FEW);
    // The parent, and two for each of the twenty: its copy of the parent, and its own program.
    expect(result.mms).toEqual({ inits: 41, failed: 0, mostAtOnce: 6 });
    for (const { checkMm, largestOfMm } of result.schemes) {
      expect(checkMm).toEqual({ checked: 41, bad: 0, messages: [] });
      expect(largestOfMm.map(({ program, mms }) => [program, mms])).toEqual([
        ['make', 21],
        ['cc1', 20],
      ]);
    }
  });

  it('rolls back what mm_init had made, and frees the rest', async () => {
    const { mms, schemes } = await resultOf(...FEW, '--failing-forks', '50%');
    expect(mms.failed).toBeGreaterThan(4);
    for (const { allocations } of schemes) {
      const { allocated, rolledBack, freed } = allocations;
      expect(allocated - rolledBack).toBe(freed);
      expect(freed).toBeGreaterThan(0);
    }
    expect(schemes.find(({ scheme }) => scheme === 'tree')?.allocations.rolledBack).toBeGreaterThan(
      schemes.find(({ scheme }) => scheme === 'per-thread')?.allocations.rolledBack ?? 0,
    );
  });

  it('does not depend on which schemes are asked for', async () => {
    const all = await resultOf(...FEW);
    const one = await resultOf(...FEW, '--scheme', 'tree');
    expect(one.schemes).toEqual(all.schemes.filter(({ scheme }) => scheme === 'tree'));
  });

  it('says in CSV what it says in JSON, a row a scheme and quantity', async () => {
    const { schemes } = await resultOf(...FEW);
    const { stdout } = await runCli(['processes', ...FEW, '--format', 'csv']);
    const rows: Record<string, string>[] = parseCsv(stdout, { columns: true });
    const expected = schemes.flatMap(({ name, errors }) =>
      errors.map(({ quantity, clamped, raw }) => ({
        scheme: name,
        quantity,
        clamped_under_pages: `${clamped.under.pages}`,
        clamped_over_process: `${clamped.over.process ?? ''}`,
        raw_p99_pages: `${raw.p99}`,
      })),
    );
    expect(rows).toEqual(expected.map((row) => expect.objectContaining(row)));
  });

  it.each([
    ['the default', ...FEW],
    [
      'other policies and servers',
      ...['--preset', 'mixed', '--processes', '8', '--operations', '300', '--threads', '3'],
      ...['--policy', 'local', '--local-to', 'node', '--servers', '1', '--size', '4MiB'],
      ...['--mapping', '2-30', '--huge-share', '2%', '--reclaimed', '3.5%', '--used', '0-99'],
      ...['--process-pages', '9-90', '--parallel', '3', '--seed', '7', '--page-size', '16K'],
    ],
    ['failing forks', ...FEW, '--failing-forks', '10%', '--reading', 'raw', '--scheme', 'tree'],
  ])('is reproduced by the line that it prints: %s', async (_, ...options) => {
    const { stdout } = await runCli(['processes', ...options, '--format', 'ascii']);
    const line = stdout.slice(stdout.indexOf('reproduce:') + 10).replaceAll('\\\n', ' ');
    const words = line.trim().split(/\s+/).slice(1);
    const again = await runCli(
      words.includes('--format') ? words : [...words, '--format', 'ascii'],
    );
    expect(again.stdout).toBe(stdout);
  });

  it('exits with 1 where an RSS was further off than --fail-above', async () => {
    const { code, stderr, stdout } = await runCli(['processes', ...FEW, '--fail-above', '1MiB']);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^rss-err: \S+ was off by [\d.]+ MiB, more than 1\.0 MiB \(--fail-above\)\n$/,
    );
    expect(stdout).toContain('check_mm');
  });
});

describe('--write-trace', () => {
  it.each(['perf', 'ftrace'])('as %s is a trace that replay takes', async (form) => {
    const cwd = temporaryFolder();
    const words = ['--write-trace', 't.txt', '--trace-form', form];
    const plain = await runCli(['processes', ...FEW], { cwd });
    const traced = await runCli(['processes', ...FEW, ...words], { cwd });
    expect(traced).toEqual(plain);
    const replayed = await runCli(
      ['replay', 't.txt', '--topology', '64cpu-2n', '--scheme', 'atomic', '--format', 'json'],
      { cwd },
    );
    expect(replayed).toMatchObject({ code: 0 });
    expect(JSON.parse(replayed.stdout).rssPages).toBe(0);
    const ids = readFileSync(join(cwd, 't.txt'), 'utf8').matchAll(/mm_id=(\d+)/g);
    expect(new Set([...ids].map(([, id]) => id)).size).toBe(6);
  });
});

describe('a fault', () => {
  const faults: Fault[] = (
    [
      [
        'an unknown preset',
        ['--preset', 'make'],
        '--preset make: "make" is not one of fork-exec, server, mixed (see rss-err processes --help)',
      ],
      [
        'nobody',
        ['--processes', '0'],
        '--processes 0 and --servers 0: expected at least one process (see rss-err processes --help)',
      ],
      [
        'no place for processes',
        ['--parallel', '0'],
        '--parallel 0: "0" is not a whole number from 1 to 65536 (see rss-err processes --help)',
      ],
      [
        'places without processes',
        ['--preset', 'server', '--parallel', '3'],
        '--parallel goes with --processes above 0 (see rss-err processes --help)',
      ],
      [
        'the workers of compare, which processes does not have',
        ['--jobs', '4'],
        "unknown option '--jobs' (see rss-err processes --help)",
      ],
      [
        'threads without servers',
        ['--threads', '3'],
        '--threads goes with --servers above 0 (see rss-err processes --help)',
      ],
      [
        'a heap without servers',
        ['--size', '1MiB'],
        '--size goes with --servers above 0 (see rss-err processes --help)',
      ],
      [
        'a policy number without its policy',
        ['--stay', '5%'],
        '--stay goes with --policy local (see rss-err processes --help)',
      ],
      [
        'a form without a trace',
        ['--trace-form', 'perf'],
        '--trace-form goes with --write-trace (see rss-err processes --help)',
      ],
      [
        'an unknown form',
        ['--write-trace', 't', '--trace-form', 'xml'],
        '--trace-form xml: "xml" is not one of perf, ftrace (see rss-err processes --help)',
      ],
      [
        'a trace in the result',
        ['--write-trace', 'x', '--output', './x'],
        '--write-trace x: is the file of --output too (see rss-err processes --help)',
      ],
      ['a trace in no folder', ['--write-trace', 'no/t'], '--write-trace no/t: no such folder'],
      ['a trace that is a folder', ['--write-trace', '.'], '--write-trace .: is a directory'],
      [
        'servers that are never born',
        ['--preset', 'server', '--failing-forks', '100%'],
        '--failing-forks 100%: no server would ever be born: expected less (see rss-err processes --help)',
      ],
      [
        'too many tasks',
        ['--servers', '4096', '--threads', '1000'],
        '4096017 tasks at once: expected 1048576 at most (see rss-err processes --help)',
      ],
      [
        'a heap beyond the counters',
        ['--process-pages', '2147483647-2147483647'],
        'a heap of 2147483711 pages: expected 1073741823 at most, mappings included (see rss-err processes --help)',
      ],
    ] as const
  ).map(([fault, options, line]) => ({ fault, args: ['processes', ...options], line }));

  it.concurrent.each(faults)('is one line, and nothing is written: $fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });
});
