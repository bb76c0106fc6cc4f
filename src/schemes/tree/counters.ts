/** The tree scheme: its parameters, and which arithmetic a version of the series counts with. */
import { InputError } from '../../errors.ts';
import { MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import type { SchemeSpec } from '../../kernel/scheme-spec.ts';
import { DEFAULT_TREE, isPowerOfTwo, treeShape } from '../../kernel/tree-shape.ts';
import { logicalNumbers } from '../../topology/logical-order.ts';
import type { Topology } from '../../topology/topology.ts';
import { choiceParameter, MOST_BATCH, wholeParameter } from '../parameters.ts';
import type { Counters, ParameterText, Scheme } from '../scheme.ts';
import { createIntTreeCounters } from './tree-int.ts';
import { createLongTreeCounters } from './tree-long.ts';

export type TreeSpec = Extract<SchemeSpec, { scheme: 'tree' }>;

function parseArities(parameters: ParameterText): readonly number[] | null {
  const text = parameters.get('arity');
  if (text === undefined) return null;
  const arities = text.split('x').map((part) => (/^\d{1,7}$/.test(part) ? Number(part) : 0));
  if (!arities.every((arity) => arity >= 2 && isPowerOfTwo(arity))) {
    throw new InputError(
      `tree:arity=${text}: expected arities such as 4x4x4x4, each a power of two from 2 up`,
    );
  }
  if (arities.reduce((product, arity) => product * arity, 1) > MAX_NR_CPU_IDS) {
    throw new InputError(`tree:arity=${text}: the product is more than 1,048,576`);
  }
  return arities;
}

function parseTree(parameters: ParameterText): TreeSpec {
  const batch = wholeParameter('tree', parameters, 'batch', 2, MOST_BATCH) ?? DEFAULT_TREE.batch;
  if (!isPowerOfTwo(batch)) {
    throw new InputError(`tree:batch=${batch}: ${batch} is not a power of two`);
  }
  const version = choiceParameter('tree', parameters, 'version', ['2', '4', '17']);
  return {
    scheme: 'tree',
    batch,
    version:
      version === undefined ? DEFAULT_TREE.version : (Number(version) as TreeSpec['version']),
    arities: parseArities(parameters),
    mapping:
      choiceParameter('tree', parameters, 'mapping', ['kernel', 'logical']) ?? DEFAULT_TREE.mapping,
  };
}

function formatTree({ batch, version, arities, mapping }: TreeSpec): readonly string[] {
  return [
    ...(batch === DEFAULT_TREE.batch ? [] : [`batch=${batch}`]),
    ...(version === DEFAULT_TREE.version ? [] : [`version=${version}`]),
    ...(arities === null ? [] : [`arity=${arities.join('x')}`]),
    ...(mapping === DEFAULT_TREE.mapping ? [] : [`mapping=${mapping}`]),
  ];
}

function createTreeCounters(topology: Topology, spec: TreeSpec): Counters {
  const shape = treeShape(topology.nrCpuIds, spec);
  const numbering = spec.mapping === 'logical' ? logicalNumbers(topology) : null;
  const create = spec.version === 17 ? createLongTreeCounters : createIntTreeCounters;
  return create(shape, spec.mapping, numbering);
}

export const tree: Scheme<TreeSpec> = {
  name: 'tree',
  parameterNames: ['batch', 'version', 'arity', 'mapping'],
  parse: parseTree,
  format: formatTree,
  createCounters: createTreeCounters,
};
