/**
 * Mutated descriptions of machines: each is read, or refused in one line that says something, and soon.
 * FUZZ=1000000 gives a parser so many; the seed of an input is its number.
 */
import { describe, expect, it } from 'vitest';
import { InputError } from '../../src/errors.ts';
import { reportedDocument } from '../../src/topology/import/assemble.ts';
import { importBytes, importText, NO_OPTIONS } from '../../src/topology/import/import-bytes.ts';
import { topologySha256 } from '../../src/topology/normal-form.ts';
import { machineFile } from '../support/machine-files.ts';
import { drawsOf, INPUTS, mutated, wordOfAFault } from '../support/mutate.ts';
import { tarOfFiles } from '../support/sysfs-files.ts';

const NUMACTL = `available: 3 nodes (0-1,8)
node 0 cpus: 0 1 4 5
node 0 size: 64 MB
node 0 free: 10 MB
node 1 cpus: 2 3
node 1 size: 128 MB
node 8 cpus:
node 8 size: 256 MB
node distances:
node   0   1   8
  0:  10  21  28
  1:  21  10  28
  8:  28  28  10
`;

const TABLE = `$ lscpu -e
CPU NODE DRAWER BOOK SOCKET CORE L1d:L1i:L2 ONLINE CONFIGURED POLARIZATION ADDRESS
  0    0      0    0      0    0 0:0:0         yes yes        vert-medium  0
  1    0      0    0      0    0 1:1:1         yes yes        vert-medium  1
  2    0      0    1      0    1 2:2:2         yes yes        vert-low     2
  3    -      -    -      -    - -              no yes        vert-low     3
`;

const JSON_FORM = `{
  "name": "m", "pageSize": 4096,
  "cpus": { "possible": "0-7", "present": "0-N", "online": "0-5" },
  "cores": ["0-1", "2-3", "4,5"], "caches": [{ "level": 3, "cpus": "0-5" }],
  "packages": [{ "id": 0, "cpus": "0-5" }], "dies": [{ "package": 0, "id": 0, "cpus": "0-3" }],
  "numaNodes": [{ "id": 0, "cpus": "0-3", "memoryMiB": 16 }, { "id": 1, "cpus": "4-7" }],
  "distances": [[10, 20], [20, 10]]
}`;

/** Texts of each importer; those of one lend each other pieces. */
const SEEDS: Readonly<Record<string, readonly string[]>> = {
  json: [JSON_FORM],
  'hwloc-xml': ['2cpu-guest', '8cpu-sparse-ids', '16cpu-3off-2dies', '4cpu-1off-no-numa']
    .flatMap((name) => [`hwloc/${name}.xml`, `hwloc/${name}.v1.xml`])
    .map(machineFile),
  'lscpu-json': [machineFile('lscpu/16cpu-3off-2dies/summary.json')],
  'lscpu-table': [machineFile('lscpu/8cpu-sparse-ids/extended.json'), TABLE],
  'lscpu-parsable': [
    machineFile('lscpu/16cpu-3off-2dies/parsable.csv'),
    machineFile('lscpu/16cpu-3off-2dies/parsable-all.csv'),
  ],
  lscpu: [
    machineFile('lscpu/16cpu-3off-2dies/summary.txt'),
    machineFile('lscpu/arm-4little-2big/summary-hex.txt'),
  ],
  numactl: [NUMACTL],
  synthetic: [
    'pack:2 [numa(memory=16GiB)] l3:4 core:2 pu:2(indexes=2*2:1*2)',
    '(memory=4GB) numa:2(indexes=1,0) core:4 pu:2(indexes=core:numa)',
    '2 4 2',
  ],
  qemu: [
    'qemu-system-x86_64 -smp 4,maxcpus=16,sockets=2,dies=2,cores=2,threads=2 -numa node,cpus=0-7,mem=4G -numa node,cpus=8-15 -numa dist,src=0,dst=1,val=20 -device host-x86_64-cpu,socket-id=1,die-id=0,core-id=0,thread-id=1',
    '8,sockets=2,maxcpus=16',
  ],
  several: [
    `${machineFile('lscpu/2cpu-guest/summary.txt')}\n$ lscpu -p\n${machineFile('lscpu/2cpu-guest/parsable.csv')}\n\`\`\`\nnode 0 cpus: 0 1\n\`\`\`\n`,
    `> ${NUMACTL.replaceAll('\n', '\n> ')}`,
  ],
};

const LONGEST_MESSAGE = 1500;

