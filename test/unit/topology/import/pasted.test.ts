/** Descriptions as people paste them: what stands around an output, and several outputs in one text. */
import { describe, expect, it } from 'vitest';
import { reportedDocument } from '../../../../src/topology/import/assemble.ts';
import {
  type ImportOptions,
  importBytes,
  NO_OPTIONS,
} from '../../../../src/topology/import/import-bytes.ts';
import type { TopologyDocument } from '../../../../src/topology/schema.ts';

/** The document of a text, without what it is imported from, and the remarks. */
async function read(text: string, options: Partial<ImportOptions> = {}) {
  const imported = await importBytes(Buffer.from(text), { ...NO_OPTIONS, ...options }, 'm');
  const { source, ...document } = reportedDocument(imported.topology, imported.reported);
  return { document, source, remarks: imported.remarks };
}

const machineOf = async (text: string): Promise<Partial<TopologyDocument>> =>
  (await read(text)).document;

/** Eight CPUs in two packages and nodes, of two threads a core; 7 is off-line. */
const LSCPU = `Architecture:             x86_64
  CPU op-mode(s):         32-bit, 64-bit
CPU(s):                   8
  On-line CPU(s) list:    0-6
  Off-line CPU(s) list:   7
Vendor ID:                GenuineIntel
  Model name:             Some CPU @ 2.00GHz
    Thread(s) per core:   2
NUMA:
  NUMA node(s):           2
  NUMA node0 CPU(s):      0-3
  NUMA node1 CPU(s):      4-6
`;

const TABLE = `CPU NODE SOCKET CORE L1d:L1i:L2:L3 ONLINE    MAXMHZ   MINMHZ
  0    0      0    0 0:0:0:0          yes 3000.0000 800.0000
  1    0      0    0 0:0:0:0          yes 3000.0000 800.0000
  2    0      0    1 1:1:1:0          yes 3000.0000 800.0000
  3    0      0    1 1:1:1:0          yes 3000.0000 800.0000
  4    1      1    2 2:2:2:1          yes 3000.0000 800.0000
  5    1      1    2 2:2:2:1          yes 3000.0000 800.0000
  6    1      1    3 3:3:3:1          yes 3000.0000 800.0000
  7    -      -    - -                 no         -        -
`;

const PARSABLE = `# The following is the parsable format, which can be fed to other
# programs. Each different item in every column has an unique ID
# starting usually from zero.
# CPU,Core,Socket,Node,,L1d,L1i,L2,L3
0,0,0,0,,0,0,0,0
1,0,0,0,,0,0,0,0
2,1,0,0,,1,1,1,0
3,1,0,0,,1,1,1,0
4,2,1,1,,2,2,2,1
5,2,1,1,,2,2,2,1
6,3,1,1,,3,3,3,1
`;

const NUMACTL = `available: 2 nodes (0-1)
node 0 cpus: 0 1 2 3
node 0 size: 3000 MB
node 0 free: 1000 MB
node 1 cpus: 4 5 6
node 1 size: 4000 MB
node 1 free: 1000 MB
node distances:
node   0   1
  0:  10  21
  1:  21  10
`;

const JSON_SUMMARY = `{
   "lscpu": [
      {"field": "CPU(s):", "data": "8"},
      {"field": "On-line CPU(s) list:", "data": "0-6"},
      {"field": "Off-line CPU(s) list:", "data": "7"},
      {"field": "NUMA node0 CPU(s):", "data": "0-3"},
      {"field": "NUMA node1 CPU(s):", "data": "4-6"}
   ]
}
`;

const JSON_TABLE = `{
   "cpus": [
      {"cpu": 0, "node": 0, "socket": 0, "core": 0, "online": true},
      {"cpu": 1, "node": 0, "socket": 0, "core": 0, "online": true},
      {"cpu": 2, "node": 1, "socket": 1, "core": 1, "online": true},
      {"cpu": 3, "node": null, "socket": null, "core": null, "online": false}
   ]
}
`;

const XML = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE topology SYSTEM "hwloc2.dtd">
<topology version="2.0">
  <object type="Machine" cpuset="0x3" complete_cpuset="0x3">
    <object type="PU" os_index="0" cpuset="0x1"/>
    <object type="PU" os_index="1" cpuset="0x2"/>
  </object>
