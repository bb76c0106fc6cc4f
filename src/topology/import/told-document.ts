/** A topology's document without what its description did not tell. */
import { topologyDocument } from '../normal-form.ts';
import type { TopologyDocument } from '../schema.ts';
import type { Topology } from '../topology.ts';

/** Keys that have a default where a document leaves them out. */
export interface ToldKeys {
  readonly pageSize: boolean;
  readonly present: boolean;
  readonly online: boolean;
}

/** Canonical as the normal form, but for defaults and empty lists, which are left out. */
export function toldDocument(topology: Topology, told: ToldKeys): TopologyDocument {
  const { pageSize, cpus, cores, caches, packages, ...rest } = topologyDocument(topology);
  const { name, description, source, ...parts } = rest;
  return {
    name,
    ...(description === undefined ? {} : { description }),
    ...(source === undefined ? {} : { source }),
    ...(told.pageSize ? { pageSize } : {}),
    cpus: {
      possible: cpus.possible,
      ...(told.present ? { present: cpus.present } : {}),
      ...(told.online ? { online: cpus.online } : {}),
    },
    ...(cores?.length ? { cores } : {}),
    ...(caches?.length ? { caches } : {}),
    ...(packages?.length ? { packages } : {}),
    ...parts,
  };
}
