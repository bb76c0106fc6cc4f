/** numactl --hardware as it is printed and as it is mailed. */
import { describe, expect, it } from 'vitest';
import { describeNumactl } from '../../../../src/topology/import/numactl.ts';

const DISTANCES = `node distances:
node   0   1   8 
  0:  10  21  28 
  1:  21  10  28 
  8:  28  28  10 
`;

/** Two nodes with CPUs and one of memory alone, as numactl 2.0.16 lays them out. */
const HARDWARE = `available: 3 nodes (0-1,8)
node 0 cpus: 0 1 4 5
node 0 size: 64 MB
node 0 free: 10 MB
node 1 cpus: 2 3 6 7
node 1 size: 128 MB
node 1 free: 10 MB
node 8 cpus:
node 8 size: 256 MB
node 8 free: 255 MB
${DISTANCES}`;

describe('numactl --hardware', () => {
  it('tells nodes with CPUs, memory and distances, memory alone too', () => {
    const { numaNodes, distances, online, possible, present } = describeNumactl(HARDWARE);
    expect(numaNodes).toEqual([
      { id: 0, cpus: Int32Array.of(0, 1, 4, 5), memoryMiB: 64 },
      { id: 1, cpus: Int32Array.of(2, 3, 6, 7), memoryMiB: 128 },
      { id: 8, cpus: Int32Array.of(), memoryMiB: 256 },
    ]);
    expect(distances).toEqual([
      [10, 21, 28],
      [21, 10, 28],
      [28, 28, 10],
    ]);
    expect(Array.from(online)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect({ possible, present }).toEqual({ possible: null, present: null });
  });

  it.each([
    ['shortened', '0-1,4-5'],
    ['with commas and blanks', '0, 1, 4-5'],
    ['wrapped by a mailer', '0 1\n4 5'],
  ])('may have its lists %s', (_, list) => {
    expect(describeNumactl(HARDWARE.replace('0 1 4 5', list))).toEqual(describeNumactl(HARDWARE));
  });

  it.each([
    ['0 1 4 5', '0 1 4\n2 5', 'line 3: CPU 2 comes after 1 4, so that a number may be torn'],
    ['0 1 4 5', '0 1 4 1\n4 5', 'line 3: CPU 4 comes after 4 1, so that a number may be torn'],
    ['2 3 6 7', '0 2\n3 6 7', 'line 6: CPU 0 of node 1 is in node 0 too, so that a number'],
  ])('refuses a number that a line break tears: %s as %j', (list, torn, words) => {
    expect(() => describeNumactl(HARDWARE.replace(list, torn))).toThrow(words);
  });

  it('tells no distances where it has none', () => {
    const { distances, missing } = describeNumactl(HARDWARE.replace(DISTANCES, ''));
    expect(distances).toEqual([]);
    expect(missing).toContain('distances');
  });

  it.each([
    [
      'No NUMA available on this system\n',
      'line 1: "No NUMA available on this system" tells no CPUs: give lscpu -e -J',
    ],
    [
      HARDWARE.replace('node 1 cpus: 2 3 6 7\n', ''),
      'line 1: 3 nodes are said, but the CPUs of 2 given',
    ],
    [HARDWARE.replace('node 1 cpus', 'node 0 cpus'), 'line 5: node 0 is there twice'],
    [HARDWARE.replace('node 8 cpus', 'node 1024 cpus'), 'line 8: node 1024: expected 0 to 1023'],
    [
      HARDWARE.replace('2 3 6 7', '2 three'),
      'line 5: "2 three": "three" is no CPU or range; expected a cpulist such as "0-3,8"',
    ],
    [HARDWARE.replace('2 3 6 7', '2 2'), 'line 5: "2 2": CPU 2 is named twice'],
    [
      HARDWARE.replace('2 3 6 7', '0-4294967295'),
      'line 5: "0-4294967295": CPU 4294967295 is beyond 1,048,575, the highest there can be',
    ],
    [
      HARDWARE.replace('  1:  21  10  28', '  1:  21  10'),
      'line 14: 2 distances: expected 3, one a node',
    ],
    [HARDWARE.replace('  1:  21  10  28 \n', ''), 'line 12: no distances from node 1'],
    [
      HARDWARE.replace('node   0   1   8', 'node   0   1   9'),
      'line 2: no distance from node 0 to 8',
    ],
    [
      HARDWARE.replace('node   0   1   8 \n', ''),
      'line 11: the distances have no line of node numbers below',
    ],
    [
      'available: 1 nodes (0)\nnode 0 cpus:\n',
      'no node has CPUs: expected lines such as "node 0 cpus: 0 1 2 3"',
    ],
  ])('is refused: %j', (text, message) => {
    expect(() => describeNumactl(text)).toThrow(
      expect.objectContaining({ name: 'InputError', message }),
    );
  });
});
