/** Witnesses attain the exact worst case to the page: every bundled machine, scheme and variant. */
import { describe, expect, it } from 'vitest';
import { NoWitness, type WitnessRequest, witnessOf } from '../../src/commands/witness/witness.ts';
import type { NumberedRecord } from '../../src/recorded/read-recorded.ts';
import { recordedSource } from '../../src/recorded/recorded-source.ts';
import { replay } from '../../src/replay/replay.ts';
import { createCounters, parseScheme } from '../../src/schemes/registry.ts';
import { bundledNames, loadBundled } from '../../src/topology/bundled.ts';
import type { Topology } from '../../src/topology/topology.ts';
import { addsOf, type createUpdateColumns } from '../../src/update/columns.ts';
import { KIND } from '../../src/update/kinds.ts';
import type { RecordedUpdate } from '../../src/update/record.ts';
import { flatMachine } from '../support/machines.ts';

const SCHEMES = [
  'per-thread',
  'per-cpu',
  'per-cpu:batch=32',
  'per-numa',
  'per-numa:batch=7',
  'tree',
  'tree:batch=2',
  'tree:batch=16,version=17',
  'tree:version=2',
  'tree:mapping=logical',
  'tree:arity=16x16x16x16',
];

function request(
  topology: Topology,
  scheme: string,
  changes: Partial<WitnessRequest> = {},
): WitnessRequest {
  return {
    version: '0.0.0',
    spec: parseScheme(scheme),
    direction: 'under',
    topology,
    pageSize: topology.pageSize,
    cpus: topology.online,
    threads: 5,
    memory: null,
    ...changes,
  };
}

async function* numbered(records: Iterable<RecordedUpdate>): AsyncGenerator<NumberedRecord[]> {
  let line = 0;
  for (const record of records) {
    line += 1;
    yield [{ line, record }];
  }
}

/** Replays a witness; checks on the way that every update is one that the kernel could make. */
async function attain(of: WitnessRequest) {
  const witness = witnessOf(of);
  const source = recordedSource(numbered(witness.records()), of.topology, 'witness', { mm: null });
  const tablePages = of.pageSize / 8;
  let size = 0;
  const checked = {
    operations: null,
    async fill(columns: ReturnType<typeof createUpdateColumns>) {
      await source.fill(columns);
      for (let u = 0; u < columns.length; u++) {
        const pages = columns.pages[u]!;
        size += pages;
        if (size < 0) expect.fail(`the process holds ${size} pages`);
        const isFault = columns.kind[u] === KIND.fault && pages > 0;
        const isUnmap = columns.kind[u] === KIND.bulk && pages < 0 && -pages <= tablePages;
        if (!isFault && !isUnmap) {
          expect.fail(
            `kind ${columns.kind[u]}, ${pages} pages, ${addsOf(columns.kind[u]!, pages)} adds`,
          );
        }
      }
    },
  };
  const counters = createCounters(of.topology, of.spec);
  const { observed } = await replay(
    checked,
    of.topology.nrCpuIds,
    [{ name: 'subject', counters }],
    () => undefined,
  );
  return { claimed: witness.header.witness.pages, observed: observed[0]!.raw };
}

describe.each(bundledNames())('on %s', (name) => {
  const topology = loadBundled(name);

  it.each(SCHEMES)('%s reads as low as it can', async (scheme) => {
    if (name === '1cpu' && scheme.startsWith('tree') && !scheme.includes('arity')) {
      expect(() => witnessOf(request(topology, scheme))).toThrow(NoWitness);
      return;
    }
    const { claimed, observed } = await attain(request(topology, scheme));
    expect(claimed).toBeGreaterThan(0);
    expect(observed.under).toBe(claimed);
  });

  it.each(['per-cpu', 'per-cpu:batch=32', 'per-numa'])(
    '%s reads as high as it can',
    async (scheme) => {
      const { claimed, observed } = await attain(request(topology, scheme, { direction: 'over' }));
      expect(claimed).toBeGreaterThan(0);
      expect(observed.over).toBe(claimed);
    },
  );
});

describe('a witness', () => {
  const topology = loadBundled('250cpu');

  it('keeps to the CPUs it is given', async () => {
    for (const cpus of [
      [0],
      [249],
      [3, 7, 11, 250 - 1],
      Array.from({ length: 30 }, (_, i) => 8 * i),
    ]) {
      for (const scheme of ['per-cpu', 'tree', 'tree:mapping=logical', 'tree:version=2,batch=4']) {
        const of = request(topology, scheme, { cpus: Int32Array.from(cpus) });
        const { claimed, observed } = await attain(of);
        expect(observed.under).toBe(claimed);
      }
    }
  });

  it('reaches the bounds that are known by hand', async () => {
    const pages = async (scheme: string, changes: Partial<WitnessRequest> = {}) =>
      (await attain(request(topology, scheme, changes))).claimed;
    expect(await pages('tree')).toBe(22_086);
    expect(await pages('per-cpu')).toBe(124_750);
    expect(await pages('per-numa')).toBe(62);
    expect(await pages('per-thread')).toBe(330);
    expect(await pages('tree', { cpus: Int32Array.of(0) })).toBe(2047);
    expect(await pages('per-cpu', { cpus: Int32Array.of(0) })).toBe(499);
  });

  const million = flatMachine(2 ** 20, 4);

  it('is there for 1,048,576 CPUs', async () => {
    const { claimed, observed } = await attain(request(million, 'tree'));
    expect(claimed).toBe(158_334_976);
    expect(observed.under).toBe(claimed);
  });

  it('is not there for a scheme that never reads high, or that needs more memory than there is', () => {
    const refuse = (scheme: string, changes: Partial<WitnessRequest>) => () =>
      witnessOf(request(topology, scheme, changes));
    expect(refuse('tree', { direction: 'over' })).toThrow(
      'tree is never over: the exact worst case is 0 pages',
    );
    expect(refuse('per-thread', { direction: 'over' })).toThrow(NoWitness);
    expect(refuse('atomic', {})).toThrow(NoWitness);
    expect(refuse('tree', { memory: 2 ** 20 })).toThrow(
      /22086 pages under, but no stream: it would hold 22086 pages/,
    );
    const onMillion = { topology: million, cpus: million.online };
    expect(refuse('per-cpu', onMillion)).toThrow(/what 52 address bits reach/);
  });
});