</topology>
`;

const OUTPUTS: Readonly<Record<string, readonly [command: string, text: string]>> = {
  lscpu: ['lscpu', LSCPU],
  'lscpu -e': ['lscpu -e', TABLE],
  'lscpu -p': ['lscpu -p', PARSABLE],
  'numactl -H': ['numactl -H', NUMACTL],
  'lscpu -J': ['lscpu -J', JSON_SUMMARY],
  'lscpu -e -J': ['LC_ALL=C lscpu -e -J', JSON_TABLE],
  'lstopo --of xml': ['lstopo --of xml', XML],
};

const eachLine = (text: string, prefix: (line: string, i: number) => string) =>
  text
    .split('\n')
    .map((line, i) => (line === '' ? line : `${prefix(line, i)}${line}`))
    .join('\n');

const stamp = (i: number) => String(10 + (i % 50));

/** What people leave or put around an output. */
const AROUND: Readonly<Record<string, (command: string, text: string) => string>> = {
  'a command alone': (command, text) => `${command}\n${text}`,
  'a prompt of $': (command, text) => `$ ${command}\n${text}$ \n`,
  'a prompt of #': (command, text) => `# ${command}\n${text}`,
  'a prompt of user and host': (command, text) =>
    `user@box:~$ ${command}\n${text}user@box:~$ echo done\ndone\n`,
  'a prompt in brackets': (command, text) => `[root@box ~]# ${command}\n${text}[root@box ~]# \n`,
  'sudo and a path': (command, text) =>
    `user@box:/var/tmp# sudo ${command.replace('LC_ALL=C ', '/usr/bin/')}\n${text}`,
  'a fence': (command, text) =>
    `What I see with \`${command}\`:\n\n\`\`\`\n${text}\`\`\`\nThanks.\n`,
  'a fence with a language and a prompt': (command, text) =>
    `~~~console\n$ ${command}\n${text}~~~\n`,
  'the quotes of a mail': (command, text) =>
    `On Monday somebody wrote:\n> ${command}\n${eachLine(text, () => '> ')}\nThat is it.\n`,
  'the quotes of a quote': (_, text) => eachLine(text, () => '> > '),
  'quotes without blanks': (_, text) => eachLine(text, () => '>>'),
  'carriage returns': (_, text) => text.replaceAll('\n', '\r\n'),
  'times of dmesg': (_, text) => eachLine(text, (_line, i) => `[   12.3456${stamp(i)}] `),
  'times of a CI log': (_, text) =>
    eachLine(text, (_line, i) => `2026-05-01T12:00:${stamp(i)}.1234567Z `),
  'times with a blank': (_, text) => eachLine(text, (_line, i) => `2026-05-01 12:00:${stamp(i)} `),
  'times in brackets': (_, text) => eachLine(text, (_line, i) => `[12:00:${stamp(i)}] `),
  'times of syslog': (_, text) =>
    eachLine(text, (_line, i) => `May  1 12:00:${stamp(i)} box probe[12]: `),
  'times of journalctl': (_, text) =>
    eachLine(text, (_line, i) => `2026-05-01T12:00:${stamp(i)}+0200 box probe[12]: `),
  colours: (command, text) => `\u001b[32m$ ${command}\u001b[0m\n${text}`,
  'prose before it': (command, text) => `Hello all,\n\nhere is ${command}:\n\n${text}`,
  'an indent': (_, text) => eachLine(text, () => '    '),
  'empty lines between its own': (_, text) => text.replaceAll('\n', '\n\n'),
  'empty lines between, and prose behind it': (_, text) =>
    `${text.replaceAll('\n', '\n \n')}\n2 questions about it,\n\n4 CPUs or more?\n`,
};

describe('an output is read with what stands around it', () => {
  for (const [name, [command, text]] of Object.entries(OUTPUTS)) {
    it.each(Object.entries(AROUND))(`${name}: %s`, async (_, around) => {
      const pasted = await read(around(command, text));
      expect(pasted).toEqual(await read(text));
    });
  }
});

