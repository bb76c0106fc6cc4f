/** The model's parts: populations, killing until enough is free, times, intervals of shares. */
import { describe, expect, it } from 'vitest';
import {
  type CountedProcess,
  killUntilFree,
  modelledMicroseconds,
  modelledTables,
} from '../../../../src/commands/oom/model.ts';
import { wilson95 } from '../../../../src/commands/oom/model-study.ts';
import {
  changed,
  POPULATION_NAMES,
  POPULATIONS,
  populate,
} from '../../../../src/commands/oom/population.ts';
import { selectApproximate, selectPrecise } from '../../../../src/commands/oom/selection.ts';
import { seedRandom } from '../../../../src/workload/contract/random.ts';

describe.each(POPULATION_NAMES)('%s', (name) => {
  const { processes } = POPULATIONS[name];
  const members = populate(POPULATIONS[name], processes, 1_048_576, seedRandom(7));

  it('fills the memory with as many processes as asked for', () => {
    expect(members.length).toBe(processes);
    const pages = members.reduce((sum, member) => sum + member.pages, 0);
    expect(Math.abs(pages / 1_048_576 - 1)).toBeLessThan(0.05);
  });

  it('has its oldest first and its youngest last', () => {
    for (const { name: group, age, count } of POPULATIONS[name].groups) {
      const places = members.flatMap((member, i) => (member.group === group ? [i] : []));
      expect(places.length).toBe(count ?? processes - 1);
      if (age === 'oldest') expect(places[0]).toBe(0);
      if (age === 'youngest') expect(places.at(-1)).toBe(processes - 1);
    }
  });
});

const counted = (approximate: number, pages: number): CountedProcess => ({
  ...{ group: 'x', approximate, pages, precise: pages },
});

describe('killing until enough is free', () => {
  const processes = [counted(10, 100), counted(50, 60), counted(50, 55)];

  it('counts kills, and what the first was short of the best', () => {
    expect(killUntilFree(processes, selectApproximate, 70)).toEqual({
      ...{ wrong: true, tied: true, pagesShort: 45, kills: 2, preciseSums: 0 },
    });
    expect(killUntilFree(processes, selectPrecise, 70)).toEqual({
      ...{ wrong: false, tied: false, pagesShort: 0, kills: 1, preciseSums: 3 },
    });
  });

  it('may kill all in vain', () => {
    expect(killUntilFree(processes, selectPrecise, 216).kills).toBeNull();
    expect(killUntilFree(processes, selectPrecise, 215).kills).toBe(3);
  });
});

describe('the modelled time', () => {
  it('of 10,000 processes at 256 CPUs is the published one: 3.0, 80.0 and 7.9 ms', () => {
    expect(modelledMicroseconds(10_000, 0, 1, 256)).toBeCloseTo(3000);
    expect(modelledMicroseconds(10_000, 10_000, 1, 256)).toBeCloseTo(80_000);
    expect(modelledMicroseconds(10_000, 16, 2, 256)).toBeCloseTo(7900);
  });

  it('of a sum grows with the CPUs', () => {
    const sum = (cpus: number) =>
      modelledMicroseconds(1, 1, 1, cpus) - modelledMicroseconds(1, 0, 1, cpus);
    expect(sum(512)).toBeCloseTo(2 * sum(256));
  });
});

it('page tables: one for 512 pages, and two above', () => {
  expect([0, 1, 512, 513].map((pages) => modelledTables(pages, 4096))).toEqual([2, 3, 3, 4]);
});

it("Wilson's interval holds at both ends", () => {
  expect(wilson95(0, 20).low).toBe(0);
  expect(wilson95(0, 20).high).toBeCloseTo(0.1611, 3);
  expect(wilson95(20, 20).low).toBeCloseTo(0.8389, 3);
  expect(wilson95(10, 20).low).toBeCloseTo(0.2993, 3);
});

describe('a population that is changed', () => {
  const members = (age: 'oldest' | 'mixed' | 'youngest' | null, threads: number | null) =>
    populate(changed(POPULATIONS.leak, threads, age), 32, 1_048_576, seedRandom(7));
  const placeOfLeaking = (age: 'oldest' | 'mixed' | 'youngest') =>
    members(age, null).findIndex(({ group }) => group === 'leaking');

  it('has the one that stands out before, amid or behind the others', () => {
    expect(placeOfLeaking('oldest')).toBe(0);
    expect(placeOfLeaking('youngest')).toBe(31);
    expect(placeOfLeaking('mixed')).toBeGreaterThan(0);
    expect(placeOfLeaking('mixed')).toBeLessThan(31);
  });

  it('has so many threads in each process, and else stays as it is', () => {
    expect(new Set(members(null, 3).map(({ threads }) => threads))).toEqual(new Set([3]));
    expect(members(null, null)).toEqual(populate(POPULATIONS.leak, 32, 1_048_576, seedRandom(7)));
  });
});
