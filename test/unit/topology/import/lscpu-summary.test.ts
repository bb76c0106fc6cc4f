import { describe, expect, it } from 'vitest';
import {
  describeLscpuJson,
  describeLscpuText,
} from '../../../../src/topology/import/lscpu-summary.ts';
import { told } from '../../../support/machine-files.ts';

const json = (...fields: readonly object[]) => JSON.stringify({ lscpu: fields });

describe('describeLscpuText', () => {
  it('reads what a terminal shows: sections, and lists that are broken anywhere', () => {
    const text = `Architecture:                x86_64
  CPU op-mode(s):            32-bit, 64-bit
CPU(s):                      12
  On-line CPU(s) list:       0-3,6-1
                             1
  Off-line CPU(s) list:      4,5
Vendor ID:                   GenuineIntel
  Model name:                Example: CPU
    Flags:                   fpu vme de pse
                             tsc msr
NUMA:
  NUMA node(s):              2
  NUMA node0 CPU(s):         0-3
  NUMA node250 CPU(s):       
`;
    const description = describeLscpuText(text);
    expect(told(description)).toMatchObject({
      online: '0-3,6-11',
      present: '0-11',
      numaNodes: [
        [0, '0-3', null],
        [250, '', null],
      ],
    });
    expect(description.remarks).toEqual([]);
  });

  it('reads masks of lscpu -x, with and without 0x', () => {
    const text = (zero: string) =>
      `On-line CPU(s) mask: ${zero}f00000000\nOff-line CPU(s) mask: ${zero}1\nNUMA node0 CPU(s): ${zero}0f00000000\n`;
    for (const zero of ['', '0x']) {
      expect(told(describeLscpuText(text(zero)))).toMatchObject({
        online: '32-35',
        present: '0,32-35',
        numaNodes: [[0, '32-35', null]],
      });
    }
  });

  it('joins lists that fold breaks, which indents nothing', () => {
    const text = 'CPU(s): 16\nOn-line CPU(s) list:  0-1\n5\nNUMA node0 CPU(s):  0-7,9-1\n5\n';
    expect(told(describeLscpuText(text))).toMatchObject({
      online: '0-15',
      numaNodes: [[0, '0-7,9-15', null]],
    });
  });

  it('tells counts from nothing: of packages and caches which CPUs is missing', () => {
    const list = 'On-line CPU(s) list: 0-3\n';
    expect(describeLscpuText(list).missing).toEqual(expect.arrayContaining(['packages', 'caches']));
    const counted = `${list}Socket(s): 2\nL1d cache: 64 KiB (2 instances)\n`;
    const { missing } = describeLscpuText(counted);
    expect(missing).toEqual(expect.arrayContaining(['packagesOf', 'cachesOf']));
    expect(missing).not.toEqual(expect.arrayContaining(['packages']));
  });

  it('says so where CPUs are counted that no list names', () => {
    expect(describeLscpuText('CPU(s): 4\nOn-line CPU(s) list: 0-1\n').remarks).toEqual([
      'CPU(s) is 4, but the lists name 2: the lists count',
    ]);
  });

  /** As reports of common servers have it: 2 sockets of 80 cores, or of 64 cores of two threads. */
  const server = (threads: number, cores: number, cpus: number) =>
    `Architecture:        aarch64
Byte Order:          Little Endian
CPU(s):              ${cpus}
On-line CPU(s) list: 0-${cpus - 1}
Thread(s) per core:  ${threads}
Core(s) per socket:  ${cores}
Socket(s):           2
NUMA node(s):        2
NUMA node0 CPU(s):   0-${cpus / 2 - 1}
NUMA node1 CPU(s):   ${cpus / 2}-${cpus - 1}
`;

  it('takes each CPU for a core where cores have one thread', () => {
    const description = describeLscpuText(server(1, 80, 160));
    expect(told(description).cores).toEqual(Array.from({ length: 160 }, (_, cpu) => `${cpu}`));
    expect(description.missing).not.toContain('cores');
    expect(description.remarks).toEqual([]);
  });

  it('says how many threads cores have where it is not told whose sibling a CPU is', () => {
    const description = describeLscpuText(server(2, 64, 256));
    expect(description.missing).toContain('cores');
    expect(description.remarks).toEqual([
      'Thread(s) per core is 2, but not which CPUs are siblings: lscpu -p tells the cores',
    ]);
  });

  it.each([
    ['a CPU is off-line', `${server(1, 80, 160)}Off-line CPU(s) list: 160\n`],
    ['the cores are fewer than the CPUs', server(1, 40, 160)],
    ['there are several models', `${server(1, 80, 160)}Thread(s) per core: 1\n`],
    ['nothing says which CPUs are off-line', server(1, 80, 160).replace(/On-line.*\n/, '')],
  ])('takes no cores where %s', (_, text) => {
    expect(told(describeLscpuText(text)).cores).toEqual([]);
  });

  it('takes no core, package or cache from counts', () => {
    const { missing } = describeLscpuText(
      'CPU(s): 2\nOn-line CPU(s) list: 0,1\nThread(s) per core: 1\nSocket(s): 1\nL3 cache: 32 MiB (1 instance)\n',
    );
    expect(missing).toEqual(['cores', 'packagesOf', 'dies', 'cachesOf', 'nodes']);
  });

  it.each([
    [
      'Architektur: x86_64\nCPU(s): 4\n',
      'no line "On-line CPU(s) list:"; expected lscpu\'s summary in English',
    ],
    ['On-line CPU(s) list:\n', 'line 1: On-line CPU(s) list is empty'],
    [
      '\nOn-line CPU(s) list: 0-x\n',
      'line 2, On-line CPU(s) list: "0-x": "0-x" is no CPU or range',
    ],
    [
      'On-line CPU(s) list: 0-4294967295\n',
      'line 1, On-line CPU(s) list: "0-4294967295": CPU 4294967295 is beyond',
    ],
    ['On-line CPU(s) mask: xyz\n', 'line 1, On-line CPU(s) mask: "xyz" is no CPU mask'],
    ['On-line CPU(s) list: 0\nOn-line CPU(s) list: 1\n', 'line 2: a second "On-line CPU(s) list"'],
    [
      'On-line CPU(s) list: 0-3\nOff-line CPU(s) list: 3-4\n',
      'CPU 3 is in the lists of on-line and off-line CPUs',
    ],
    [
      'On-line CPU(s) list: 0\nNUMA node0 CPU(s): 0\nNUMA node0 CPU(s): 0\n',
      'line 3: a second list for NUMA node 0',
    ],
    [
      'On-line CPU(s) list: 0\nNUMA node1024 CPU(s): 0\n',
      'line 2: the highest NUMA node there can be is 1023',
    ],
    [
      'On-line CPU(s) list: 0-3\nNUMA node(s): 2\nNUMA node0 CPU(s): 0-1\n',
      'line 2: "2" NUMA nodes, but 1 with a list of CPUs; is the text cut off?',
    ],
    ['x\n'.repeat(10_001), 'more than 10000 lines'],
  ])('refuses %.60j', (text, message) => {
    expect(() => describeLscpuText(text)).toThrow(message);
  });
});

