/** QEMU's -smp and -numa: what is left out is computed as QEMU 6.2 and later compute it. */
import { describe, expect, it } from 'vitest';
import { formatCpulist } from '../../../../src/topology/cpulist.ts';
import { describeQemu } from '../../../../src/topology/import/qemu.ts';
import { told } from '../../../support/machine-files.ts';

const counts = (text: string) => {
  const { online, possible, packages, cores } = describeQemu(text);
  return [
    online.length,
    possible?.length,
    packages.length,
    cores.length,
    cores.slice(0, 1)[0]?.length,
  ];
};

const nodes = (text: string) =>
  describeQemu(text).numaNodes?.map(({ id, cpus }) => [id, formatCpulist(cpus)]);

describe('-smp', () => {
  // As tests/unit/test-smp-parse.c of QEMU expects (prefer_cores): CPUs, maxcpus, sockets, cores, threads.
  it.each([
    ['-smp 8', [8, 8, 1, 8, 1]],
    ['-smp 8,sockets=2', [8, 8, 2, 8, 1]],
    ['-smp 8,cores=4', [8, 8, 2, 8, 1]],
    ['-smp 8,threads=2', [8, 8, 1, 4, 2]],
    ['-smp 8,maxcpus=16', [8, 16, 1, 16, 1]],
    ['-smp sockets=2', [2, 2, 2, 2, 1]],
    ['-smp cores=4', [4, 4, 1, 4, 1]],
    ['-smp threads=2', [2, 2, 1, 1, 2]],
    ['-smp maxcpus=16', [16, 16, 1, 16, 1]],
    ['-smp 8,sockets=2,cores=4', [8, 8, 2, 8, 1]],
    ['-smp 8,sockets=2,threads=2', [8, 8, 2, 4, 2]],
    ['-smp 8,sockets=2,maxcpus=16', [8, 16, 2, 16, 1]],
    ['-smp 8,cores=4,threads=2', [8, 8, 1, 4, 2]],
    ['-smp 8,cores=4,maxcpus=16', [8, 16, 4, 16, 1]],
    ['-smp 8,threads=2,maxcpus=16', [8, 16, 1, 8, 2]],
    ['-smp sockets=2,cores=4,threads=2', [16, 16, 2, 8, 2]],
    ['-smp 8,sockets=2,cores=4,maxcpus=16', [8, 16, 2, 8, 2]],
    ['-smp maxcpus=16,sockets=2,cores=4', [16, 16, 2, 8, 2]],
    ['-smp cpus=8,sockets=2,cores=2,threads=2,maxcpus=8', [8, 8, 2, 4, 2]],
    ['-smp 32,drawers=2,books=2,sockets=2,cores=2,threads=2', [32, 32, 8, 16, 2]],
    ['-smp 16,sockets=2,clusters=2,cores=2,threads=2', [16, 16, 2, 8, 2]],
    ['-smp 16,sockets=2,modules=2,cores=2,threads=2', [16, 16, 2, 8, 2]],
    ['8,sockets=2', [8, 8, 2, 8, 1]],
    ['8', [8, 8, 1, 8, 1]],
    ['qemu-system-x86_64 -m 4G -smp 8,sockets=2 -nographic', [8, 8, 2, 8, 1]],
    ['qemu-system-x86_64 \\\n  -smp "8,sockets=2" \\\n  -m 4G', [8, 8, 2, 8, 1]],
    ['--smp=8,sockets=2', [8, 8, 2, 8, 1]],
  ])('%s', (text, expected) => {
    expect(counts(text)).toEqual(expected);
  });

  it('numbers depth first: siblings side by side, dies within their socket', () => {
    const { cores, dies, packages, present } = describeQemu(
      '-smp 10,sockets=2,dies=2,cores=2,threads=2,maxcpus=16',
    );
    expect(cores.slice(0, 2).map(formatCpulist)).toEqual(['0-1', '2-3']);
    expect(dies.map(({ packageId, id, cpus }) => [packageId, id, formatCpulist(cpus)])).toEqual([
      [0, 0, '0-3'],
      [0, 1, '4-7'],
      [1, 0, '8-11'],
      [1, 1, '12-15'],
    ]);
    expect(packages.map(({ id, cpus }) => [id, formatCpulist(cpus)])).toEqual([
      [0, '0-7'],
      [1, '8-15'],
    ]);
    expect(formatCpulist(present ?? new Int32Array(0))).toBe('0-9');
  });

  it('describes no dies and no nodes where they are not named', () => {
    const { dies, numaNodes, missing } = describeQemu('-smp 4');
    expect({ dies, numaNodes }).toEqual({ dies: [], numaNodes: null });
    expect(missing).toContain('numa');
  });
});

