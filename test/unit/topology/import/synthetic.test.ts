/** Synthetic strings against what hwloc's tools say of them, and those that are refused. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { describeSynthetic } from '../../../../src/topology/import/synthetic.ts';

interface HwlocSays {
  readonly string: string;
  readonly packages: readonly string[];
  readonly dies: readonly string[];
  readonly cores: readonly string[];
  readonly l3: readonly string[];
  readonly l2: readonly string[];
  readonly nodes: readonly { readonly id: number; readonly cpus: string }[];
  readonly cpus: string;
}

const path = new URL('../../../machines/synthetic/hwloc-2.9.json', import.meta.url);
const said: readonly HwlocSays[] = JSON.parse(readFileSync(path, 'utf8'));

const ascending = (list: string) =>
  list
    .split(',')
    .map(Number)
    .sort((a, b) => a - b);

const plain = (groups: readonly { readonly cpus: Int32Array }[]) =>
  groups.map(({ cpus }) => Array.from(cpus));

describe('a synthetic string', () => {
  it.each(said.map((row) => [row.string, row] as const))(
    'is as hwloc has it: %s',
    (text, hwloc) => {
      const machine = describeSynthetic(text, null);
      const caches = (level: number) =>
        plain(machine.caches.filter((cache) => cache.level === level));
      expect(Array.from(machine.online)).toEqual(ascending(hwloc.cpus));
      expect(plain([...machine.packages])).toEqual(hwloc.packages.map(ascending));
      expect(plain([...machine.dies])).toEqual(hwloc.dies.map(ascending));
      expect(machine.cores.map((cpus) => Array.from(cpus))).toEqual(hwloc.cores.map(ascending));
      expect(caches(3)).toEqual(hwloc.l3.map(ascending));
      expect(caches(2)).toEqual(hwloc.l2.map(ascending));
      const nodes = (machine.numaNodes ?? []).map(({ id, cpus }) => ({
        id,
        cpus: Array.from(cpus),
      }));
      const byId = (a: { id: number }, b: { id: number }) => a.id - b.id;
      expect(nodes.sort(byId)).toEqual(
        hwloc.nodes.map(({ id, cpus }) => ({ id, cpus: ascending(cpus) })).sort(byId),
      );
    },
  );

  it('gives packages and dies the numbers of the operating system', () => {
    const { packages, dies } = describeSynthetic('pack:2(indexes=3,1) die:2 pu:1', null);
    expect(packages.map(({ id }) => id)).toEqual([3, 1]);
    expect(dies.map(({ packageId, id }) => [packageId, id])).toEqual([
      [3, 0],
      [3, 1],
      [1, 2],
      [1, 3],
    ]);
  });

  it.each([
    ['numa:1(memory=16GiB) pu:1', 16_384],
    ['numa:1(memory=1TiB) pu:1', 1_048_576],
    ['numa:1(memory=65536KiB) pu:1', 64],
    ['numa:1(memory=1073741824) pu:1', 1024],
    // 4 × 10^9 bytes are 3814.69 MiB.
    ['numa:1(memory=4GB) pu:1', 3814],
    ['[numa(memory=512MiB)] pu:1', 512],
  ])('has memory where it is told: %s', (text, memoryMiB) => {
    expect(describeSynthetic(text, null).numaNodes?.[0]?.memoryMiB).toBe(memoryMiB);
  });

  it('has no memory where it is not told, though hwloc assumes 1 GiB', () => {
    expect(describeSynthetic('numa:2 pu:1', null).numaNodes?.[0]).not.toHaveProperty('memoryMiB');
  });

  it('leaves instruction caches out', () => {
    expect(describeSynthetic('l1i:2 l1d:2 pu:1', null).caches.map(({ level }) => level)).toEqual([
      1, 1, 1, 1,
    ]);
  });

  it('can be numbered first threads first, as x86 servers are', () => {
    const { cores, packages } = describeSynthetic('pack:2 core:3 pu:2', 'split');
    expect(cores.map((cpus) => Array.from(cpus))).toEqual([
      [0, 6],
      [1, 7],
      [2, 8],
      [3, 9],
      [4, 10],
      [5, 11],
    ]);
    expect(plain([...packages])[1]).toEqual([3, 4, 5, 9, 10, 11]);
  });

  it('is a name for its machine where it is short', () => {
    expect(describeSynthetic('  pack:2   pu:4 ', null).name).toBe('pack:2 pu:4');
    expect(
      describeSynthetic(`pu:4(indexes=${'0'.repeat(60)},1,2,3)`.replace(/0{60}/, '0'), null).name,
    ).toBe('pu:4(indexes=0,1,2,3)');
  });
});

describe('a wrong synthetic string', () => {
  it.each([
    ['core:250', 'the last level is core: expected the CPUs, such as pu:2'],
    ['pu:2 core:2', 'the last level is core: expected the CPUs, such as pu:2'],
    ['pu:2 pu:2', 'pu is there twice: expected it last, once'],
    ['pu:0', '"pu:0": expected at least one'],
    ['pu:010', '"pu:010": "010" is octal to hwloc: expected a count without leading zeros'],
    [
      `pu:${'0'.repeat(100)}`,
      `"pu:${'0'.repeat(56)}…: "${'0'.repeat(59)}… is octal to hwloc: expected a count without leading zeros`,
    ],
    ['pack:2 pack:2 pu:1', 'package is there twice: expected each level once'],
    ['l3:1 l3:2 pu:2', 'l3 is there twice: expected each level once'],
    [
      'machine:1 pu:2',
      '"machine:1": "machine" is no type: expected package, die, numa, l1 to l5, core, group or pu',
    ],
    [
      'l6:1 pu:2',
      '"l6:1": "l6" is no type: expected package, die, numa, l1 to l5, core, group or pu',
    ],
    ['numa:2 [numa] pu:2', 'NUMA nodes are there as a level and attached: expected one of the two'],
    ['[core] pu:2', '"[core]": only [numa] can be attached'],
    ['pack:2 4 2', 'some levels have a type and some have none: expected all or none'],
    ['pu:-3', '"pu:-3" is no level: expected a type and a count such as pu:2, or [numa]'],
    [
      'pack:2,pu:2',
      '"pack:2,pu:2" is no level: expected a type and a count such as pu:2, or [numa]',
    ],
    ['pack:2 pu', '"pu" is no level: expected a type and a count such as pu:2, or [numa]'],
    [
      'pu:2(indexes=1,0',
      '"pu:2(indexes=1,0" is no level: expected a type and a count such as pu:2, or [numa]',
    ],
    ['', 'has no levels: expected at least CPUs, such as pu:8'],
    ['pu:2(foo=1)', '"pu:2(foo=1)": "foo=1" is unknown: expected memory= or indexes='],
    [
      'l2:2(memory=1GB) pu:1',
      '"l2:2(memory=1GB)": "memory=1GB" is unknown: expected size= or indexes=',
    ],
    ['numa:2(memory=2G) pu:1', '"numa:2(memory=2G)": "2G" is no size: expected one such as 16GiB'],
    ['pu:1048577', '"pu:1048577": makes more than 1,048,576 of them, the most CPUs there can be'],
    [
      'pu:4294967295',
      '"pu:4294967295": makes more than 1,048,576 of them, the most CPUs there can be',
    ],
    [
      'pack:1024 core:1024 pu:2',
      '"pu:2": makes more than 1,048,576 of them, the most CPUs there can be',
    ],
    ['numa:1025 pu:1', '1025 NUMA nodes: expected at most 1024'],
    ['pack:600 [numa] [numa] pu:1', '1200 NUMA nodes: expected at most 1024'],
  ])('is refused: %s', (text, message) => {
    expect(() => describeSynthetic(text, null)).toThrow(
      expect.objectContaining({ name: 'InputError', message }),
    );
  });

  // hwloc takes none of these lists, and says nothing: CPUs are numbered as if there were none.
  it.each([
    ['pu:4(indexes=0,1,2)', 'indexes=0,1,2: 3 indexes: expected 4, one each'],
    ['pu:4(indexes=0,1,2,3,4)', 'indexes=0,1,2,3,4: 5 indexes: expected 4, one each'],
    ['pu:2(indexes=0,)', 'indexes=0,: "" is no index from 0 to 1048575'],
    ['pu:2(indexes=0,1048576)', 'indexes=0,1048576: "1048576" is no index from 0 to 1048575'],
    ['pu:4(indexes=0,1,1,2)', 'indexes=0,1,1,2: index 1 is there twice'],
    ['numa:2(indexes=0,1024) pu:1', 'indexes=0,1024: "1024" is no index from 0 to 1023'],
    ['pu:4(indexes=3*2)', 'indexes=3*2: the loops number 2 objects: expected 4'],
    ['pu:4(indexes=1*2:1*2)', 'indexes=1*2:1*2: index 0 comes twice'],
    ['pu:4(indexes=0*2)', 'indexes=0*2: "0*2" is no loop: expected STEP*COUNT, both at least 1'],
    ['core:2 pu:2(indexes=pu:core)', 'indexes=pu:core: there is no pu level above'],
    ['core:2 pu:2(indexes=pack)', 'indexes=pack: there is no package level above'],
    ['core:2 pu:2(indexes=core:core)', 'indexes=core:core: a level is there twice'],
  ])('is refused for its indexes: %s', (text, message) => {
    expect(() => describeSynthetic(text, null)).toThrow(
      expect.objectContaining({ name: 'InputError', message }),
    );
  });

  it.each([
    ['pack:2 pu:4', '--numbering split: the string has no core level, such as core:4'],
    [
      'core:2 pu:2(indexes=2*2)',
      '--numbering split: the string numbers its CPUs itself (indexes=)',
    ],
  ])('is refused with --numbering split: %s', (text, message) => {
    expect(() => describeSynthetic(text, 'split')).toThrow(
      expect.objectContaining({ name: 'InputError', message }),
    );
  });
});