describe('a table of lscpu -e', () => {
  it('is read by its columns', async () => {
    expect(await machineOf(TABLE)).toEqual({
      name: 'm',
      cpus: { possible: '0-7', present: '0-7', online: '0-6' },
      cores: ['0-1', '2-3', '4-5', '6'],
      caches: [
        { level: 1, cpus: '0-1' },
        { level: 1, cpus: '2-3' },
        { level: 1, cpus: '4-5' },
        { level: 1, cpus: '6' },
        { level: 2, cpus: '0-1' },
        { level: 2, cpus: '2-3' },
        { level: 2, cpus: '4-5' },
        { level: 2, cpus: '6' },
        { level: 3, cpus: '0-3' },
        { level: 3, cpus: '4-6' },
      ],
      packages: [
        { id: 0, cpus: '0-3' },
        { id: 1, cpus: '4-6' },
      ],
      numaNodes: [
        { id: 0, cpus: '0-3' },
        { id: 1, cpus: '4-6' },
      ],
    });
  });

  it.each([
    ['in a comment', eachLine(TABLE, () => '# ')],
    ['of old lscpu, to the left', TABLE.replaceAll(/ +/g, ' ').replaceAll(/^ /gm, '')],
    ['with tabs', TABLE.replaceAll(/ +/g, '\t')],
    ['with its head moved', TABLE.replace('CPU NODE SOCKET', '   CPU    NODE    SOCKET   ')],
    ['with remarks behind its rows', TABLE.replaceAll('800.0000\n', '800.0000  <- a sibling\n')],
    [
      'with a row of less',
      TABLE.replace(/ {2}7 .*\n/, '  7    -      -    - :::               no\n'),
    ],
  ])('is the same %s', async (_, text) => {
    expect(await machineOf(text)).toEqual(await machineOf(TABLE));
  });

  it.each([
    ['ja', 'nein'],
    ['oui', 'non'],
    ['да', 'нет'],
    ['是', '否'],
    ['はい', 'いいえ'],
  ])('says ONLINE in any language: %s, %s', async (yes, no) => {
    const { document, remarks } = await read(
      TABLE.replaceAll(' yes ', ` ${yes} `).replace(' no ', ` ${no} `),
    );
    expect(document).toEqual(await machineOf(TABLE));
    expect(remarks).toContain(`ONLINE "${yes}" is taken as yes`);
    expect(remarks).toContain(`ONLINE "${no}" is taken as no`);
  });

  it.each(
    [TABLE, PARSABLE].flatMap((text) =>
      ['...', '[...]', '<snip>', '\n…\n', '(more)', '\nand so on\n'].map(
        (words) => [words, text] as const,
      ),
    ),
  )('with rows left out is refused, not read up to there: %j', async (words, text) => {
    const lines = text.trimEnd().split('\n');
    const cut = [...lines.slice(0, -1), words, lines.at(-1)].join('\n');
    await expect(read(cut)).rejects.toThrow(/^line \d+: /);
  });

  it('whose rows a mail has broken is refused, not read up to there', async () => {
    const broken = TABLE.replaceAll(/ (yes|no) /g, '\n$1 ');
    await expect(read(broken)).rejects.toThrow(/^line \d+: /);
  });

  it('of s390 has its columns, and caches numbered by the thread', async () => {
    const text = `CPU NODE DRAWER BOOK SOCKET CORE L1d:L1i:L2 ONLINE CONFIGURED POLARIZATION ADDRESS
  0    0      0    0      0    0 0:0:0         yes yes        vert-medium  0
  1    0      0    0      0    0 1:1:1         yes yes        vert-medium  1
  2    0      0    1      0    1 2:2:2         yes yes        vert-low     2
  3    -      -    -      -    - -              no yes        vert-low     3
`;
    expect(await machineOf(text)).toMatchObject({
      cpus: { present: '0-3', online: '0-2' },
      cores: ['0-1', '2'],
      packages: [
        { id: 0, cpus: '0-1' },
        { id: 1, cpus: '2' },
      ],
    });
  });

  it('has models of several words, of which each numbers its cores', async () => {
    const text = `CPU CORE L1d:L1i:L2 ONLINE MODELNAME
  0    0 0:0:0          yes Cortex-A55
  1    1 1:1:1          yes Cortex-A55
  2    0 2:2:2          yes Big Core A76
  3    - -               no -
`;
    expect(await machineOf(text)).toMatchObject({
      cpus: { present: '0-3', online: '0-2' },
      cores: ['0', '1', '2'],
    });
  });
});

