/** --warm-up: what is left out and what is observed are the whole, of one run, of several and of traces. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../src/commands/compare/result.ts';
import { loadBundled } from '../../src/topology/bundled.ts';
import { createUpdateColumns } from '../../src/update/columns.ts';
import { generateUpdates } from '../../src/workload/generate.ts';
import { DEFAULT_SEED, PRESETS } from '../../src/workload/workload.ts';
import { runCli } from '../support/cli.ts';

async function json<T = Comparison>(...words: string[]): Promise<T> {
  const { stdout, stderr, code } = await runCli([...words, '--format', 'json']);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return JSON.parse(stdout);
}

/** What is left out and what is observed are together what a run without a warm-up observes. */
function demandWhole(warmed: Comparison, whole: Comparison, leftOutOfEach?: number): void {
  const { operations, warmUp } = warmed;
  const first = leftOutOfEach ?? warmUp!.operations;
  warmed.schemes.forEach(({ observed, warmUp: leftOut }, i) => {
    for (const reading of ['clamped', 'raw'] as const) {
      const { under, over, mean } = whole.schemes[i]!.observed[reading];
      expect(Math.max(observed[reading].under, leftOut![reading].under)).toBe(under);
      expect(Math.max(observed[reading].over, leftOut![reading].over)).toBe(over);
      expect(observed[reading].underAtOperation ?? operations).toBeGreaterThan(first);
      const ofLeftOut =
        mean * operations - observed[reading].mean * (operations - warmUp!.operations);
      expect(Math.abs(ofLeftOut)).toBeLessThanOrEqual(
        Math.max(leftOut![reading].under, leftOut![reading].over) * warmUp!.operations + 1,
      );
    }
  });
}

const few = ['compare', '--operations', '4000'];

describe('--warm-up', () => {
  it('leaves a start out, whose extremes are told apart', async () => {
    const whole = await json(...few);
    const { warmUp: _, ...run } = await json(...few, '--warm-up', '1000');
    const warmed = await json(...few, '--warm-up', '1000');
    demandWhole(warmed, whole);
    expect(warmed.warmUp).toEqual({ operations: 1000, untilPages: null });
    expect({ ...run, schemes: [] }).toEqual({ ...whole, schemes: [] });
    expect(await json(...few, '--warm-up', '0')).toEqual(whole);
  });

  it('of auto ends with the operation that first makes the process as large as its pattern', async () => {
    const warmed = await json(...few, '--warm-up', 'auto');
    const topology = loadBundled('250cpu');
    const workload = {
      ...PRESETS.service,
      operations: 4000,
      seed: DEFAULT_SEED,
      cpus: topology.online,
    };
    const columns = createUpdateColumns();
    await generateUpdates(topology, workload, 4096).fill(columns);
    let [rss, operations, row] = [0, 0, 0];
    for (; rss < 25_600 || columns.operationEnd[row - 1] === 0; row++) {
      rss += columns.pages[row]!;
      operations += columns.operationEnd[row]!;
    }
    expect(warmed.warmUp).toEqual({ operations, untilPages: 25_600 });
    demandWhole(warmed, await json(...few));
  });

  it('has each of several runs warm up, whatever the workers', async () => {
    const words = ['compare', '--operations', '1500000', '--runs', '3', '--preset', 'hop'];
    const runs = await json<{ runs: Comparison[]; warmUp: object; schemes: Comparison['schemes'] }>(
      ...words,
      ...['--warm-up', 'auto', '--jobs', '1'],
    );
    expect(await json(...words, '--warm-up', 'auto', '--jobs', '3')).toEqual(runs);
    const operations = runs.runs.map(({ warmUp }) => warmUp!.operations);
    expect(runs.warmUp).toEqual({
      least: Math.min(...operations),
      most: Math.max(...operations),
      untilPages: 16_640,
    });
    const unders = runs.runs.map(({ schemes }) => schemes[1]!.warmUp!.clamped.under);
    expect(runs.schemes[1]!.warmUp!.clamped.under).toBe(Math.max(...unders));
  });

  it('is told above the tables and in one of its own', async () => {
    const { stdout } = await runCli([...few, '--warm-up', 'auto']);
    expect(stdout).toMatch(/^warm-up +auto: 811 operations, until 25,600 pages \(100\.0 MiB\)/m);
    expect(stdout).toContain('3,189 operations after 811 of warm-up');
    expect(stdout).toMatch(/^Left out, 811 operations of warm-up, in pages of 4 KiB$/m);
    expect(stdout).toMatch(/--warm-up auto$/m);
  });

  it('leaves out the start of each process of a trace', async () => {
    const trace = fileURLToPath(
      new URL('../golden/traces/perf-script-rss_stat.txt', import.meta.url),
    );
    interface Traced extends Comparison {
      readonly processes: readonly { readonly operations: number; readonly mm: number }[];
    }
    const whole = await json<Traced>('replay', trace, '--topology', '250cpu');
    const warmed = await json<Traced>('replay', trace, '--topology', '250cpu', '--warm-up', '100');
    demandWhole(warmed, whole, 100);
    const leftOut = whole.processes.map(({ operations }) => Math.min(100, operations));
    expect(warmed.warmUp?.operations).toBe(leftOut.reduce((sum, one) => sum + one));
    const longest = warmed.processes.find(({ operations }) => operations > 100)!;
    const alone = await json<Traced>(
      'replay',
      trace,
      '--topology',
      '250cpu',
      '--warm-up',
      '100',
      '--mm',
      `${longest.mm}`,
    );
    expect(alone.processes).toEqual([longest]);
  });

  it.each([
    [
      ['compare', '--warm-up', '4000', ...few.slice(1)],
      /--warm-up 4000: there are 4,000 operations/,
    ],
    [['compare', '--warm-up', 'auto', '--pattern', 'grow'], /grow comes to no size/],
    [
      ['compare', '--warm-up', 'auto', '--size', '500GiB', '--operations', '1k'],
      /the process came to [\d.]+ MiB of 512,000\.0 MiB in 1,000 operations: try more --operations/,
    ],
    [['compare', '--warm-up', 'soon'], /--warm-up soon: "soon" is not a whole number/],
    [['replay', 'trace.txt', '--warm-up', 'auto'], /a recording says of no size/],
    [['replay', 'trace.txt', '--warm-up', '3', '--readings'], /--warm-up goes without --readings/],
  ])('refuses %j in one line', async (words, line) => {
    const { stderr, stdout, code } = await runCli(words);
    expect({ stdout, code, lines: stderr.split('\n').length }).toEqual({
      ...{ stdout: '', code: 2, lines: 2 },
    });
    expect(stderr).toMatch(line);
  });
});

describe('runs that end before their process is as large as was asked', () => {
  it('say so, by the run that reached the least', async () => {
    const args = ['compare', '--size', '2TiB', '--operations', '1000', '--runs', '3'];
    const { stdout, stderr, code } = await runCli(args);
    const [, reached] =
      /^reached +([\d.]+) MiB of the 2,097,152\.0 MiB asked for$/m.exec(stdout) ?? [];
    expect({ code, warned: stderr.startsWith('rss-err: warning: the process reached ') }).toEqual({
      ...{ code: 0, warned: true },
    });
    const { stdout: text } = await runCli([...args, '--format', 'json']);
    const runs: { largestRssPages: number }[] = JSON.parse(text).runs;
    const least = Math.min(...runs.map(({ largestRssPages }) => largestRssPages));
    expect(reached).toBe((least / 256).toFixed(1));
  });
});
