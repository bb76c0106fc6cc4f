/**
 * Reports of real kernels (6.1, 6.12, 7.2), with what /proc said just before: every wrong choice is found
 * uncertain with the true victim among the rivals, every right one certain, and each truth is inside its
 * interval.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeAt } from '../../src/commands/oom/judge.ts';
import { oomSumsOfRelease } from '../../src/kernel/readers.ts';
import { parseRelease, schemeOfRelease } from '../../src/kernel/releases.ts';
import { createOomReader } from '../../src/recorded/oom/reader.ts';
import type { OomReport } from '../../src/recorded/oom/report.ts';

const folder = new URL('oom/', import.meta.url);

interface Truth {
  readonly kernel: string;
  readonly cpus: number;
  readonly tasks: readonly {
    readonly pid: number;
    readonly name: string;
    readonly smapsRollupRss: number;
  }[];
  readonly killed: readonly string[];
}

function reportsOf(text: string): OomReport[] {
  const reader = createOomReader();
  const found = text.split('\n').flatMap((line) => reader.read(line) ?? []);
  return [...found, ...[reader.end() ?? []].flat()];
}

const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => {
    const truth = JSON.parse(
      readFileSync(new URL(name.replace('.txt', '.truth.json'), folder), 'utf8'),
    ) as Truth;
    return [name, readFileSync(new URL(name, folder), 'utf8'), truth] as const;
  });

const PER_CPU = (cpus: number) => (Math.max(32, 2 * cpus) - 1) * cpus;

function judged(report: OomReport, truth: Truth, threads: Readonly<Record<string, number>>) {
  const release = parseRelease(report.release ?? '')!;
  const isPerThread = schemeOfRelease(release).value === 'per-thread';
  return judgeAt(report, truth.cpus, {
    cpus: truth.cpus,
    precise: oomSumsOfRelease(release).value === 'precise',
    threadsOf: ({ name }) => threads[name] ?? 1,
    boundsOf: (cpus, count) => {
      const one = isPerThread ? 66 * 16 * count : PER_CPU(cpus);
      const member = { under: one, over: isPerThread ? 66 * count : one };
      const times = isPerThread ? 1 : 3;
      return {
        member,
        rss: { under: times * member.under, over: times * member.over },
        swap: isPerThread ? { under: 0, over: 0 } : member,
      };
    },
  });
}

describe.each(cases)('%s', (name, text, truth) => {
  const [report, ...more] = reportsOf(text);

  it('is one report, read whole', () => {
    expect(more).toEqual([]);
    expect(report).toMatchObject({
      release: truth.kernel,
      pageSize: 4096,
      ramPages: 524158,
      totalSwapKb: 0,
      brokenRows: 0,
      constraint: 'CONSTRAINT_NONE',
      chosen: { name: truth.killed[0] },
    });
    expect(report?.tasks.length).toBe(text.match(/\] +0 +\d+ +\d+ +\d+/g)?.length);
    expect(report?.killed.map((killed) => killed.name)).toEqual(truth.killed);
  });

  it('has each truth inside its interval', () => {
    const { tasks } = judged(report!, truth, { 'B-hider': name.includes('t1') ? 300 : 1 });
    for (const { pid, smapsRollupRss } of truth.tasks) {
      const resident = tasks.find(({ task }) => task.pid === pid)?.resident;
      if (oomSumsOfRelease(parseRelease(truth.kernel)!).value === 'precise') continue;
      expect(resident?.low).toBeLessThanOrEqual(smapsRollupRss);
      expect(resident?.high).toBeGreaterThanOrEqual(smapsRollupRss);
    }
  });

  it('is certain where the killer was right, uncertain with the true victim where it was wrong', () => {
    const { verdict, rivals, tasks } = judged(report!, truth, {
      'B-hider': name.includes('t1') ? 300 : 1,
    });
    const best = [...truth.tasks].sort((a, b) => b.smapsRollupRss - a.smapsRollupRss)[0]!;
    if (truth.killed.includes(best.name)) {
      expect(verdict).toBe('certain');
      return;
    }
    expect(verdict).toBe('uncertain');
    expect(rivals.map(({ index }) => tasks[index]!.task.name)).toContain(best.name);
  });
});
