/** The bundled machines are what their names say, in Linux's numbering. */
import { describe, expect, it } from 'vitest';
import { summariseTopology } from '../../../src/commands/topology/topology-summary.ts';
import { parseJsonText } from '../../../src/input/json.ts';
import { bundledNames, loadBundled, readBundled } from '../../../src/topology/bundled.ts';
import { formatCpulist, parseCpulist } from '../../../src/topology/cpulist.ts';
import { logicalNumbers } from '../../../src/topology/logical-order.ts';
import { topologyDocument, topologySha256 } from '../../../src/topology/normal-form.ts';
import { validateTopology } from '../../../src/topology/read-document.ts';
import { listed } from '../../support/machine-files.ts';

/** CPUs, cores, threads a core, packages, nodes, last-level caches; node 0; the siblings of CPU 0. */
const SHAPES: Record<
  string,
  readonly [number, number, number, number, number, number, string, string]
> = {
  '1cpu': [1, 1, 1, 1, 1, 1, '0', '0'],
  '8cpu': [8, 4, 2, 1, 1, 1, '0-7', '0,4'],
  '64cpu-2n': [64, 32, 2, 2, 2, 2, '0-15,32-47', '0,32'],
  '250cpu': [250, 125, 2, 2, 2, 16, '0-62,125-187', '0,125'],
  'altra-max-2s': [256, 256, 1, 2, 2, 2, '0-127', '0'],
  'epyc-9654-2s': [384, 192, 2, 2, 2, 24, '0-95,192-287', '0,192'],
  'epyc-9654-2s-nps4': [384, 192, 2, 2, 8, 24, '0-23,192-215', '0,192'],
  'epyc-9754-2s': [512, 256, 2, 2, 2, 32, '0-127,256-383', '0,256'],
  'xeon-6980p-2s': [512, 256, 2, 2, 6, 2, '0-42,256-298', '0,256'],
  'power10-e1080': [1920, 240, 8, 16, 16, 480, '0-119', '0-7'],
  'sgi-uv3000': [4096, 2048, 2, 256, 256, 256, '0-7,2048-2055', '0,2048'],
  '8192cpu': [8192, 4096, 2, 64, 64, 512, '0-63,4096-4159', '0,4096'],
};

describe('the bundled machines', () => {
  it('are all described here', () => {
    expect(bundledNames()).toEqual(Object.keys(SHAPES).sort());
  });

  it.each(Object.entries(SHAPES))('%s has its shape', (name, shape) => {
    const topology = loadBundled(name);
    const summary = summariseTopology(topology);
    expect([
      summary.onlineCpus,
      summary.cores,
      summary.threadsPerCore,
      summary.packages,
      summary.numaNodes.length,
      summary.caches.at(-1)?.instances ?? 1,
      summary.numaNodes[0]?.cpus,
      formatCpulist(topology.cores.slice(0, 1)[0]!),
    ]).toEqual(shape);
    expect(summary.name).toBe(name);
    expect(summary.nrCpuIds).toBe(summary.onlineCpus);
    expect(summary.description.length).toBeGreaterThan(40);
    expect(summary.source.length).toBeGreaterThan(40);
  });

  it.each(Object.keys(SHAPES))('%s is of the form that loading it takes for granted', (name) => {
    const validated = validateTopology(parseJsonText(readBundled(name)));
    expect(listed(validated)).toEqual(listed(loadBundled(name)));
  });

  it.each(Object.keys(SHAPES))(
    '%s is read back from its normal form with the same hash',
    (name) => {
      const topology = loadBundled(`${name}.json`);
      const again = validateTopology(JSON.parse(JSON.stringify(topologyDocument(topology))));
      expect(listed(again)).toEqual(listed(topology));
      expect(topologySha256(again)).toBe(topologySha256(topology));
    },
  );

  it('lists what there is where a name is unknown', () => {
    expect(() => loadBundled('epyc')).toThrow(
      /epyc: no such file, and no bundled machine .*250cpu/,
    );
  });
});

describe('the hash', () => {
  const base = topologyDocument(loadBundled('64cpu-2n'));

  it('does not depend on prose or on how a list is written', () => {
    const rewritten = {
      ...base,
      description: 'something else',
      cpus: { ...base.cpus, possible: '32-63,0-31' },
    };
    expect(topologySha256(validateTopology(rewritten))).toBe(
      topologySha256(validateTopology(base)),
    );
  });

  it('depends on every fact', () => {
    const changed = [
      { ...base, name: 'other' },
      { ...base, pageSize: 65536 },
      { ...base, cpus: { ...base.cpus, online: '0-31' } },
      { ...base, cores: [] },
      { ...base, caches: [] },
      { ...base, packages: [] },
      {
        ...base,
        distances: [
          [10, 31],
          [31, 10],
        ],
      },
      { ...base, numaNodes: undefined, distances: undefined },
      { ...base, dies: [{ id: 0, cpus: '0-15' }] },
      { ...base, dies: [{ package: 0, id: 0, cpus: '0-15' }] },
      { ...base, numaNodes: base.numaNodes?.map((node) => ({ ...node, id: node.id + 2 })) },
    ];
    const hashes = [base, ...changed].map((other) => topologySha256(validateTopology(other)));
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('logical order', () => {
  it('puts the siblings of a core side by side, package after package', () => {
    const topology = loadBundled('64cpu-2n');
    const logical = logicalNumbers(topology);
    expect([0, 32, 1, 33, 16, 48].map((cpu) => logical[cpu])).toEqual([0, 1, 2, 3, 32, 33]);
    expect(Array.from(logical).sort((a, b) => a - b)).toEqual(Array.from(topology.possible));
  });

  it('keeps the nodes of a die together', () => {
    const topology = validateTopology({
      name: 'nodes within dies',
      cpus: { possible: '0-7' },
      dies: [
        { id: 0, cpus: '0-1,6-7' },
        { id: 1, cpus: '2-5' },
      ],
      numaNodes: [
        { id: 0, cpus: '0-1' },
        { id: 1, cpus: '2-5' },
        { id: 2, cpus: '6-7' },
      ],
    });
    expect(Array.from(logicalNumbers(topology))).toEqual([0, 1, 4, 5, 6, 7, 2, 3]);
  });

  it('keeps the dies of a node together', () => {
    const topology = validateTopology({
      name: 'dies within nodes',
      cpus: { possible: '0-5' },
      dies: [
        { id: 0, cpus: '0,4' },
        { id: 1, cpus: '1,5' },
        { id: 2, cpus: '2-3' },
      ],
      numaNodes: [
        { id: 0, cpus: '0,2-4' },
        { id: 1, cpus: '1,5' },
        { id: 2, cpus: '' },
        { id: 3, cpus: '' },
      ],
    });
    expect(Array.from(logicalNumbers(topology))).toEqual([0, 4, 2, 3, 1, 5]);
  });

  it('leaves ids that are not possible without a place', () => {
    const topology = validateTopology({
      name: 'sparse',
      cpus: { possible: '0,5,9' },
      numaNodes: [{ id: 7, cpus: '0,5,9' }],
    });
    expect(Array.from(logicalNumbers(topology))).toEqual([0, -1, -1, -1, -1, 1, -1, -1, -1, 2]);
    expect(parseCpulist('0,5,9')).toEqual(topology.possible);
  });
});