describe('several outputs in one text', () => {
  it('make one machine: each fact from the output that has it', async () => {
    const { document, source, remarks } = await read(
      `$ lscpu\n${LSCPU}$ lscpu -p\n${PARSABLE}\n$ numactl -H\n${NUMACTL}`,
    );
    const { numaNodes, ...table } = await machineOf(TABLE);
    expect(document).toEqual({
      ...table,
      numaNodes: [
        { ...numaNodes![0], memoryMiB: 3000 },
        { ...numaNodes![1], memoryMiB: 4000 },
      ],
      distances: [
        [10, 21],
        [21, 10],
      ],
    });
    expect(source).toBe('imported from lscpu with lscpu -p with numactl --hardware');
    expect(remarks).toEqual([
      'lscpu with lscpu -p with numactl --hardware, which does not tell dies, which CPUs are possible or the page size; taken: possible CPUs as those named (nr_cpu_ids 8; topology import --nr-cpu-ids sets it), pages as 4 KiB',
      'outputs of lscpu and lscpu -p and numactl --hardware are read together: cores, packages, caches by lscpu -p; NUMA nodes, NUMA distances by numactl --hardware',
    ]);
  });

  it.each(
    Object.keys(OUTPUTS)
      .slice(0, 5)
      .flatMap((first) =>
        Object.keys(OUTPUTS)
          .slice(0, 5)
          .map((second) => [first, second] as const),
      ),
  )('are read in any order: %s, %s', async (first, second) => {
    const text = (name: string) => `$ ${OUTPUTS[name]![0]}\n${OUTPUTS[name]![1]}\n`;
    const { online } = (await read(text(first) + text(second))).document.cpus;
    expect(online).toBe('0-6');
  });

  it.each([
    [
      'on-line CPUs',
      `${LSCPU}\n${NUMACTL.replace('4 5 6', '4 5 6 7')}`,
      'line 14: on-line CPUs are 0-7 by numactl --hardware, but 0-6 by lscpu on line 1: expected outputs of one machine (--from reads those of one form)',
    ],
    [
      'nodes',
      `${LSCPU}\n${NUMACTL.replace('0 1 2 3', '0 1 2').replace('4 5 6', '3 4 5 6')}`,
      'line 14: CPUs of NUMA nodes are node 0 0-2; node 1 3-6 by numactl --hardware, but node 0 0-3; node 1 4-6 by lscpu on line 1: expected outputs',
    ],
    [
      'cores',
      `${TABLE}\n${PARSABLE.replace('1,0,0,0,,0,0', '1,4,0,0,,4,4')}`,
      'line 11: cores are 0 1 2-3 4-5 6 by lscpu -p, but 0-1 2-3 4-5 6 by lscpu -e on line 1',
    ],
  ])('that contradict each other are refused: %s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
  });

  it('are read of one form where the user says which', async () => {
    const text = `${LSCPU}\n${NUMACTL.replace('4 5 6', '4 5 6 7')}`;
    expect((await read(text, { form: 'lscpu' })).document.cpus.online).toBe('0-6');
    expect((await read(text, { form: 'numactl' })).document.cpus.online).toBe('0-7');
  });

  it('leave numactl out where it says that there is no NUMA', async () => {
    const text = `${LSCPU}$ numactl -H\nNo NUMA available on this system\n`;
    expect(await machineOf(text)).toEqual(await machineOf(LSCPU));
  });
});

describe('a part of lscpu', () => {
  it.each([
    [LSCPU.replaceAll(/^(?!.*NUMA).*\n/gm, ''), 'off-line CPUs, cores'],
    [LSCPU.replaceAll(/^(?!.*CPU\(s\)).*\n/gm, ''), 'cores'],
  ])('is read: %#', async (text, missing) => {
    const { document, remarks } = await read(text);
    expect(document.cpus.online).toBe('0-6');
    expect(document.numaNodes).toHaveLength(2);
    expect(remarks[0]).toContain(`lscpu, which does not tell ${missing}`);
  });
});