describe('-numa', () => {
  it.each([
    [
      'by ranges',
      '-smp 8 -numa node,cpus=0-3,nodeid=0 -numa node,cpus=4-5,cpus=6-7',
      [
        [0, '0-3'],
        [1, '4-7'],
      ],
    ],
    [
      'in any order of ids',
      '-smp 4 -numa node,nodeid=1,cpus=0-1 -numa node,nodeid=0,cpus=2-3',
      [
        [0, '2-3'],
        [1, '0-1'],
      ],
    ],
    [
      'by sockets',
      '-smp 8,sockets=2,maxcpus=8 -numa node -numa node -numa cpu,node-id=0,socket-id=1 -numa cpu,node-id=1,socket-id=0',
      [
        [0, '4-7'],
        [1, '0-3'],
      ],
    ],
    [
      'by cores and threads',
      '-smp 8,cores=4,threads=2 -numa node,cpus=0-7 -numa node -numa cpu,node-id=1,core-id=3,thread-id=1',
      [
        [0, '0-6'],
        [1, '7'],
      ],
    ],
    [
      'by dies',
      '-smp 8,dies=2,cores=4 -numa node -numa node -numa cpu,node-id=0,die-id=1 -numa cpu,node-id=1,die-id=0',
      [
        [0, '4-7'],
        [1, '0-3'],
      ],
    ],
    [
      'none of them: sockets take turns',
      '-smp 8,sockets=4 -numa node -numa node',
      [
        [0, '0-1,4-5'],
        [1, '2-3,6-7'],
      ],
    ],
    [
      'some of them: the others go to node 0',
      '-smp 4,maxcpus=8 -numa node,cpus=0-1 -numa node,cpus=2-3',
      [
        [0, '0-1,4-7'],
        [1, '2-3'],
      ],
    ],
    [
      'and memory alone',
      '-smp 4 -numa node,cpus=0-3 -numa node,memdev=m1',
      [
        [0, '0-3'],
        [1, ''],
      ],
    ],
  ])('gives CPUs to nodes: %s', (_, text, expected) => {
    expect(nodes(text)).toEqual(expected);
  });

  it('says so where QEMU and not the user settles it', () => {
    const remarks = (text: string) => describeQemu(text).remarks;
    expect(remarks('-smp 4,sockets=2 -numa node -numa node')[0]).toMatch(/^no CPU is given a node/);
    expect(remarks('-smp 4 -numa node,cpus=0-1 -numa node,cpus=3')).toEqual([
      '-numa gives no node to CPU 2: put in node 0, as QEMU does',
    ]);
    expect(remarks('-smp 4 -numa node,cpus=0-3')).toEqual([]);
  });

  it('takes memory in MiB where it has no unit', () => {
    const text = '-smp 2 -numa node,cpus=0,mem=512 -numa node,cpus=1,mem=4G';
    expect(describeQemu(text).numaNodes?.map(({ memoryMiB }) => memoryMiB)).toEqual([512, 4096]);
  });

  it('takes a distance for both directions, and 10 for a node itself', () => {
    const node = '-smp 3 -numa node,cpus=0 -numa node,cpus=1 -numa node,cpus=2';
    const dist =
      '-numa dist,src=0,dst=1,val=21 -numa dist,src=1,dst=2,val=22 -numa dist,src=0,dst=2,val=31 -numa dist,src=2,dst=0,val=41';
    expect(describeQemu(`${node} ${dist}`).distances).toEqual([
      [10, 21, 31],
      [21, 10, 22],
      [41, 22, 10],
    ]);
    expect(describeQemu(node).distances).toEqual([]);
  });
});

