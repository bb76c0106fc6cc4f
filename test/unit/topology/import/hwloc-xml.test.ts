import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadBundled } from '../../../../src/topology/bundled.ts';
import { assemble } from '../../../../src/topology/import/assemble.ts';
import { describeHwlocXml } from '../../../../src/topology/import/hwloc.ts';
import { MIB, machineFile, type ToolsSay, told, toolsSay } from '../../../support/machine-files.ts';

const files = readdirSync(new URL('../../../machines/hwloc/', import.meta.url));

/** What the tools say, less what the form cannot tell; memory as numactl rounds it. */
function expected(machine: string, changes: Partial<ToolsSay> = {}) {
  const { online, present, cores, packages, dies, caches, numaNodes, distances } =
    toolsSay(machine);
  const nodes = numaNodes.map(([id, cpus, bytes]) => [
    id,
    cpus,
    bytes === null ? null : Math.floor(bytes / MIB),
  ]);
  const all = { online, present, cores, packages, dies, caches, numaNodes: nodes, distances };
  return { ...all, ...changes };
}

const xmlOf = (machine: string) =>
  machineFile(`hwloc/${machine}.xml${files.includes(`${machine}.xml.gz`) ? '.gz' : ''}`);

const machines = files
  .filter((file) => file.endsWith('.expected.json'))
  .map((file) => file.replace('.expected.json', ''));

/** A machine of two PUs, with what is put into it. */
const twoUnits = (inside = '', root = '<topology version="2.0">') =>
  `${root}<object type="Machine" cpuset="0x3" complete_cpuset="0x3">
<object type="PU" os_index="0"/><object type="PU" os_index="1"/>
${inside}
</object></topology>`;

describe('hwloc XML that lstopo 2.9 wrote', () => {
  it.each(machines)('2.0 of %s is read as hwloc-calc reads it', (machine) => {
    expect(told(describeHwlocXml(xmlOf(machine)))).toEqual(expected(machine));
  });

  // hwloc 1.x knows no dies.
  it.each(files.filter((file) => file.endsWith('.v1.xml')))('%s, of version 1, too', (file) => {
    const machine = file.replace('.v1.xml', '');
    const description = describeHwlocXml(machineFile(`hwloc/${file}`));
    expect(told(description)).toEqual(expected(machine, { dies: [] }));
    expect(description).toMatchObject({ form: 'hwloc XML 1.x', pageSize: 4096 });
    expect(description.missing).toContain('dies');
  });

  it('of version 3 has everything but page sizes', () => {
    const description = describeHwlocXml(machineFile('hwloc/16cpu-3off-2dies.v3.xml'));
    expect(told(description)).toEqual(expected('16cpu-3off-2dies'));
    expect(description).toMatchObject({ form: 'hwloc XML 3.0', pageSize: null, missing: [] });
  });

  it.each([
    ['epyc-9654.xml', 'epyc-9654-2s'],
    ['4096cpu.xml.gz', 'sgi-uv3000'],
  ])('%s is the bundled machine %s', (file, name) => {
    const { caches: _, ...machine } = told(describeHwlocXml(machineFile(`hwloc/${file}`)));
    const bundled = loadBundled(name);
    const {
      caches: __,
      distances: ___,
      ...known
    } = told({
      ...describeHwlocXml(twoUnits()),
      ...bundled,
      numaNodes: bundled.numaNodes.map(({ id, cpus }) => ({ id, cpus })),
    });
    expect(machine).toMatchObject(known);
  });
});

