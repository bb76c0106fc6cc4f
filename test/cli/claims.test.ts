/** `rss-err claims`: every verdict, and what it rests on. */
import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { claimsReport } from '../../src/commands/claims/command.ts';
import { type ClaimsResult, claimsResult } from '../../src/commands/claims/result.ts';
import { type Format, renderReport } from '../../src/render/formats.ts';
import { lineSchemaOf } from '../../src/render/result.ts';
import { runCli } from '../support/cli.ts';
import { CLAIMS_PAGE, examplesOf, expectShown } from '../support/examples.ts';

describe('claims', () => {
  let result: ClaimsResult;

  beforeAll(async () => {
    const words = ['claims', '--format', 'json', '--jobs', '1'];
    const { stdout, stderr, code } = await runCli(words);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    result = JSON.parse(stdout);
  });

  const render = (format: Format) =>
    renderReport(claimsReport(result, 'rss-err claims --seed 1'), format, { terminal: null });

  it('are told in the unit that is asked for', async () => {
    const report = claimsReport(result, 'rss-err claims --unit KiB', 'KiB');
    const table = await renderReport(report, 'table', { terminal: null });
    expect(table).toContain('bound: stated: 1,280 KiB;');
    expect(table).toContain('hop on 384 CPUs, observed, seed 1, |error| in KiB\n');
    // Sizes of mappings are a part of what was run.
    expect(table).not.toMatch(/\d pages \(/);
  });

  it('are of one worker what the case shows of three', async () => {
    const shown = readFileSync(new URL('cases/claims.md', import.meta.url), 'utf8');
    expect(shown).toContain('rss-err claims --format ndjson --jobs 3\n');
    expect(shown).toContain(`\n\`\`\`text\n${await render('ndjson')}\`\`\`\n`);
  });

  it('are what the page shows of them', async () => {
    const [example, ...others] = examplesOf(CLAIMS_PAGE);
    expect([example!.command, others]).toEqual(['rss-err claims', []]);
    expectShown(example!, await render('table'));
  });

  const claimOf = (id: string) => {
    const claim = result.claims.find((candidate) => candidate.id === id);
    if (claim === undefined) throw new Error(`no claim ${id}`);
    return claim;
  };

  it('conform to their schema', () => {
    expect(claimsResult.safeParse(result).error?.message).toBeUndefined();
  });

  it('have these verdicts', () => {
    const verdicts = Object.fromEntries(result.claims.map(({ id, verdict }) => [id, verdict]));
    expect(verdicts).toEqual({
      'per-thread-64': 'does not hold as stated',
      'per-thread-livable': 'does not hold as stated',
      'per-cpu-gigabyte': 'holds',
      'per-numa-32': 'holds as an upper bound',
      'per-numa-contention': 'does not hold as stated',
      'tree-inaccuracy': 'holds as an upper bound',
      'tree-under': 'holds as an upper bound',
      'tree-over': 'holds as an upper bound',
      'tree-example': 'holds as an upper bound',
      'tree-192': 'holds as an upper bound',
      'per-cpu-growth': 'holds',
      'tree-growth': 'holds as an upper bound',
      'headline-per-cpu': 'holds',
      'headline-tree': 'holds',
      'headline-together': 'does not hold as stated',
      'one-thread': 'holds',
      report: 'holds',
      'tree-compare-2': 'does not hold as stated',
      'tree-compare-4': 'does not hold as stated',
      'tree-compare-8': 'holds',
      'tree-compare-16': 'holds',
      'tree-compare-32': 'holds',
      'short-lived': 'cannot be tested by this model',
      'system-time': 'cannot be tested by this model',
    });
  });

  it('rest on the figures that are known by hand', () => {
    const found = (id: string) => claimOf(id).found.map(({ value }) => value);
    expect(found('per-thread-64')).toEqual([330, 5280]);
    expect(found('per-cpu-gigabyte')).toEqual([124_750, 374_250]);
    expect(found('per-numa-contention')).toEqual([32, 11_594]);
    expect(found('tree-inaccuracy')).toEqual([22_086, 0]);
    expect(found('tree-example')).toEqual([504, 0]);
    expect(found('tree-192')).toEqual([40_576, 49_152]);
    expect(found('tree-compare-2')).toEqual([9]);
    expect(found('tree-compare-4')).toEqual([107]);
  });

  it('replay the measurement until it has come to rest, or say that it has not', () => {
    expect(result.hop.length).toBeGreaterThan(5);
    expect(result.hop.some(({ stationary }) => stationary)).toBe(true);
    for (const { operations, seed } of result.claims.filter(({ method }) => method === 'replay')) {
      expect(operations).toBeGreaterThanOrEqual(1_000_000);
      expect(seed).toBe(1);
    }
  });

  it('are a table for a reply as Markdown, 72 columns as ASCII, and lines that conform', async () => {
    const markdown = await render('markdown');
    expect(markdown.split('\n').filter((line) => line.startsWith('| per-thread')).length).toBe(2);
    const ascii = await render('ascii');
    expect(ascii.split('\n').filter((line) => line.length > 72)).toEqual([]);
    const lines = (await render('ndjson')).trimEnd().split('\n');
    for (const line of lines) {
      expect(
        lineSchemaOf(claimsResult)!.safeParse(JSON.parse(line)).error?.message,
      ).toBeUndefined();
    }
  });
});
