import { describe, expect, it } from 'vitest';
import { parseJsonText } from '../../../src/input/json.ts';
import { nodeOfCpu } from '../../../src/topology/topology.ts';
import { validateTopology } from '../../../src/topology/validate.ts';

const minimal = { name: 'm', cpus: { possible: '0-3' }, numaNodes: [{ id: 0, cpus: '0-3' }] };

describe('validateTopology', () => {
  it('fills in what is left out: present, on-line, page size', () => {
    const topology = validateTopology({ ...minimal, cpus: { possible: '0-7', present: '0-3' } });
    expect(Array.from(topology.online)).toEqual([0, 1, 2, 3]);
    expect(topology.nrCpuIds).toBe(8);
    expect(topology.pageSize).toBe(4096);
    expect(topology.cores).toEqual([]);
  });

  it('keeps off-line CPUs, sparse node ids and nodes without CPUs apart', () => {
    const topology = validateTopology({
      name: 'm',
      cpus: { possible: '0-191', present: '0-16', online: '0-15' },
      numaNodes: [
        { id: 3, cpus: '0-7' },
        { id: 32, cpus: '8-16' },
        { id: 40, cpus: '' },
      ],
    });
    expect(topology.nrCpuIds).toBe(192);
    const nodeOf = nodeOfCpu(topology);
    expect([nodeOf[0], nodeOf[8], nodeOf[16], nodeOf[17]]).toEqual([3, 32, 32, -1]);
  });

  it.each<[string, object, string]>([
    [
      'a missing name',
      { ...minimal, name: undefined },
      'name is missing: expected a name of printable ASCII',
    ],
    [
      'a wrong type',
      { ...minimal, cpus: '0-3' },
      'cpus is "0-3": expected an object with "possible"',
    ],
    [
      'an unknown key',
      { ...minimal, numaNode: [] },
      'numaNode is an unknown key: did you mean "numaNodes"?',
    ],
    [
      'an unknown key deep down',
      { ...minimal, numaNodes: [{ id: 0, cpus: '0-3', memoryMib: 1 }] },
      'numaNodes[0].memoryMib is an unknown key: did you mean "memoryMiB"?',
    ],
    [
      'an unknown key of an optional part',
      { ...minimal, caches: [{ level: 3, cpu: '0', cpus: '1' }] },
      'caches[0].cpu is an unknown key: did you mean "cpus"?',
    ],
    [
      'an unknown key of a long list',
      { ...minimal, cpuList: new Array(2000).fill(0) },
      'cpuList is an unknown key: expected one of $schema, name',
    ],
    [
      'a node id out of range',
      { ...minimal, numaNodes: [{ id: 1024, cpus: '0-3' }] },
      'numaNodes[0].id is 1024: expected a whole number from 0 to 1023',
    ],
    ['no nodes', { ...minimal, numaNodes: [] }, 'numaNodes is []: expected at least one NUMA node'],
    [
      'a page size',
      { ...minimal, pageSize: 8192 },
      'pageSize is 8192: expected 4096, 16384, 65536 (bytes)',
    ],
    [
      'no CPU',
      { ...minimal, cpus: { possible: '' } },
      'cpus.possible is "": expected at least one CPU',
    ],
    [
      'a bad cpulist',
      { ...minimal, cores: ['0-x'] },
      'cores[0] is "0-x": "0-x" is no CPU or range',
    ],
    [
      'an id too high',
      { ...minimal, cpus: { possible: '0-1048576' } },
      'cpus.possible is "0-1048576": CPU 1048576 is beyond 1,048,575',
    ],
    [
      'on-line outside present',
      { ...minimal, cpus: { possible: '0-3', present: '0-2', online: '0-3' } },
      'cpus.online is "0-3": CPU 3 is not in cpus.present, "0-2"',
    ],
    [
      'a CPU in two nodes',
      {
        ...minimal,
        numaNodes: [
          { id: 0, cpus: '0-3' },
          { id: 1, cpus: '3' },
        ],
      },
      'numaNodes[1].cpus is "3": CPU 3 is in numaNodes[0].cpus too; a CPU is in one NUMA node at most',
    ],
    [
      'a CPU in no node',
      { ...minimal, numaNodes: [{ id: 0, cpus: '0-2' }] },
      'numaNodes: on-line CPU 3 is in no NUMA node; it must be in exactly one',
    ],
    [
      'a CPU in no core',
      { ...minimal, cores: ['0,2', '1'] },
      'cores: on-line CPU 3 is in no core; it must be in exactly one',
    ],
    [
      'a CPU in two caches of a level',
      {
        ...minimal,
        caches: [
          { level: 3, cpus: '0-1' },
          { level: 3, cpus: '1-2' },
        ],
      },
      'caches[1].cpus is "1-2": CPU 1 is in caches[0].cpus too; a CPU is in one level-3 cache at most',
    ],
    [
      'a node id twice',
      {
        ...minimal,
        numaNodes: [
          { id: 5, cpus: '0-1' },
          { id: 5, cpus: '2-3' },
        ],
      },
      'numaNodes[1].id is 5: numaNodes[0] has that id already',
    ],
    [
      'distances of the wrong size',
      { ...minimal, distances: [[10, 20]] },
      'distances[0] is of length 2: expected 1, one entry a node',
    ],
    [
      'a CPU that is not possible',
      { ...minimal, numaNodes: [{ id: 0, cpus: '0-300' }] },
      'numaNodes[0].cpus is "0-300": CPU 4 is not in cpus.possible, "0-3"',
    ],
    ['several faults', { name: 7, cpus: {}, numaNodes: [] }, '(and 2 more faults)'],
  ])('refuses %s', (_, document, message) => {
    const clean = JSON.parse(JSON.stringify(document));
    expect(() => validateTopology(clean)).toThrow(message);
  });

  it('lets a CPU be in caches of different levels', () => {
    const caches = [
      { level: 2, cpus: '0-1' },
      { level: 3, cpus: '0-3' },
    ];
    expect(validateTopology({ ...minimal, caches }).caches.length).toBe(2);
  });
});

describe('parseJsonText', () => {
  it.each([
    ['{"name": "m",}', 'line 1, column 14: property name in double quotes expected'],
    ['{\n  "name": "m"\n  "cpus": 1}', 'line 3, column 3: comma expected'],
    ['{"name": "m" // who\n}', 'comments are not JSON'],
    ['{"name": nul}', 'line 1, column 10: unknown word'],
    ['', 'malformed JSON'],
  ])('tells where %j is malformed', (text, message) => {
    expect(() => parseJsonText(text)).toThrow(/^malformed JSON/);
    expect(() => parseJsonText(text)).toThrow(message);
  });

  it('does not mind a byte-order mark', () => {
    expect(parseJsonText(`\uFEFF${JSON.stringify(minimal)}`)).toEqual(minimal);
  });

  it('tells deep nesting without falling over', () => {
    expect(() => parseJsonText('['.repeat(200_000))).toThrow(
      /^line 1, column 65: lists and objects nested deeper than 64$/,
    );
  });
});