/** Of the largest machine there is, on a machine that is busy. */
const MOST_SECONDS = 40;

/** A larger machine is not read back: it takes a second. */
const LARGE = 20_000;

/** What is wrong with the way in which an input ends; null where nothing is. */
async function faultOf(
  read: () => ReturnType<typeof importText>,
  input: string,
  readsBack: boolean,
): Promise<string | null> {
  const start = performance.now();
  let said = '';
  try {
    const { topology, reported, remarks } = await read();
    said = remarks.join('\n');
    if (readsBack && topology.nrCpuIds < LARGE) {
      const json = JSON.stringify(reportedDocument(topology, reported));
      const again = await importBytes(Buffer.from(json), NO_OPTIONS, null);
      if (topologySha256(again.topology) !== topologySha256(topology))
        return 'is read back changed';
    }
  } catch (error) {
    if (!(error instanceof InputError))
      return error instanceof Error ? (error.stack ?? '') : 'threw';
    said = error.message;
    if (said.length > LONGEST_MESSAGE) return `a message of ${said.length} characters`;
  }
  if (wordOfAFault(said, input) !== undefined) return `says ${said}`;
  const seconds = (performance.now() - start) / 1000;
  return seconds > MOST_SECONDS ? `takes ${seconds} s` : null;
}

describe.each(Object.entries(SEEDS))('mutations of %s', (form, seeds) => {
  it(`are read or refused: ${INPUTS}`, { timeout: 60_000 + INPUTS * 100 }, async () => {
    const texts = Object.values(SEEDS).flat();
    for (let seed = 1; seed <= INPUTS; seed++) {
      const draw = drawsOf(seed * 7919 + form.length);
      const other = draw(4) === 0 ? texts[draw(texts.length)]! : seeds[draw(seeds.length)]!;
      const text = mutated(seeds[draw(seeds.length)]!, other, draw);
      const from = Object.keys(SEEDS).slice(0, -1).includes(form) && draw(3) === 0;
      const options = from ? { ...NO_OPTIONS, form: form as 'json' } : NO_OPTIONS;
      const fault = await faultOf(() => importText(text, options, 'm'), text, seed % 8 === 0);
      if (fault !== null) expect.fail(`${fault}\nseed ${seed}, of ${JSON.stringify(text)}`);
    }
  });
});

const FILES: Readonly<Record<string, string>> = {
  'sys/devices/system/cpu/possible': '0-7\n',
  'sys/devices/system/cpu/present': '0-3\n',
  'sys/devices/system/cpu/online': '0-3\n',
  ...Object.fromEntries(
    [0, 1, 2, 3].flatMap((cpu) => [
      [`sys/devices/system/cpu/cpu${cpu}/topology/core_cpus_list`, cpu < 2 ? '0-1\n' : '2-3\n'],
      [`sys/devices/system/cpu/cpu${cpu}/topology/physical_package_id`, `${cpu >> 1}\n`],
      [`sys/devices/system/cpu/cpu${cpu}/cache/index0/level`, '1\n'],
      [`sys/devices/system/cpu/cpu${cpu}/cache/index0/shared_cpu_map`, cpu < 2 ? '3\n' : 'c\n'],
    ]),
  ),
  'sys/devices/system/node/node0/cpulist': '0-1\n',
  'sys/devices/system/node/node1/cpulist': '2-3\n',
  'sys/devices/system/node/node0/distance': '10 21\n',
  'sys/devices/system/node/node1/distance': '21 10\n',
  'sys/devices/system/node/node0/meminfo': 'Node 0 MemTotal: 65834064 kB\n',
};

describe('mutations of a tree of sysfs', () => {
  it(`are read or refused: ${INPUTS}`, { timeout: 60_000 + INPUTS * 100 }, async () => {
    const paths = Object.keys(FILES);
    for (let seed = 1; seed <= INPUTS; seed++) {
      const draw = drawsOf(seed * 104_729);
      const path = paths[draw(paths.length)]!;
      const text = mutated(FILES[path]!, FILES[paths[draw(paths.length)]!]!, draw).slice(0, 10_000);
      const files = { ...FILES, [path]: text };
      const fault = await faultOf(
        () => importBytes(tarOfFiles(files), NO_OPTIONS, 'm'),
        text,
        seed % 8 === 0,
      );
      if (fault !== null) expect.fail(`${fault}\nseed ${seed}: ${path} is ${JSON.stringify(text)}`);
    }
  });
});
