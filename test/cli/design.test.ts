/** `rss-err design` as a user runs it: rows that can be pasted, any number of workers, interruptions, refusals. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DesignResult } from '../../src/commands/design/result.ts';
import { formatScheme, parseScheme } from '../../src/schemes/registry.ts';
import { runCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/shell.ts';

const SMALL = [
  'design',
  '--topology',
  'numa:2 l3:2 pu:4',
  '--batch',
  '8,32',
  '--operations',
  '2000',
];

async function resultOf(...args: string[]): Promise<DesignResult> {
  const { code, stdout, stderr } = await runCli([...args, '--format', 'json']);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
  return JSON.parse(stdout);
}

describe('rows', () => {
  it('can be pasted as --scheme, and bound says the same of them', async () => {
    const { designs } = await resultOf(...SMALL, '--used', 'node:1');
    const names = designs.flatMap(({ name, same }) => [name, ...same]);
    expect(names.length).toBeGreaterThan(20);
    for (const name of names) expect(formatScheme(parseScheme(name))).toBe(name);
    const own = designs.map(({ name }) => name);
    const { stdout } = await runCli([
      ...['bound', '--topology', SMALL[2]!, '--used', 'node:1', '--threads', '16'],
      ...own.flatMap((name) => ['--scheme', name]),
      ...['--format', 'json'],
    ]);
    const bounds = JSON.parse(stdout).schemes as {
      exact: Record<string, unknown>;
      exactUsed: Record<string, unknown>;
      memory: { total: number };
    }[];
    const exactly = designs.map(({ exact, exactUsed, memory }) => ({
      exact,
      exactUsed,
      memory: { total: memory },
    }));
    expect(bounds).toMatchObject(exactly);
  });

  it('that dominate are on the front, and so is all that nothing dominates', async () => {
    const { designs } = await resultOf(...SMALL);
    const front = new Set(designs.filter((row) => row.isOnFront).map(({ name }) => name));
    for (const { isOnFront, dominatedBy } of designs) {
      expect(dominatedBy.length > 0).toBe(!isOnFront);
      for (const name of dominatedBy) expect(front.has(name)).toBe(true);
    }
  });

  it('are never off by more than they may', async () => {
    const { designs } = await resultOf(...SMALL, '--objective', 'worst,observed,moved');
    for (const { observed, exact } of designs) {
      expect(observed!.under).toBeLessThanOrEqual(exact.under);
      expect(observed!.over).toBeLessThanOrEqual(exact.over);
    }
  });

  it('are within what is asked for', async () => {
    const limits = ['--max-error', '4MiB', '--max-memory', '2KiB', '--max-touches', '1/8'];
    const { designs } = await resultOf(...SMALL, ...limits);
    const front = designs.filter(({ isOnFront }) => isOnFront);
    expect(front.length).toBeGreaterThan(1);
    for (const { exact, memory, touches, isWithinLimits } of front) {
      expect(isWithinLimits).toBe(true);
      expect(Math.max(exact.rss.under, exact.rss.over)).toBeLessThanOrEqual(1024);
      expect(memory).toBeLessThanOrEqual(2048);
      expect(touches).toBeLessThanOrEqual(1 / 8);
    }
  });
});

describe('a search', () => {
  it('is of machines that are very large', async () => {
    const space = ['--space', 'tree', '--batch', '32', '--levels', '2'];
    const machine = ['design', '--cpus', '262144', '--operations', '0'];
    const { designs } = await resultOf(...machine, ...space, '--objective', 'worst,busiest');
    // Among trees of two levels the largest arity is least where both are 512.
    expect(designs.find(({ name }) => name === 'tree:arity=512x512')?.isOnFront).toBe(true);
  });

  const replayed = [...SMALL, '--objective', 'worst,observed', '--format', 'json'];

  it('prints the same for any number of workers, and goes on where it was torn', async () => {
    const whole = join(temporaryFolder(), 'whole.ndjson');
    const one = await runCli([...replayed, '--jobs', '1', '--resume', whole]);
    const lines = readFileSync(whole, 'utf8').split('\n');
    expect(lines.length).toBeGreaterThan(5);
    const torn = join(temporaryFolder(), 'torn.ndjson');
    writeFileSync(torn, `${lines.slice(0, 3).join('\n')}\n${lines[3]!.slice(0, 20)}`);
    const two = await runCli([...replayed, '--jobs', '2', '--resume', torn]);
    expect(two.stdout).toBe(one.stdout);
    expect(two.stderr).toContain('2 replays were kept');
    expect(readFileSync(torn, 'utf8').split('\n').sort()).toEqual(lines.sort());
  });

  it('refuses a file of another one, and what there is no way to judge by', async () => {
    const folder = temporaryFolder({ other: '{"format":"rss-err/design-replays@1"}\n' });
    const file = join(folder, 'other');
    expect(await runCli([...SMALL, '--resume', file])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(
        `rss-err: --resume ${file}: is of another search: expected the same options, or another file`,
      ),
    });
    expect(readFileSync(file, 'utf8')).toBe('{"format":"rss-err/design-replays@1"}\n');
    const refused: [string[], string][] = [
      [['--objective', 'time'], '--objective time goes with --latency'],
      [['--objective', 'moved', '--operations', '0'], 'goes with --operations above 0'],
      [['--cpus', '8..8192'], '8185 machines: expected at most 64'],
      [['--max-touches', '1/0'], '--max-touches 1/0: "1/0" is no rate such as 0.05 or 1/32'],
      [['--batch', '8,8'], '--batch 8,8: 8 is there twice'],
      [['--space', 'trees'], '"trees" is not one of'],
    ];
    for (const [args, says] of refused) {
      const { code, stdout, stderr } = await runCli(['design', ...args]);
      expect([code, stdout, stderr]).toEqual([2, '', expect.stringContaining(says)]);
    }
  });
});

it('tells how much of its replays is done', async () => {
  const words = ['design', '--topology', 'pu:8', '--operations', '100000', '--jobs', '1'];
  const { stderr } = await runCli(words, { talks: true });
  expect(stderr).toMatch(/replaying: \d+%/);
  expect(stderr).not.toContain('a second');
});