describe('describeHwlocXml', () => {
  it('tells no name, and nothing of the infos, where host names and serial numbers are', () => {
    const description = describeHwlocXml(
      twoUnits('<info name="HostName" value="secret"/><info name="DMIProductSerial" value="s3"/>'),
    );
    expect(description.name).toBeNull();
    expect(JSON.stringify(description)).not.toMatch(/secret|s3/);
  });

  it('says which CPUs may be off-line or forbidden', () => {
    const { remarks, present } = describeHwlocXml(xmlOf('16cpu-3off-2dies'));
    expect(present).toHaveLength(16);
    expect(remarks).toEqual([
      'CPUs of complete_cpuset without an object are taken as off-line, though those that a cgroup forbids look the same (lstopo --disallowed shows them): 5,13-14',
      'NUMA node 9 has memory only: hwloc names the CPUs near to it, which are on nodes of lower ids',
    ]);
  });

  it('keeps on-line CPUs that hwloc 1.x leaves out of its tree', () => {
    const text = twoUnits('', '<topology>').replace(
      'complete_cpuset="0x3"',
      'complete_cpuset="0x1f" online_cpuset="0xf"',
    );
    expect(told(describeHwlocXml(text))).toMatchObject({ online: '0-3', present: '0-4' });
  });

  it('keeps CPUs that a cgroup forbids in their cores, packages and nodes', () => {
    const text = twoUnits(
      '<object type="Core" os_index="0" cpuset="0x1" complete_cpuset="0x5"/><object type="NUMANode" os_index="0" cpuset="0x3" complete_cpuset="0x7"/>',
    ).replace('complete_cpuset="0x3"', 'complete_cpuset="0x7"');
    expect(told(describeHwlocXml(text))).toMatchObject({
      online: '0-1',
      present: '0-2',
      cores: ['0,2'],
      numaNodes: [[0, '0-2', null]],
    });
  });

  it('passes over a complete_cpuset without an end', () => {
    const text = twoUnits().replace('complete_cpuset="0x3"', 'complete_cpuset="0xf...f"');
    expect(told(describeHwlocXml(text))).toMatchObject({ present: null, online: '0-1' });
  });

  it('gives a CPU of several nodes to the lowest, as the kernel numbers them', () => {
    const description = describeHwlocXml(
      twoUnits(
        '<object type="NUMANode" os_index="4" cpuset="0x3"/><object type="MemCache"><object type="NUMANode" os_index="2" cpuset="0x2"/></object>',
      ),
    );
    expect(told(description).numaNodes).toEqual([
      [2, '1', null],
      [4, '0', null],
    ]);
    expect(description.remarks).toEqual([
      'CPUs 1 are on NUMA node 4 and on one of lower id: they count on the lower',
    ]);
  });

  it('tells what is missing', () => {
    expect(describeHwlocXml(twoUnits('', '<topology>'))).toMatchObject({
      numaNodes: null,
      pageSize: null,
      missing: ['cores', 'packages', 'dies', 'caches', 'nodes'],
    });
  });

  it('takes the smallest page size as that of base pages', () => {
    const pages = (size: number) =>
      describeHwlocXml(
        twoUnits(`<page_type size="2097152" count="0"/><page_type size="${size}" count="1"/>`),
      );
    expect(pages(65_536)).toMatchObject({ pageSize: 65_536, remarks: [] });
    expect(pages(8192)).toMatchObject({
      pageSize: null,
      remarks: ['pages of 8192 bytes are none that rss-err counts in'],
    });
  });

  it('numbers packages and dies anew where their ids are missing or repeat', () => {
    const description = describeHwlocXml(
      twoUnits(
        '<object type="Package" os_index="3" cpuset="0x1"><object type="Die" cpuset="0x1"/></object><object type="Package" os_index="3" cpuset="0x2"><object type="Die" os_index="7" cpuset="0x2"/></object>',
      ),
    );
    expect(told(description)).toMatchObject({
      packages: [
        [0, '0'],
        [1, '1'],
      ],
      dies: [
        [0, 0, '0'],
        [1, 7, '1'],
      ],
    });
    expect(description.remarks).toEqual([
      'ids of packages are missing or repeat: they are numbered in the order of the file',
      'ids of dies are missing or repeat: they are numbered in the order of the file',
    ]);
  });

  it('leaves instruction caches, devices and groups out', () => {
    const description = describeHwlocXml(
      twoUnits(
        '<object type="L1iCache" cpuset="0x3"/><object type="Cache" depth="1" cache_type="2" cpuset="0x3"/><object type="Cache" depth="2" cache_type="0" cpuset="0x3"/><object type="Group" cpuset="nonsense"/><object type="PCIDev" pci_busid="0000:00:01.0"/><object type="Misc" subtype="MemoryModule"/><object type="FutureThing" cpuset="0x1"/>',
      ),
    );
    expect(told(description).caches).toEqual({ 2: ['0-1'] });
  });

  it.each([
    [
      '<html></html>',
      'line 1: the root element is "html"; expected "topology", as lstopo writes it',
    ],
    ['<topologydiff/>', 'the root element is "topologydiff"'],
    ['<topology version="4.0"/>', 'line 1: version is "4.0"; hwloc XML 1.x, 2.x and 3.x are read'],
    ['<topology version="2.0"/>', 'no object in the topology: not even a Machine'],
    [
      '<topology version="2.0"><object type="Machine"/></topology>',
      'no object of type PU: the topology has no CPUs',
    ],
    [twoUnits('<object/>'), 'line 3: an object without a type'],
    [twoUnits('<object type="PU"/>'), "line 3, PU: no os_index, the CPU's number"],
    [twoUnits('<object type="PU" os_index="4294967295"/>'), 'line 3, PU: no os_index'],
    [twoUnits('<object type="PU" os_index="1"/>'), 'line 3, PU: CPU 1 is there twice'],
    [
      twoUnits('<object type="PU" os_index="1048576"/>'),
      'line 3, PU: os_index is 1048576; the highest CPU there can be is 1,048,575',
    ],
    [
      twoUnits('<object type="PU" os_index="-3"/>'),
      'line 3, PU: os_index is "-3"; expected a whole number',
    ],
    [
      twoUnits('<object type="Core" cpuset="0-3"/>'),
      'line 3, Core, cpuset: "0-3" is no hwloc bitmap; expected 32-bit words',
    ],
    [
      twoUnits('<object type="NUMANode" cpuset="0x1"/>'),
      "line 3, NUMANode: no os_index, Linux's number",
    ],
    [
      twoUnits('<object type="NUMANode" os_index="1024" cpuset="0x1"/>'),
      'line 3, NUMANode: os_index is 1024; the highest NUMA node there can be is 1023',
    ],
    [
      twoUnits('<object type="NUMANode" os_index="1"/><object type="NUMANode" os_index="1"/>'),
      'line 3, NUMANode: a second NUMA node with os_index 1',
    ],
    [twoUnits('<object type="Cache" depth="9"/>'), 'line 3, Cache: depth is "9"; expected 1 to 5'],
    [
      twoUnits(`<object type="Core" cpuset="0xffffffff${',0xffffffff'.repeat(3000)}"/>`.repeat(21)),
      'line 3: more than 2,000,000 CPUs in the sets of all objects',
    ],
    [twoUnits('<page_type size="big"/>'), 'line 3, page_type: size is "big"'],
  ])('refuses %.200s', (text, message) => {
    expect(() => describeHwlocXml(text)).toThrow(message);
  });
});