describe('-device', () => {
  const guest =
    '-smp 2,maxcpus=8,sockets=2,cores=4,threads=1 -device host-x86_64-cpu,socket-id=1,core-id=0,thread-id=0 -device host-x86_64-cpu,socket-id=1,core-id=1,thread-id=0 -numa node,cpus=0-3 -numa node,cpus=4-7';

  it('adds CPUs, which Linux numbers behind those that are there', () => {
    expect(told(describeQemu(guest))).toMatchObject({
      present: '0-3',
      online: '0-3',
      packages: [
        [0, '0-1,4-5'],
        [1, '2-3,6-7'],
      ],
      numaNodes: [
        [0, '0-1,4-5', null],
        [1, '2-3,6-7', null],
      ],
    });
  });

  it.each([
    ['-smp 2,maxcpus=4 -device host-s390x-cpu,core-id=3', '0-2'],
    [
      '-smp 4,maxcpus=8,threads=4,cores=2,sockets=1 -device power10-spapr-cpu-core,core-id=4',
      '0-7',
    ],
    ['-smp 1,maxcpus=2 -device \'{"driver":"host-x86_64-cpu","core-id":1}\'', '0-1'],
    ['-smp 2 -device virtio-net-pci,netdev=n -device vhost-vsock-pci', '0-1'],
  ])('%s', (text, online) => {
    expect(told(describeQemu(text)).online).toBe(online);
  });

  it.each([
    ['-smp 2,maxcpus=4 -device host-x86_64-cpu,core-id=1', 'that CPU is there already'],
    ['-smp 2,maxcpus=4 -device host-x86_64-cpu', 'core-id is "": expected a whole number from 0'],
    ['-smp 2,maxcpus=4 -device host-x86_64-cpu,core-id=4', 'expected a whole number from 0 to 3'],
  ])('is refused: %s', (text, message) => {
    expect(() => describeQemu(text)).toThrow(message);
  });

  it('of a million sockets is soon read', () => {
    const { packages } = describeQemu('-smp 1048576,sockets=1048576,maxcpus=1048576');
    expect(packages).toHaveLength(1_048_576);
  });
});

