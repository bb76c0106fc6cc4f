/**
 * The situations of test/golden/oom played through the model's counters: the same tables, to within the
 * pages that a process starts with, and the same victims.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { countProcess } from '../../src/commands/oom/model.ts';
import {
  type Candidate,
  selectApproximate,
  selectPrecise,
} from '../../src/commands/oom/selection.ts';
import { oomSumsOfRelease } from '../../src/kernel/readers.ts';
import { parseRelease, schemeOfRelease } from '../../src/kernel/releases.ts';
import { MEMBER } from '../../src/kernel/rss-stat.ts';
import { createCounters, parseScheme } from '../../src/schemes/registry.ts';
import { UPDATES_PER_BATCH, type UpdateSource } from '../../src/update/columns.ts';
import { KIND } from '../../src/update/kinds.ts';
import { flatMachine } from '../support/machines.ts';
import { reportsOf } from '../support/oom-logs.ts';
import type { Update } from '../support/updates.ts';

const folder = new URL('oom/', import.meta.url);

/** Shared libraries' and vdso pages, stack: what a process has before it does anything. */
const START_PAGES = 256;

const CPUS = 64;
/** One page less than the batch, on each CPU. */
const EACH = 127;

interface Truth {
  readonly kernel: string;
  readonly tasks: readonly {
    name: string;
    anon: number;
    file: number;
    shmem: number;
    smapsRollupRss: number;
  }[];
  readonly killed: readonly string[];
}

const cases = readdirSync(folder)
  .filter((name) => name.endsWith('.truth.json'))
  .map((name) => {
    const truth = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Truth;
    const log = readFileSync(new URL(name.replace('.truth.json', '.txt'), folder), 'utf8');
    return [name, truth, reportsOf(log)[0]!] as const;
  });

const fault = (pages: number, member: number, cpu = 0, thread = 0): Update => ({
  ...{ pages, member, cpu, thread, kind: KIND.fault },
});
const everywhere = (update: (cpu: number) => Update) =>
  Array.from({ length: CPUS }, (_, cpu) => update(cpu));

/** As A-honest and B-hider of the case map what they truly have. */
function updatesOf(name: string, task: Truth['tasks'][number]): Update[] {
  const rss = task.smapsRollupRss;
  const { anon, file, shmem } = MEMBER;
  if (task.name === 'A-honest') return [fault(rss - task.shmem, anon), fault(task.shmem, shmem)];
  if (name.includes('-o1')) {
    const unmap = (cpu: number): Update => ({ ...fault(-EACH, anon, cpu), kind: KIND.bulk });
    return [fault(rss + EACH * CPUS, anon), ...everywhere(unmap)];
  }
  if (name.includes('-t1')) {
    const touch = Array.from({ length: 300 }, (_, t) => fault(64, anon, t % CPUS, t + 1));
    return [fault(rss - 300 * 64, anon), ...touch];
  }
  const spread = name.includes('-s1') ? [anon] : [anon, file, shmem];
  const hidden = spread.length * EACH * CPUS;
  return [
    fault(rss - hidden, anon),
    ...spread.flatMap((member) => everywhere((cpu) => fault(EACH, member, cpu))),
  ];
}

function sourceOf(updates: readonly Update[]): UpdateSource {
  expect(updates.length).toBeLessThanOrEqual(UPDATES_PER_BATCH);
  let left = [...updates];
  return {
    operations: updates.length,
    fill(columns) {
      left.forEach(({ thread = 0, cpu = 0, pages, kind, member = 0 }, u) => {
        for (const [column, value] of [
          [columns.thread, thread],
          [columns.cpu, cpu],
          [columns.pages, pages],
          [columns.kind, kind],
          [columns.member, member],
          [columns.operationEnd, 1],
        ] as const) {
          column[u] = value;
        }
      });
      columns.length = left.length;
      columns.threads = 301;
      columns.uniform = false;
      left = [];
    },
  };
}

describe.each(cases)('%s', (name, truth, report) => {
  const release = parseRelease(truth.kernel)!;
  const spec = parseScheme(schemeOfRelease(release).value);
  const isPrecise = oomSumsOfRelease(release).value === 'precise';

  async function counted(): Promise<Candidate[]> {
    const found = truth.tasks.map((task) =>
      countProcess(task.name, sourceOf(updatesOf(name, task)), 4096, [
        createCounters(flatMachine(CPUS), spec),
      ]),
    );
    return (await Promise.all(found)).map(([one]) => one!);
  }

  it('has the same table', async () => {
    const candidates = await counted();
    truth.tasks.forEach((task, i) => {
      const row = report.tasks.find((shown) => shown.name === task.name)!;
      const { approximate, precise } = candidates[i]!;
      const tables = precise - task.smapsRollupRss;
      const shown = (isPrecise ? precise : approximate) - tables;
      expect(Math.abs(shown - row.rss), `${task.name} ${shown} ${row.rss}`).toBeLessThanOrEqual(
        START_PAGES,
      );
    });
  });

  it('has the same victim', async () => {
    const candidates = await counted();
    const { victim } = isPrecise ? selectPrecise(candidates) : selectApproximate(candidates);
    expect(truth.tasks[victim!]!.name).toBe(truth.killed[0]);
  });
});