const bits = (low: number, high: number) => `0x${(2 ** (high + 1) - 2 ** low).toString(16)}`;

/** A package of a job that may use the memory of node 1 alone. */
const packageOf = (id: number, inside = '') => {
  const [low, high] = [2 * id, 2 * id + 1];
  const near = `complete_nodeset="${bits(id, id)}"`;
  const units = [low, high].map(
    (cpu) => `<object type="PU" os_index="${cpu}" cpuset="${bits(cpu, cpu)}" ${near}/>`,
  );
  return `<object type="Package" os_index="${id}" cpuset="${bits(low, high)}" ${near}>${inside}${units.join('')}</object>`;
};

describe('hwloc XML of a job that is confined to some nodes', () => {
  const text = `<topology version="2.0"><object type="Machine" cpuset="0x3f" complete_cpuset="0xff" nodeset="0x2" complete_nodeset="0xf">
${packageOf(0)}
${packageOf(1, '<object type="NUMANode" os_index="1" cpuset="0xc" nodeset="0x2" complete_nodeset="0x2" local_memory="1073741824"/>')}
${packageOf(2)}
</object></topology>`;

  it('has the others by complete_nodeset, without their memory', () => {
    const description = describeHwlocXml(text);
    expect(told(description).numaNodes).toEqual([
      [0, '0-1', null],
      [1, '2-3', 1024],
      [2, '4-5', null],
      [3, '', null],
    ]);
    expect(description.hidesNodes).toBe(true);
    expect(description.remarks).toContain(
      'NUMA nodes 0,2-3 are hidden from the job that wrote the file: their CPUs are told by complete_nodeset, their memory is not',
    );
  });

  it('takes the nodes of what is around a CPU that has none of its own', () => {
    const inherited = text.replaceAll(/(<object type="PU"[^>]*?) complete_nodeset="[^"]*"/g, '$1');
    expect(inherited).not.toBe(text);
    expect(told(describeHwlocXml(inherited)).numaNodes).toEqual(
      told(describeHwlocXml(text)).numaNodes,
    );
  });

  it("does not call it the kernel's word where a CPU is in no node that is known", () => {
    const lost = text.replaceAll('complete_nodeset="0x4"', 'complete_nodeset="0x0"');
    const { remarks } = assemble(describeHwlocXml(lost), { name: 'm', nrCpuIds: null });
    expect(remarks).toContain('on-line CPUs 4-5 are in no NUMA node: counted on node 0, the first');
  });
});

describe('hwloc XML of version 1', () => {
  it('may have a NUMA node for its root', () => {
    const core =
      '<object type="Core" os_index="0" cpuset="0x3" complete_cpuset="0x3"><object type="PU" os_index="0" cpuset="0x1"/><object type="PU" os_index="1" cpuset="0x2"/></object>';
    const text = `<topology><object type="NUMANode" os_index="0" cpuset="0x3" complete_cpuset="0x3" online_cpuset="0x3" local_memory="1073741824">${core}</object></topology>`;
    expect(told(describeHwlocXml(text))).toMatchObject({
      online: '0-1',
      cores: ['0-1'],
      numaNodes: [[0, '0-1', 1024]],
    });
  });
});

describe('XML that means harm', () => {
  it.each([
    [
      '<topology version="2.0"><object type="Machine" hasOwnProperty="1" cpuset="0x1"/></topology>',
      'no object of type PU',
    ],
    [
      '<topology version="2.0"><object type="Machine" __proto__="1" constructor="2"/></topology>',
      'no object of type PU',
    ],
    [
      '<topology version="2.0"><object type="PU" os_index="0" os_index="7"/></topology>',
      'line 1: the attribute "os_index" is there twice',
    ],
    [`<${'x'.repeat(50_000)}/>`, 'line 1: the root element is "xxx'],
    [
      `<topology version="2.0"><object type="${'y'.repeat(50_000)}" os_index="-"/></topology>`,
      `line 1, ${'y'.repeat(40)}: os_index`,
    ],
  ])('%.40j is refused in a short line', (text, message) => {
    expect(() => describeHwlocXml(text)).toThrow(message);
    try {
      describeHwlocXml(text);
    } catch (error) {
      expect((error as Error).message.length).toBeLessThan(300);
    }
  });
});
