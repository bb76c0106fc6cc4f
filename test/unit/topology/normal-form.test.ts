/** A document written in pieces is the document. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { renderJson } from '../../../src/render/formats.ts';
import { setsOfSize } from '../../../src/topology/cpu-sets.ts';
import { reportedDocument } from '../../../src/topology/import/assemble.ts';
import { documentJson, topologyDocument } from '../../../src/topology/normal-form.ts';
import type { Topology } from '../../../src/topology/topology.ts';
import { flatMachine } from '../../support/machines.ts';
import { randomMachine } from '../../support/random-machines.ts';

const written = (topology: Topology) => [...documentJson(topology)].join('');

it('is what the whole of it would be as text, of any machine', () => {
  fc.assert(
    fc.property(randomMachine, fc.boolean(), fc.boolean(), fc.boolean(), (topology, a, b, c) => {
      expect(written(topology)).toBe(renderJson(topologyDocument(topology)));
      const documentOf = (of: Topology) =>
        reportedDocument(of, { pageSize: a, present: b, online: c });
      expect([...documentJson(topology, documentOf)].join('')).toBe(
        renderJson(documentOf(topology)),
      );
    }),
  );
});

it('is so where a list has more entries than a piece', () => {
  const machine = flatMachine(10_000);
  const topology = { ...machine, cores: setsOfSize(machine.online, 2) };
  expect(written(topology)).toBe(renderJson(topologyDocument(topology)));
});
