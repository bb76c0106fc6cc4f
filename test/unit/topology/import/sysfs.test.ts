import { describe, expect, it } from 'vitest';
import { formatCpulist } from '../../../../src/topology/cpulist.ts';
import type { MachineDescription } from '../../../../src/topology/import/description.ts';
import { describeSysfs } from '../../../../src/topology/import/sysfs.ts';
import { memoryTree, type SysfsFiles } from '../../../support/sysfs-files.ts';

/** Two packages of two cores of two threads, siblings k and k + 4, a node and an L3 a package. */
const TWO_PACKAGES: SysfsFiles = {
  'cpu/possible': '0-7\n',
  'cpu/present': '0-7\n',
  'cpu/online': '0-7\n',
  'cpu/kernel_max': '8191\n',
  'cpu/cpufreq/policy0/x': '1\n',
  ...Object.fromEntries(
    Array.from({ length: 8 }, (_, cpu) => {
      const folder = `cpu/cpu${cpu}`;
      const core = `${cpu % 4},${(cpu % 4) + 4}\n`;
      const half = cpu % 4 < 2 ? '0-1,4-5\n' : '2-3,6-7\n';
      return [
        [`${folder}/topology/core_cpus_list`, core],
        [`${folder}/topology/package_cpus_list`, half],
        [`${folder}/topology/physical_package_id`, cpu % 4 < 2 ? '0\n' : '1\n'],
        [`${folder}/topology/core_id`, `${cpu % 2}\n`],
        [`${folder}/cache/index0/level`, '1\n'],
        [`${folder}/cache/index0/type`, 'Data\n'],
        [`${folder}/cache/index0/shared_cpu_list`, core],
        [`${folder}/cache/index1/level`, '1\n'],
        [`${folder}/cache/index1/type`, 'Instruction\n'],
        [`${folder}/cache/index1/shared_cpu_list`, `${cpu}\n`],
        [`${folder}/cache/index3/level`, '3\n'],
        [`${folder}/cache/index3/type`, 'Unified\n'],
        [`${folder}/cache/index3/shared_cpu_list`, half],
      ];
    }).flat(),
  ),
  'node/online': '0-1\n',
  'node/node0/cpulist': '0-1,4-5\n',
  'node/node0/distance': '10 21\n',
  'node/node0/meminfo': 'Node 0 MemTotal:       2097151 kB\nNode 0 MemFree: 5 kB\n',
  'node/node1/cpulist': '2-3,6-7\n',
  'node/node1/distance': '21 10\n',
};

function lists<T extends { readonly cpus: Int32Array }>(groups: readonly T[]) {
  return groups.map((group) => ({ ...group, cpus: formatCpulist(group.cpus) }));
}

/** The description with cpulists in place of arrays. */
function told(files: SysfsFiles) {
  const description: MachineDescription = describeSysfs(memoryTree(files));
  const { possible, present, online, cores, caches, packages, dies, numaNodes } = description;
  return {
    ...description,
    possible: possible === null ? null : formatCpulist(possible),
    present: present === null ? null : formatCpulist(present),
    online: formatCpulist(online),
    cores: cores.map(formatCpulist),
    caches: lists([...caches]),
    packages: lists([...packages]),
    dies: lists([...dies]),
    numaNodes: numaNodes === null ? null : lists(numaNodes),
  };
}

/** The machine without the files that match, and with the changed ones. */
function changed(changes: SysfsFiles, without: RegExp = /^$/): SysfsFiles {
  const kept = Object.entries(TWO_PACKAGES).filter(([path]) => !without.test(path));
  return { ...Object.fromEntries(kept), ...changes };
}

const perCpu = (file: (cpu: number) => string, text: (cpu: number) => string): SysfsFiles =>
  Object.fromEntries(Array.from({ length: 8 }, (_, cpu) => [file(cpu), text(cpu)]));

