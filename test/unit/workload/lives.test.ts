/** Lives: who is born, what each does and when it ends, the same of the same seed. */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../src/errors.ts';
import type { LifeStep } from '../../../src/workload/lives/life-step.ts';
import { lives } from '../../../src/workload/lives/lives.ts';
import {
  PROCESS_PRESETS,
  type ProcessWorkload,
} from '../../../src/workload/lives/process-workload.ts';
import { flatMachine } from '../../support/machines.ts';

const machine = flatMachine(16, 2);

const SMALL: ProcessWorkload = {
  ...PROCESS_PRESETS.mixed,
  ...{ processes: 30, jobs: 4, jobPages: { min: 50, max: 500 } },
  ...{ servers: 2, threads: 3, operations: 400, serverPages: 1000, reclaimPerMillion: 50_000 },
  ...{ seed: 1, cpus: machine.online },
};

function stepsOf(changes: Partial<ProcessWorkload> = {}): LifeStep[] {
  return [...lives(machine, { ...SMALL, ...changes }, 4096)];
}

const count = (steps: readonly LifeStep[], does: LifeStep['does']) =>
  steps.filter((step) => step.does === does).length;

describe('lives', () => {
  it('begin with the parent and end with it, each process once', () => {
    const steps = stepsOf();
    expect(steps[0]).toMatchObject({ does: 'start', process: 1000 });
    expect(steps.at(-1)).toMatchObject({ does: 'exit', process: 1000 });
    expect([count(steps, 'fork'), count(steps, 'exec'), count(steps, 'exit')]).toEqual([
      32, 32, 33,
    ]);
    expect([count(steps, 'clone'), count(steps, 'thread-exit')]).toEqual([4, 4]);
    const born = steps.flatMap((step) => (step.does === 'fork' ? [step.process] : []));
    expect(new Set(born).size).toBe(born.length);
  });

  it('have so many short-lived processes at once, and no more', () => {
    let alive = 0;
    let most = 0;
    for (const step of stepsOf({ servers: 0 })) {
      if (step.does === 'fork') alive += 1;
      if (step.does === 'exit') alive -= 1;
      most = Math.max(most, alive);
    }
    expect(most).toBe(4);
  });

  it('let a server do its operations, beside what it does to start', () => {
    const steps = stepsOf({ processes: 0, servers: 1, reclaimPerMillion: 0 });
    const heap = steps.filter(
      (step) => 'region' in step && step.region >= 4 && step.process !== 1000,
    );
    expect(heap).toHaveLength(400);
    expect(new Set(heap.map(({ thread }) => thread))).toEqual(new Set([0, 1, 2]));
  });

  it('have forks fail in so many cases, without a child', () => {
    const steps = stepsOf({ processes: 400, servers: 0, failPerMillion: 250_000 });
    const failed = steps.filter((step) => step.does === 'fork' && step.failure !== null);
    expect(failed.length).toBeGreaterThan(70);
    expect(failed.length).toBeLessThan(130);
    expect(count(steps, 'exec')).toBe(400 - failed.length);
  });

  it('are the same of one seed, and others of another', () => {
    expect(stepsOf()).toEqual(stepsOf());
    expect(stepsOf({ seed: 2 })).not.toEqual(stepsOf());
  });

  it('run on the CPUs allowed', () => {
    const cpus = Int32Array.of(3, 9);
    expect(new Set(stepsOf({ cpus }).map(({ cpu }) => cpu))).toEqual(new Set([3, 9]));
  });

  it.each([
    [{ processes: 0, servers: 0 }, /expected at least one process/],
    [{ servers: 4096, threads: 1000 }, /4096005 tasks at once: expected 1048576 at most/],
    [{ failPerMillion: 1_000_000 }, /no server would ever be born/],
    [{ serverPages: 2 ** 31 }, /a heap of 2147483712 pages/],
  ])('are refused where the numbers do not go together: %o', (changes, message) => {
    expect(() => stepsOf(changes)).toThrow(InputError);
    expect(() => stepsOf(changes)).toThrow(message);
  });
});
