/**
 * Reports of real kernels (6.1, 6.12, 7.2), with what /proc said just before: every wrong choice is found
 * uncertain with the true victim among the rivals, every right one certain, and each truth is inside its
 * interval.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeReport } from '../../src/commands/oom/study.ts';
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

/** With what the log does not say: 64 CPUs, and 300 threads where the case is about them. */
function judged(report: OomReport, name: string) {
  const of = new Map(name.includes('t1') ? [['B-hider', 300]] : []);
  const nothing = { kernel: null, scheme: null, topology: null, pageSize: null };
  return judgeReport(report, 1, { ...nothing, cpus: 64, threads: { all: 1, of } }, new Set());
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
    const { tasks, sums } = judged(report!, name);
    for (const { pid, smapsRollupRss } of truth.tasks) {
      const resident = tasks.find((task) => task.pid === pid)?.resident;
      // A page between the file and the table.
      if (sums === 'precise') {
        expect(Math.abs(resident!.low - smapsRollupRss)).toBeLessThanOrEqual(2);
        continue;
      }
      expect(resident?.low).toBeLessThanOrEqual(smapsRollupRss);
      expect(resident?.high).toBeGreaterThanOrEqual(smapsRollupRss);
    }
  });

  it('is certain where the killer was right, uncertain with the true victim where it was wrong', () => {
    const { verdict, tasks, mostLost } = judged(report!, name);
    const best = [...truth.tasks].sort((a, b) => b.smapsRollupRss - a.smapsRollupRss)[0]!;
    if (truth.killed.includes(best.name)) {
      expect(verdict).toBe('certain');
      return;
    }
    expect(verdict).toBe('uncertain');
    const rivals = tasks.filter(({ role }) => role === 'rival');
    expect(rivals.map((rival) => rival.name)).toContain(best.name);
    const killed = truth.tasks.find((task) => task.name === truth.killed[0])!;
    expect(mostLost).toBeGreaterThanOrEqual(best.smapsRollupRss - killed.smapsRollupRss);
  });
});