describe('a tree of sysfs', () => {
  it('tells CPUs, cores, caches, packages, nodes, memory and distances', () => {
    expect(told(TWO_PACKAGES)).toEqual({
      form: 'sysfs',
      name: null,
      possible: '0-7',
      present: '0-7',
      online: '0-7',
      cores: ['0,4', '1,5', '2,6', '3,7'],
      dies: [],
      caches: [
        { level: 1, cpus: '0,4' },
        { level: 1, cpus: '1,5' },
        { level: 1, cpus: '2,6' },
        { level: 1, cpus: '3,7' },
        { level: 3, cpus: '0-1,4-5' },
        { level: 3, cpus: '2-3,6-7' },
      ],
      packages: [
        { id: 0, cpus: '0-1,4-5' },
        { id: 1, cpus: '2-3,6-7' },
      ],
      numaNodes: [
        { id: 0, cpus: '0-1,4-5', memoryMiB: 2047 },
        { id: 1, cpus: '2-3,6-7' },
      ],
      distances: [
        [10, 21],
        [21, 10],
      ],
      hidesNodes: false,
      pageSize: null,
      missing: ['dies'],
      remarks: [],
    });
  });

  it('is read from masks where an old kernel has no lists', () => {
    const masks = perCpu(
      (cpu) => `cpu/cpu${cpu}/topology/thread_siblings`,
      (cpu) => `00000000,000000${(0x11 << (cpu % 4)).toString(16)}\n`,
    );
    const old = told({
      ...changed({}, /_list$|cpulist$|^cpu\/(possible|present|online)$/),
      ...masks,
      ...perCpu(
        (cpu) => `cpu/cpu${cpu}/topology/core_siblings`,
        (cpu) => (cpu % 4 < 2 ? '33\n' : 'cc\n'),
      ),
      ...perCpu(
        (cpu) => `cpu/cpu${cpu}/cache/index3/shared_cpu_map`,
        (cpu) => (cpu % 4 < 2 ? '00000033\n' : '000000cc\n'),
      ),
      'node/node0/cpumap': '00000033\n',
      'node/node1/cpumap': '000000cc\n',
    });
    const lately = told(TWO_PACKAGES);
    expect(old.possible).toBeNull();
    expect(old.present).toBe('0-7');
    expect(old.online).toBe('0-7');
    expect(old.cores).toEqual(lately.cores);
    expect(old.packages).toEqual(lately.packages);
    expect(old.caches).toEqual(lately.caches.filter(({ level }) => level === 3));
    expect(old.numaNodes).toEqual(lately.numaNodes);
    expect(old.remarks).toEqual(['the folders of CPUs tell what cpu/present and cpu/online would']);
  });

  it('has the off-line CPUs that it says are present, in no core', () => {
    const { present, online, cores, numaNodes } = told(
      changed(
        {
          'cpu/online': '0-2,4-6\n',
          'cpu/possible': '0-15\n',
          ...perCpu(
            (cpu) => `cpu/cpu${cpu}/topology/core_cpus_list`,
            (cpu) => (cpu === 2 || cpu === 6 ? '2,6' : `${cpu % 4},${(cpu % 4) + 4}`),
          ),
          'node/node1/cpulist': '2,6\n',
          'node/node1/cpu2/': '',
          'node/node1/cpu3/': '',
          'node/node1/cpu6/': '',
          'node/node1/cpu7/': '',
        },
        /cpu[37]\/(topology|cache)/,
      ),
    );
    expect({ present, online, cores }).toEqual({
      present: '0-7',
      online: '0-2,4-6',
      cores: ['0,4', '1,5', '2,6'],
    });
    // drivers/base/node.c lists CPUs on-line; the links are of all CPUs that are there.
    expect(numaNodes?.[1]).toEqual({ id: 1, cpus: '2-3,6-7' });
  });

  it('without lists tells off-line CPUs by their own files', () => {
    const files = changed({ 'cpu/cpu7/online': '0\n', 'cpu/cpu6/online': '1\n' }, /^cpu\/online$/);
    expect(told(files).online).toBe('0-6');
    expect(told(files).remarks).toContain('the folders of CPUs tell what cpu/online would');
  });

  it('has sparse node ids and memory-only nodes, in the order of ids', () => {
    const { numaNodes, distances } = told(
      changed({
        'node/node252/cpulist': '\n',
        'node/node252/cpumap': '00000000\n',
        'node/node252/distance': '40 40 10\n',
        'node/node252/meminfo': 'Node 252 MemTotal: 16777216 kB\n',
        'node/node0/distance': '10 21 40\n',
        'node/node1/distance': '21 10 40\n',
      }),
    );
    expect(numaNodes?.map(({ id }) => id)).toEqual([0, 1, 252]);
    expect(numaNodes?.[2]).toEqual({ id: 252, cpus: '', memoryMiB: 16_384 });
    expect(distances[2]).toEqual([40, 40, 10]);
  });

  it('whose kernel has no NUMA tells no nodes', () => {
    const { numaNodes, missing } = told(changed({}, /^node/));
    expect(numaNodes).toBeNull();
    expect(missing).toContain('nodes');
  });

  it('that lost its lists of nodes, files without a byte, is read by links', () => {
    const links = ['node0/cpu0', 'node0/cpu1', 'node0/cpu4', 'node0/cpu5', 'node1/cpu2'];
    const { numaNodes } = told(
      changed({
        'node/node0/cpulist': '',
        'node/node1/cpulist': '',
        ...Object.fromEntries(links.map((link) => [`node/${link}/`, ''])),
      }),
    );
    expect(numaNodes?.map(({ cpus }) => cpus)).toEqual(['0-1,4-5', '2']);
  });

  it('tells dies of packages', () => {
    const { dies, missing } = told(
      changed({
        ...perCpu(
          (cpu) => `cpu/cpu${cpu}/topology/die_id`,
          (cpu) => `${cpu % 2}\n`,
        ),
        ...perCpu(
          (cpu) => `cpu/cpu${cpu}/topology/die_cpus_list`,
          (cpu) => `${cpu % 4},${(cpu % 4) + 4}\n`,
        ),
      }),
    );
    expect(dies).toEqual([
      { packageId: 0, id: 0, cpus: '0,4' },
      { packageId: 0, id: 1, cpus: '1,5' },
      { packageId: 1, id: 0, cpus: '2,6' },
      { packageId: 1, id: 1, cpus: '3,7' },
    ]);
    expect(missing).toEqual([]);
  });

  const withoutIds = perCpu(
    (cpu) => `cpu/cpu${cpu}/topology/physical_package_id`,
    (cpu) => (cpu < 4 ? '-1\n' : '4294967295\n'),
  );
  const PACKAGE_SETS =
    /package_cpus(?:_list)?$|core_siblings(?:_list)?$|package_cpus$|core_siblings$/;

  it('with package ids of -1 has its packages by the lists of siblings, numbered anew', () => {
    const { packages, remarks } = told(changed(withoutIds));
    expect(packages).toEqual([
      { id: 0, cpus: '0-1,4-5' },
      { id: 1, cpus: '2-3,6-7' },
    ]);
    expect(remarks).toEqual([
      'physical_package_id tells no number: the 2 packages are numbered in the order of their CPUs',
    ]);
    const neither = told(changed(withoutIds, PACKAGE_SETS));
    expect(neither.packages).toEqual([]);
    expect(neither.missing).toContain('packages');
  });

  it('leaves out dies whose ids cannot be told apart, since packages are not told', () => {
    const dies = {
      ...withoutIds,
      ...perCpu(
        (cpu) => `cpu/cpu${cpu}/topology/die_id`,
        () => '0\n',
      ),
      ...perCpu(
        (cpu) => `cpu/cpu${cpu}/topology/die_cpus_list`,
        (cpu) => (cpu % 4 < 2 ? '0-1,4-5\n' : '2-3,6-7\n'),
      ),
    };
    const apart = told(changed(dies));
    expect(apart.dies.map(({ packageId, cpus }) => [packageId, cpus])).toEqual([
      [0, '0-1,4-5'],
      [1, '2-3,6-7'],
    ]);
    const alike = told(changed(dies, PACKAGE_SETS));
    expect(alike.dies).toEqual([]);
    expect(alike.remarks).toEqual([
      'dies are left out: die_id repeats within a package, or packages are not told',
    ]);
  });

  it('has the caches of instructions left out, wherever they stand', () => {
    const swapped = perCpu(
      (cpu) => `cpu/cpu${cpu}/cache/index0/type`,
      () => 'Instruction\n',
    );
    const data = perCpu(
      (cpu) => `cpu/cpu${cpu}/cache/index1/type`,
      () => 'Data\n',
    );
    const { caches } = told(changed({ ...swapped, ...data }));
    const first = caches.filter(({ level }) => level === 1);
    expect(first.map(({ cpus }) => cpus)).toEqual(['0', '1', '2', '3', '4', '5', '6', '7']);
  });

  it('numbers packages whose ids repeat from book to book', () => {
    const { packages, remarks } = told(
      changed(
        perCpu(
          (cpu) => `cpu/cpu${cpu}/topology/physical_package_id`,
          () => '0\n',
        ),
      ),
    );
    expect(packages).toEqual([
      { id: 0, cpus: '0-1,4-5' },
      { id: 1, cpus: '2-3,6-7' },
    ]);
    expect(remarks).toEqual([
      'physical_package_id repeats: the 2 packages are numbered in the order of their CPUs',
    ]);
  });

  it('groups packages by their ids where no file tells who is in one', () => {
    expect(told(changed({}, /package_cpus/)).packages).toEqual(told(TWO_PACKAGES).packages);
  });

  it('without topology, caches and nodes tells the CPUs alone, and says so', () => {
    const { cores, caches, packages, numaNodes, online, missing } = told({
      'cpu/online': '0-3\n',
      'cpu/present': '0-3\n',
    });
    expect({ cores, caches, packages, numaNodes, online }).toEqual({
      cores: [],
      caches: [],
      packages: [],
      numaNodes: null,
      online: '0-3',
    });
    expect(missing).toEqual(['cores', 'packages', 'dies', 'caches', 'nodes']);
  });

  it.each([
    [
      'cores',
      { 'cpu/cpu4/topology/core_cpus_list': '4\n' },
      "cores are left out: cpu/cpu4/topology/core_cpus_list contradicts what other CPUs' files say",
    ],
    [
      'packages',
      { 'cpu/cpu3/topology/package_cpus_list': '1,3\n' },
      "packages are left out: cpu/cpu3/topology/package_cpus_list contradicts what other CPUs' files say",
    ],
    [
      'cores',
      { 'cpu/cpu0/topology/core_cpus_list': '1,5\n' },
      'cores are left out: cpu/cpu0/topology/core_cpus_list leaves CPU 0 itself out',
    ],
    [
      'level-3 caches',
      { 'cpu/cpu7/cache/index3/shared_cpu_list': '7\n' },
      "level-3 caches are left out: cpu/cpu7/cache/index3/shared_cpu_list contradicts what other CPUs' files say",
    ],
    [
      'cores, over a CPU that tells nothing,',
      {
        'cpu/online': '0-2,4-7\n',
        'cpu/cpu0/topology/core_cpus_list': '0,3-4\n',
        'cpu/cpu4/topology/core_cpus_list': '0,3-4\n',
        'cpu/cpu1/topology/core_cpus_list': '1,3,5\n',
        'cpu/cpu5/topology/core_cpus_list': '1,3,5\n',
      },
      "cores are left out: cpu/cpu1/topology/core_cpus_list contradicts what other CPUs' files say",
    ],
    [
      'distances',
      { 'node/node1/distance': '10\n' },
      'NUMA distances are left out: node/node1/distance has 1 for 2 nodes',
    ],
  ])('leaves out %s that contradict each other, and says so', (_, changes, sentence) => {
    expect(told(changed(changes)).remarks).toEqual([sentence]);
  });

  it.each<[SysfsFiles, string]>([
    [
      { 'cpu/possible': '0-x\n' },
      'cpu/possible: "0-x": "0-x" is no CPU or range; expected a cpulist such as "0-3,8"',
    ],
    [
      { 'cpu/online': '0-4294967295\n' },
      'cpu/online: "0-4294967295": CPU 4294967295 is beyond 1,048,575, the highest there can be',
    ],
    [
      { 'cpu/cpu9999999/online': '1\n' },
      'cpu/cpu9999999: 9999999 is beyond 1048575, the highest there can be',
    ],
    [
      { 'cpu/cpu0/topology/physical_package_id': 'none\n' },
      'cpu/cpu0/topology/physical_package_id: "none" is no id; expected a whole number',
    ],
    [
      { 'cpu/cpu0/topology/physical_package_id': '2147483648\n' },
      'cpu/cpu0/topology/physical_package_id: the id is 2147483648; expected 0 to 2147483647, or -1 for none',
    ],
    [
      { 'cpu/cpu0/cache/index3/level': '6\n' },
      'cpu/cpu0/cache/index3/level: the level is 6; expected 1 to 5',
    ],
    [
      { 'node/node1/distance': '10 256\n' },
      'node/node1/distance: "256" is no distance; expected 0 to 255',
    ],
    [
      { 'node/node1024/cpulist': '\n' },
      'node/node1024: 1024 is beyond 1023, the highest there can be',
    ],
    [
      { 'node/node1/cpulist': '2-\n' },
      'node/node1/cpulist: "2-": "2-" is no CPU or range; expected a cpulist such as "0-3,8"',
    ],
  ])('is refused with the path of the fault: %j', (changes, message) => {
    expect(() => told(changed(changes))).toThrow(message);
  });

  it('without a CPU on-line is refused', () => {
    expect(() => told({ 'cpu/kernel_max': '7\n' })).toThrow(
      'cpu: no CPU is on-line; expected a list in cpu/online, or folders cpu/cpuN',
    );
  });

  it.each([
    ['cpu/online', '0-6', 'cpu/cpu7/online', '1\n', 'CPU 7 is on-line by its own file'],
    ['node/node1/cpulist', '2-3,6', 'cpu/cpu7/online', '1\n', 'CPU 7 is in no node'],
  ])('refuses %s cut off to %j where %s says so', (path, cut, other, text, words) => {
    const files = { ...TWO_PACKAGES, [other]: text, [path]: cut };
    expect(() => told(files)).toThrow(
      `${path}: the text ends here without a line end, and ${words}`,
    );
    expect(() => told({ ...files, [path]: `${cut}\n` })).not.toThrow(words);
  });

  it('refuses present CPUs cut off where a folder says so', () => {
    const files = { ...TWO_PACKAGES, 'cpu/online': '0-6\n', 'cpu/present': '0-6' };
    expect(() => told(files)).toThrow('cpu/present: the text ends here');
  });

  it('reads lists without a line end that nothing contradicts', () => {
    const whole = Object.entries(TWO_PACKAGES).map(([path, text]) => [path, text.trimEnd()]);
    expect(told(Object.fromEntries(whole))).toEqual(told(TWO_PACKAGES));
  });
});