const nodeLines = (lists: readonly string[]) =>
  lists.map((list, i) => `NUMA node${i} CPU(s):   ${list}`).join('\n');

describe('a machine of a published shape', () => {
  it('255 of 256 CPUs on-line, 32 nodes of strides', async () => {
    const lists = Array.from(
      { length: 32 },
      (_, i) => `${i * 4}-${i * 4 + 3},${128 + i * 4}-${i === 31 ? 254 : 131 + i * 4}`,
    );
    const text = `Architecture: x86_64\nCPU(s): 256\nOn-line CPU(s) list: 0-254\nOff-line CPU(s) list: 255\nNUMA node(s): 32\n${nodeLines(lists)}\n`;
    const { cpus, numaNodes } = await machineOf(text);
    expect(cpus).toEqual({ possible: '0-255', present: '0-255', online: '0-254' });
    expect(numaNodes).toHaveLength(32);
    expect(numaNodes![31]).toEqual({ id: 31, cpus: '124-127,252-254' });
  });

  it('two nodes with every second CPU, as lscpu 2.42 writes them', async () => {
    const text = `Architecture: x86_64\nCPU(s): 64\nOn-line CPU(s) list: 0-63\nNUMA node(s): 2\n${nodeLines(['0-62:2', '1-63:2'])}\n`;
    const { numaNodes } = await machineOf(text);
    expect(numaNodes!.map(({ cpus }) => cpus.split(',').length)).toEqual([32, 32]);
  });

  it('64 nodes of ia64 with two CPUs each', async () => {
    const nodes = Array.from({ length: 64 }, (_, i) => i);
    const text = [
      'available: 64 nodes (0-63)',
      ...nodes.flatMap((i) => [`node ${i} cpus: ${2 * i} ${2 * i + 1}`, `node ${i} size: 7000 MB`]),
      'node distances:',
      `node ${nodes.join(' ')}`,
      ...nodes.map(
        (i) => `${i}: ${nodes.map((j) => (i === j ? 10 : 22 + ((i ^ j) > 7 ? 16 : 0))).join(' ')}`,
      ),
    ].join('\n');
    const { cpus, numaNodes, distances } = await machineOf(text);
    expect(cpus!.online).toBe('0-127');
    expect(numaNodes).toHaveLength(64);
    expect(distances![63]![0]).toBe(38);
  });

  it('eight fake nodes on four CPUs, which are on all of them', async () => {
    const text = [
      'available: 8 nodes (0-7)',
      ...Array.from({ length: 8 }, (_, i) => `node ${i} cpus: 0 1 2 3\nnode ${i} size: 500 MB`),
    ].join('\n');
    const { document, remarks } = await read(text);
    expect(document.numaNodes!.map(({ cpus }) => cpus)).toEqual([
      '0-3',
      '',
      '',
      '',
      '',
      '',
      '',
      '',
    ]);
    expect(remarks).toHaveLength(8);
  });

  it('POWER with nodes of GPUs, far away and without CPUs', async () => {
    const text = `available: 6 nodes (0,8,252-255)
node 0 cpus: 0 1 2 3
node 0 size: 257000 MB
node 8 cpus: 4 5 6 7
node 8 size: 261000 MB
${[252, 253, 254, 255].map((id) => `node ${id} cpus:\nnode ${id} size: 16128 MB`).join('\n')}
node distances:
node   0   8  252  253  254  255
  0:  10  40  80  80  80  80
  8:  40  10  80  80  80  80
 252:  80  80  10  80  80  80
 253:  80  80  80  10  80  80
 254:  80  80  80  80  10  80
 255:  80  80  80  80  80  10
`;
    const { numaNodes } = await machineOf(text);
    expect(numaNodes!.map(({ id, cpus }) => [id, cpus])).toEqual([
      [0, '0-3'],
      [8, '4-7'],
      [252, ''],
      [253, ''],
      [254, ''],
      [255, ''],
    ]);
  });
});

