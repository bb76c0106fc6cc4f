import { describe, expect, it } from 'vitest';
import { replay, replayWindows, type Window } from '../../../src/replay/replay.ts';
import { createCounters, parseScheme } from '../../../src/schemes/registry.ts';
import { loadBundled } from '../../../src/topology/bundled.ts';
import { generateUpdates } from '../../../src/workload/generate.ts';
import { PRESETS } from '../../../src/workload/workload.ts';

const machine = loadBundled('250cpu');

const source = () =>
  generateUpdates(
    machine,
    { ...PRESETS.service, operations: 50_000, seed: 2, cpus: machine.online },
    4096,
  );

const counters = () =>
  ['per-cpu', 'tree'].map((name) => ({
    name,
    counters: createCounters(machine, parseScheme(name)),
  }));

describe('windows of a replay', () => {
  it('together show what the whole replay shows', async () => {
    const whole = await replay(source(), machine.nrCpuIds, counters(), () => undefined);
    const windows: Window[] = [];
    const quiet = () => undefined;
    for await (const window of replayWindows(source(), 250, counters(), 10_000, quiet)) {
      windows.push(window);
    }
    expect(windows.length).toBeGreaterThan(3);
    expect(windows.at(-1)?.operations).toBe(50_000);
    whole.observed.forEach(({ clamped }, i) => {
      const seen = windows.map((window) => window.clamped[i]!);
      expect(Math.max(...seen.map(({ under }) => under))).toBe(clamped.under);
      expect(Math.max(...seen.map(({ over }) => over))).toBe(clamped.over);
      const ends = windows.map(({ operations }) => operations);
      const sum = seen.reduce(
        (total, { mean }, w) => total + mean * (ends[w]! - (ends[w - 1] ?? 0)),
        0,
      );
      expect(sum / 50_000).toBeCloseTo(clamped.mean, 6);
    });
  });

  it('are at least as long as asked for, but the last', async () => {
    let before = 0;
    const lengths: number[] = [];
    const quiet = () => undefined;
    for await (const { operations } of replayWindows(source(), 250, counters(), 7_000, quiet)) {
      lengths.push(operations - before);
      before = operations;
    }
    for (const length of lengths.slice(0, -1)) expect(length).toBeGreaterThanOrEqual(7_000);
  });
});
