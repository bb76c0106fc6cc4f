/** Any parsed JSON document to a Topology: its form by the schema first. */
import { InputError } from '../errors.ts';
import { conformTo } from '../input/conform.ts';
import { HIGHEST_NODE_ID } from '../kernel/nr-cpus.ts';
import { type TopologyDocument, topologySchema } from './schema.ts';
import type { Topology } from './topology.ts';
import { topologyOf } from './validate.ts';

/** @throws InputError naming the first fault of form. */
function conform(document: unknown): TopologyDocument {
  const { distances } = Object(document) as { distances?: unknown };
  if (Array.isArray(distances) && distances.length > HIGHEST_NODE_ID + 1) {
    throw new InputError(
      `distances is of length ${distances.length}: expected at most ${HIGHEST_NODE_ID + 1}, one row a node`,
    );
  }
  return conformTo(topologySchema, document, 'a topology');
}

/**
 * The Topology that a JSON document describes.
 * @throws InputError naming the first fault: JSON path, value and rule.
 */
export function validateTopology(document: unknown): Topology {
  return topologyOf(conform(document));
}