describe('another text is refused by its name and with a way out', () => {
  it.each<readonly [what: string, text: string, message: string]>([
    [
      'cAdvisor',
      '{"timestamp":"x","num_cores":4,"topology":[{"node_id":0}]}',
      "is cAdvisor's description of a machine, which is not read: give lscpu -e -J",
    ],
    [
      'likwid-topology',
      '----\nCPU name:\tSome CPU\n****\nHardware Thread Topology\n****\nSockets:\t1\nHWThread\tThread\tCore\tSocket\n',
      'is printed by likwid-topology, which is not read: give lscpu -e -J',
    ],
    [
      'dmidecode',
      '# dmidecode 3.3\nGetting SMBIOS data from sysfs.\nSMBIOS 3.2 present.\n',
      'is printed by dmidecode, which counts cores and does not tell CPUs: give lscpu -e -J',
    ],
    [
      "libvirt's domain",
      '<domain type="kvm"><vcpu>4</vcpu></domain>',
      `line 1: "domain" is libvirt's XML, which is not read: give QEMU's command line`,
    ],
    [
      'Perfetto, text',
      'packet {\n  ftrace_events {\n',
      'is a trace of Perfetto, which describes no machine: give lscpu -e -J',
    ],
    [
      'Perfetto, JSON',
      '{"traceEvents":[{"ph":"X"}]}',
      'is a trace of Perfetto, which describes no machine: give lscpu -e -J',
    ],
    [
      'perf trace',
      '     0.000 ( 0.010 ms): bash/12 openat(dfd: CWD) = 3\n',
      'is a trace of perf, which describes no machine: give lscpu -e -J',
    ],
    [
      'a latency trace',
      '# tracer: preemptoff\n#\n# preemptoff latency trace v1.1.5\n# latency: 29 us\n',
      'is a trace for replay, which describes no machine: give lscpu -e -J',
    ],
    ...[
      '架构：                           x86_64\nCPU:                             4\n在线 CPU 列表：                  0-3\n',
      'アーキテクチャ:                        x86_64\nCPU:                                   4\n  オンラインになっている CPU のリスト: 0-3\n',
      'Architektur:                      x86_64\nCPU(s):                           4\n',
    ].map(
      (text) =>
        [
          `lscpu: ${text.slice(0, 12)}`,
          text.replace('CPU(s)', 'CPU'),
          "is lscpu's summary in another language: give that of LC_ALL=C lscpu",
        ] as const,
    ),
    [
      'a prompt alone',
      '[user@box ~]$ uptime\n 10:00 up 3 days\n',
      'begins with "[user@box ~]$ uptime"',
    ],
    [
      'a kernel log',
      '[    0.123456] smp: Brought up 1 node, 8 CPUs\n',
      'begins with "[    0.123456] smp: …"',
    ],
  ])('%s', async (_, text, message) => {
    await expect(read(text)).rejects.toThrow(message);
    await expect(read(text)).rejects.not.toThrow('malformed JSON');
  });
});

describe('any line is read in time that grows as it does', () => {
  const long = (piece: string) => piece.repeat(Math.ceil(300_000 / piece.length));

  it.each([
    ...[
      '#',
      ' ',
      '# ',
      '#,',
      '# CPU,',
      '> ',
      '| ',
      '[',
      '[1.',
      '12:00:00 ',
      'CPU ',
      'a@b:',
      '-smp ',
      '$ ',
      '{"',
      '{ ',
      '\u001b[',
      'node 0 cpus: ',
    ],
    ...[
      'Architecture: ',
      'available: ',
      '<topology ',
      'x=y,',
      '(a',
      '[a] ',
      '0 ',
      '0,',
      ':',
      '：',
      '\t',
      '```',
    ],
  ])('%j again and again', async (piece) => {
    for (const text of [
      long(piece),
      `${long(piece)}\n${LSCPU}`,
      `Architecture: x\n${long(piece)}`,
    ]) {
      const start = performance.now();
      await read(text).catch((error: unknown) =>
        expect(error).toHaveProperty('name', 'InputError'),
      );
      expect(performance.now() - start).toBeLessThan(2000);
    }
  });
});