describe('describeLscpuJson', () => {
  it('reads sections with children, and hybrids that say everything of a model twice', () => {
    const model = {
      field: 'Model name:',
      data: 'Cortex',
      children: [{ field: 'Thread(s) per core:', data: '1' }],
    };
    const text = json(
      {
        field: 'CPU(s):',
        data: '6',
        children: [{ field: 'On-line CPU(s) list:', data: '0-5' }],
      },
      { field: 'Vendor ID:', data: 'ARM', children: [model, model] },
      {
        field: 'NUMA:',
        data: null,
        children: [
          { field: 'NUMA node(s):', data: '2' },
          { field: 'NUMA node0 CPU(s):', data: '0-5' },
          { field: 'NUMA node250 CPU(s):', data: null },
        ],
      },
    );
    expect(told(describeLscpuJson(text))).toMatchObject({
      online: '0-5',
      present: '0-5',
      numaNodes: [
        [0, '0-5', null],
        [250, '', null],
      ],
    });
  });

  it.each([
    ['{"lscpu": [', 'malformed JSON at line 1, column 12'],
    ['{"lscpu": {}}', 'lscpu is {}; expected a list, as lscpu prints it'],
    [json(), 'no line "On-line CPU(s) list:"'],
    [json({ data: '0' }), 'lscpu[0].field is null; expected a string'],
    [json({ field: 'a:', data: {} }), 'lscpu[0].data is {}; expected a string'],
    [json({ field: 'a:', children: 0 }), 'lscpu[0].children is 0; expected a list'],
    [
      json({ field: 'a:' }, { field: 'On-line CPU(s) list:', data: '1-0' }),
      'lscpu[1], On-line CPU(s) list: "1-0": the range 1-0 runs down',
    ],
    [
      json(
        Array.from({ length: 20 }).reduce<object>((inner) => ({ field: 'a', children: [inner] }), {
          field: 'a',
        }),
      ),
      'sections nested deeper than 16',
    ],
  ])('refuses %.60j', (text, message) => {
    expect(() => describeLscpuJson(text)).toThrow(message);
  });
});
