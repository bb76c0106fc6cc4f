/** The sentences below the table say what the figures say, whichever way they point. */

import { describe, expect, it } from 'vitest';
import { findingsOf, findingsText } from '../../../../src/commands/compare/findings.ts';
import type { ComparedScheme, Comparison } from '../../../../src/commands/compare/result.ts';
import type { SchemeName } from '../../../../src/schemes/registry.ts';

function row(scheme: SchemeName, limit: number, under: number, over: number): ComparedScheme {
  const observed = {
    under,
    over,
    mean: (over - under) / 2,
    p50: 0,
    p99: 0,
    underAtOperation: null,
    overAtOperation: null,
  };
  const bound = { under: limit, over: limit };
  return {
    scheme,
    name: scheme,
    parameters: {},
    stated: { ...bound, formula: '', source: '' },
    exact: { ...bound, cpus: 1 },
    exactUsed: { ...bound, cpus: 1 },
    observed: { clamped: observed, raw: observed },
    readPages: 25_600,
  };
}

/** What the sentences are of, beside the schemes. */
const RUN = {
  rssPages: 25_600,
  used: { cpus: 3, numaNodes: 1, threads: 5 },
  topology: { pageSize: 4096 },
};

function sentences(...schemes: ComparedScheme[]): string[] {
  const run = { ...RUN, schemes } as unknown as Comparison;
  const plain = (pages: number) => `${pages} pages`;
  return findingsText(findingsOf(run, 'clamped'), run, 'clamped', plain);
}

describe('findings', () => {
  it('set the tree against per-CPU counters, agreeing', () => {
    expect(sentences(row('per-cpu', 1000, 400, 300), row('tree', 100, 50, 0))).toEqual([
      "The exact limit of tree is 10 times below that of per-cpu (400 against 4,000 KiB), and here its largest error was 8 times below the other's (200 against 1,600 KiB).",
      'In this replay tree (mean -25 pages) read low only; per-cpu read both ways.',
      expect.stringContaining('bias'),
    ]);
  });

  it('compare the limits of what was used where those are smaller', () => {
    const small = { under: 20, over: 20, cpus: 3 };
    const used = [row('per-cpu', 1000, 10, 10), { ...row('tree', 100, 15, 0), exactUsed: small }];
    expect(sentences(...used)[0]).toBe(
      "The exact limit of tree over the 3 CPUs used is 50 times below that of per-cpu (80 against 4,000 KiB), but here its largest error was 1.5 times above the other's (60 against 40 KiB).",
    );
  });

  it('say that a process reads 0, and that counters fell below it', () => {
    const unread = { ...row('per-cpu', 10, 5, 5), readPages: 0, zeroSinceOperation: 1_234 };
    const raw = { ...unread.observed.raw, under: 9 };
    const fell = { ...row('tree', 10, 5, 0), observed: { ...unread.observed, raw } };
    expect(sentences(unread, fell).slice(2, 4)).toEqual([
      'At the end the process reads 0 under per-cpu (since operation 1,234), with 100.0 MiB resident.',
      'Counters of tree fell below 0, which a reader sees as 0: no error is lower than what is resident.',
    ]);
  });

  it('tell the largest errors as shares of what was resident at most', () => {
    const run = { ...RUN, largestRssPages: 20_000 };
    const schemes = [row('per-cpu', 1000, 40, 500), row('tree', 100, 80, 0)];
    const of = { ...run, schemes } as unknown as Comparison;
    expect(findingsText(findingsOf(of, 'clamped'), of, 'clamped', String)).toContain(
      'Largest errors as a share of the 20,000 pages (78.1 MiB) that were resident at most: per-cpu 2.5%, tree 0.4%.',
    );
  });

  it('say "but" where the limit and the observation disagree', () => {
    const [first] = sentences(row('per-cpu', 1000, 40, 30), row('tree', 100, 80, 0));
    expect(first).toContain('10 times below');
    expect(first).toContain(', but here its largest error was 2 times above');
  });

  it('tell what is close in percent, of the other', () => {
    const [below] = sentences(row('per-cpu', 1000, 1000, 30), row('tree', 100, 950, 0));
    expect(below).toContain('was 5% below the other');
    const [above] = sentences(row('per-cpu', 1000, 1000, 30), row('tree', 100, 1050, 0));
    expect(above).toContain('was 5% above the other');
  });

  it('do not call a tree biased that was never off, or only high', () => {
    expect(sentences(row('per-cpu', 31, 5, 5), row('tree', 0, 0, 0)).at(-1)).toBe(
      'In this replay per-cpu read both ways; tree was never off.',
    );
    expect(sentences(row('per-cpu', 31, 0, 5), row('tree', 9, 0, 2)).at(-1)).toBe(
      'In this replay per-cpu (mean 2.5 pages) and tree (mean 1 pages) read high only.',
    );
  });

  it('contrast the tightest with the widest where the pair is not shown', () => {
    const [first] = sentences(row('per-thread', 330, 9, 0), row('per-numa', 62, 9, 9));
    expect(first).toContain('The exact limit of per-numa is 5.3 times below that of per-thread');
    expect(first).toContain('equal to');
  });

  it('have no contrast of one scheme with itself', () => {
    expect(sentences(row('per-cpu', 31, 5, 0))).toEqual([
      'In this replay per-cpu (mean -2.5 pages) read low only.',
    ]);
  });
});