describe('wrong words of QEMU', () => {
  it.each([
    ['-smp 8,sokets=2', '-smp 8,sokets=2: "sokets" is unknown: did you mean "sockets"?'],
    [
      '-smp 8,2',
      '-smp 8,2: "2" is unknown: expected one of cpus, maxcpus, drawers, books, sockets, dies, clusters, modules, cores, threads',
    ],
    ['-smp 8,cpus=8', '-smp 8,cpus=8: cpus is there twice'],
    ['-smp 0', '-smp 0: cpus is "0": expected a whole number from 1 to 1048576'],
    [
      '-smp 4294967295',
      '-smp 4294967295: cpus is "4294967295": expected a whole number from 1 to 1048576',
    ],
    [
      '-smp 8,sockets=many',
      '-smp 8,sockets=many: sockets is "many": expected a whole number from 1 to 1048576',
    ],
    ['-smp 8,sockets=3', '-smp 8,sockets=3: sockets 3 * cores 2 = 6: expected maxcpus, 8'],
    [
      '-smp 8,sockets=2,cores=2,threads=1',
      '-smp 8,sockets=2,cores=2,threads=1: sockets 2 * cores 2 * threads 1 = 4: expected maxcpus, 8',
    ],
    ['-smp 16,maxcpus=8', '-smp 16,maxcpus=8: cpus is 16: expected at most maxcpus, 8'],
    [
      '-smp sockets=1048576,cores=1048576',
      '-smp sockets=1048576,cores=1048576: 1099511627776 CPUs: expected at most 1048576',
    ],
    ['-smp', '-smp has no value: expected one such as 8,sockets=2'],
    ['-smp -m 4G', '-smp has no value: expected one such as 8,sockets=2'],
    ['-smp 8 -smp 4', '-smp is there twice: expected it once'],
    ['-numa node,cpus=0-3', 'there is no -smp: expected one, such as -smp 8'],
    [
      'qemu-system-x86_64 -m 4G',
      '"qemu-system-x86_64 -m 4G" has no -smp: expected words such as -smp 8,sockets=2',
    ],
    [
      '-smp 4 -numa node,cpus=0-4',
      '-numa node,cpus=0-4: cpus is "4": expected a whole number from 0 to 3',
    ],
    [
      '-smp 4 -numa node,cpus=2-1',
      '-numa node,cpus=2-1: cpus is "2": expected a whole number from 0 to 1',
    ],
    [
      '-smp 4 -numa node,cpus=0-1 -numa node,cpus=1-3',
      '-numa node,cpus=1-3: CPU 1 is in node 0 too',
    ],
    [
      '-smp 4 -numa node,nodeid=0 -numa node,nodeid=0',
      '-numa node,nodeid=0: node 0 is there twice',
    ],
    ['-smp 4 -numa node,nodeid=1', '-numa: node 0 is missing: ids are 0, 1, 2 and so on'],
    [
      '-smp 4 -numa node,nodeid=1024',
      '-numa node,nodeid=1024: nodeid is "1024": expected a whole number from 0 to 1023',
    ],
    [
      '-smp 4 -numa node,mem=much',
      '-numa node,mem=much: mem is "much": expected a size such as 4G',
    ],
    [
      '-smp 4 -numa cpu,node-id=0,socket-id=0',
      '-numa cpu,node-id=0,socket-id=0: expected node-id of a -numa node',
    ],
    [
      '-smp 4 -numa node -numa cpu,node-id=0',
      '-numa cpu,node-id=0: expected a CPU, such as socket-id=0',
    ],
    [
      '-smp 4 -numa node -numa cpu,node-id=0,socket-id=1',
      '-numa cpu,node-id=0,socket-id=1: socket-id is "1": expected a whole number from 0 to 0',
    ],
    [
      '-smp 4 -numa node -numa cpu,node-id=0,sock-id=0',
      '-numa cpu,node-id=0,sock-id=0: "sock-id" is unknown',
    ],
    ['-smp 4 -numa nodes', '-numa nodes: expected node, cpu, dist, hmat-lb or hmat-cache first'],
    [
      '-smp 4 -numa dist,src=0,dst=0,val=10',
      '-numa dist,src=0,dst=0,val=10: expected -numa node first',
    ],
    [
      '-smp 4 -numa node -numa node -numa dist,src=0,dst=2,val=20',
      '-numa dist,src=0,dst=2,val=20: dst is "2": expected a whole number from 0 to 1',
    ],
    [
      '-smp 4 -numa node -numa node -numa node -numa dist,src=0,dst=1,val=20',
      '-numa dist: no distance between nodes 0 and 2',
    ],
  ])('are refused: %s', (text, message) => {
    expect(() => describeQemu(text)).toThrow(
      expect.objectContaining({ name: 'InputError', message }),
    );
  });
});

it('takes no memory a socket', () => {
  const before = process.memoryUsage().heapUsed;
  const { packages } = describeQemu('-smp 1048576,sockets=1048576,maxcpus=1048576');
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(20 * 2 ** 20);
  expect(packages.at(1_048_575)).toEqual({ id: 1_048_575, cpus: Int32Array.of(1_048_575) });
});
