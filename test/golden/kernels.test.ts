/** Real kernels as judges: every reading and every raw value that they recorded is the model's. */
import { describe, expect, it } from 'vitest';
import { judgedReadings, judgeRun } from '../../src/commands/replay/against/judge-run.ts';
import type { KernelRun } from '../../src/recorded/kernel-run/kernel-run.ts';
import { parseKernelRun } from '../../src/recorded/kernel-run/read-kernel-run.ts';
import { kernelText, readKernel, recordedKernels } from './recorded-kernels.ts';

/** Readings and raw values may differ from the model's by so many pages. */
const TOLERANCE = 0;

const runOf = (name: string) => parseKernelRun(kernelText(name), name);

describe.each(recordedKernels)('%s', (name) => {
  const recorded = readKernel(name);
  const run = runOf(name);
  const judged = judgeRun(run, name);

  it('reads at every sample what the model reads', () => {
    const predicted = Array.from(judgedReadings(run), (reading) => reading.predicted);
    const off = recorded.samples.map((sample, i) => predicted[i]! - sample.approx_pages);
    expect(off.filter((residual) => Math.abs(residual) > TOLERANCE)).toEqual([]);
    expect(predicted).toHaveLength(recorded.samples.length);
    expect(judged.readings).toEqual({
      compared: recorded.samples.length,
      differ: 0,
      first: null,
      residual: { min: 0, p50: 0, p99: 0, max: 0 },
    });
  });

  it('holds in every raw counter what the model holds', () => {
    expect(judged.raw).toMatchObject({ differ: 0, first: null });
    expect(judged.raw.snapshots).toBe(recorded.raw_counter_snapshots.length);
    // At least every number of the snapshots themselves.
    const numbers = recorded.raw_counter_snapshots
      .flatMap((snapshot) => Object.entries(snapshot))
      .filter(([key]) => key !== 'step')
      .reduce((sum, [, value]) => sum + (Array.isArray(value) ? value.length : 1), 0);
    expect(judged.raw.compared).toBeGreaterThanOrEqual(numbers);
  });

  it('was off by what its recorder found', () => {
    const { min_error_pages: low, max_error_pages: high } = recorded;
    expect(judged.recordedError).toEqual({ under: Math.max(0, -low), over: Math.max(0, high) });
  });

  it('reads statm as the documentation says', () => {
    const reads = recorded.kernel === '6.1' ? 'approx_pages' : 'precise_pages';
    expect(recorded.samples.filter((sample) => sample.statm_pages !== sample[reads])).toEqual([]);
  });
});

describe('the recorded kernels', () => {
  const kernels = recordedKernels.map(readKernel);

  it('are of both schemes and of every mode', () => {
    expect(new Set(kernels.map(({ kernel }) => kernel))).toEqual(new Set(['6.1', '6.12']));
    expect(new Set(kernels.map(({ mode }) => mode))).toEqual(
      new Set(['hop', 'advup', 'advdown', 'advthr', 'faround', 'thp']),
    );
  });

  it('reach within 20 pages of the worst case at 250 CPUs, and it exactly with threads', () => {
    const judged = recordedKernels.map((name) => judgeRun(runOf(name), name));
    const error = (mode: string, kernel: string) =>
      judged.find((run) => run.mode === mode && run.kernel === kernel)?.recordedError;
    expect(error('advup', '6.12')?.under).toBe(499 * 250 - 20);
    expect(error('advthr', '6.1')?.under).toBe(66 * 5);
    expect(error('faround', '6.1')?.under).toBe(66 * 16 * 5);
  });
});

/** Runs of kernels that count otherwise than the one that recorded them. */
const OTHERWISE: readonly (readonly [string, string, (run: KernelRun) => KernelRun])[] = [
  ['a batch of two more', '6.12-cpus-8-threads-5-hop.json', (run) => ({ ...run, cpus: 17 })],
  [
    'events on the CPU beside',
    '6.12-cpus-8-threads-5-hop.json',
    (run) => ({
      ...run,
      events: { ...run.events, cpu: run.events.cpu.map((cpu) => (cpu + 1) % run.cpus) },
    }),
  ],
  [
    'faults of one page for fault-around',
    '6.1-cpus-8-threads-5-faround.json',
    (run) => ({ ...run, mode: 'hop' }),
  ],
  [
    'huge pages through the cache',
    '6.1-cpus-8-threads-1-thp.json',
    (run) => ({ ...run, mode: 'faround' }),
  ],
  [
    'an event counter that begins later',
    '6.1-cpus-64-threads-5-advthr.json',
    (run) => {
      const [first, ...rest] = run.snapshots;
      return { ...run, snapshots: [{ ...first!, events: first!.events!.map(() => 60) }, ...rest] };
    },
  ],
];

describe('a judge that tells', () => {
  it.each(OTHERWISE)('finds %s', (_, name, change) => {
    const judged = judgeRun(change(runOf(name)), name);
    expect(judged.agrees).toBe(false);
    expect(judged.readings.differ + judged.raw.differ).toBeGreaterThan(0);
    expect(judged.readings.first ?? judged.raw.first).not.toBeNull();
  });

  it('tells the distribution of what is off, and where it begins', () => {
    const run = runOf('6.12-cpus-64-threads-1-thp.json');
    const off = [-3, 5, 5, 100];
    const readings = run.readings.map((reading, i) => ({
      ...reading,
      approximate: reading.approximate - (off[i - 10] ?? 0),
    }));
    const { readings: found } = judgeRun({ ...run, readings }, 'changed');
    expect(found).toMatchObject({
      compared: readings.length,
      differ: 4,
      residual: { min: -3, p50: 0, p99: 100, max: 100 },
    });
    expect(found.first).toEqual({
      step: run.readings[10]!.step,
      field: 'approx_pages',
      predicted: run.readings[10]!.approximate,
      recorded: run.readings[10]!.approximate + 3,
    });
  });
});
