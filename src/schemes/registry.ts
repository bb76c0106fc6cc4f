/** The schemes, and how `scheme:key=value,…` names one; the default order is that of the rows. */
import { InputError, quote } from '../errors.ts';
import { SCHEME_NAMES, type SchemeName, type SchemeSpec } from '../kernel/scheme-spec.ts';
import { suggestion } from '../suggestion.ts';
import type { Topology } from '../topology/topology.ts';
import { exact } from './atomic/counters.ts';
import { perCpu } from './per-cpu/counters.ts';
import { perNuma } from './per-numa/counters.ts';
import { perThread } from './per-thread/counters.ts';
import type { Counters, ParameterText } from './scheme.ts';
import { tree } from './tree/counters.ts';

/** What is compared where no scheme is named. */
export const DEFAULT_SCHEMES: readonly SchemeName[] = ['per-thread', 'per-cpu', 'per-numa', 'tree'];

const PARAMETER_NAMES: Record<SchemeName, readonly string[]> = {
  exact: exact.parameterNames,
  'per-thread': perThread.parameterNames,
  'per-cpu': perCpu.parameterNames,
  'per-numa': perNuma.parameterNames,
  tree: tree.parameterNames,
};

function parametersOf(name: SchemeName, text: string): ParameterText {
  const parameters = new Map<string, string>();
  if (text === '') return parameters;
  const known = PARAMETER_NAMES[name];
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    if (equals < 1) {
      throw new InputError(`--scheme ${name}:${text}: ${quote(part)} is not of the form key=value`);
    }
    const key = part.slice(0, equals);
    if (!known.includes(key)) {
      const hint = known.length === 0 ? `${name} takes no parameters` : suggestion(key, known);
      throw new InputError(`--scheme ${name}:${text}: unknown parameter ${quote(key)}: ${hint}`);
    }
    if (parameters.has(key)) {
      throw new InputError(`--scheme ${name}:${text}: ${quote(key)} is given twice`);
    }
    parameters.set(key, part.slice(equals + 1));
  }
  return parameters;
}

/**
 * `per-cpu`, `tree:batch=16,version=17`, …
 * @throws InputError that lists the schemes, names the parameter, or tells what its value may be.
 */
export function parseScheme(text: string): SchemeSpec {
  const colon = text.indexOf(':');
  const word = colon < 0 ? text : text.slice(0, colon);
  const name = SCHEME_NAMES.find((candidate) => candidate === word);
  if (name === undefined) {
    throw new InputError(
      `--scheme ${text}: unknown scheme ${quote(word)}: expected one of ${SCHEME_NAMES.join(', ')}`,
    );
  }
  const parameters = parametersOf(name, colon < 0 ? '' : text.slice(colon + 1));
  switch (name) {
    case 'exact':
      return exact.parse(parameters);
    case 'per-thread':
      return perThread.parse(parameters);
    case 'per-cpu':
      return perCpu.parse(parameters);
    case 'per-numa':
      return perNuma.parse(parameters);
    case 'tree':
      return tree.parse(parameters);
  }
}

/** The name that parseScheme() reads back: parameters where they differ from the default. */
export function formatScheme(spec: SchemeSpec): string {
  const parameters = formatParameters(spec);
  return parameters.length === 0 ? spec.scheme : `${spec.scheme}:${parameters.join(',')}`;
}

function formatParameters(spec: SchemeSpec): readonly string[] {
  switch (spec.scheme) {
    case 'exact':
      return exact.format(spec);
    case 'per-thread':
      return perThread.format(spec);
    case 'per-cpu':
      return perCpu.format(spec);
    case 'per-numa':
      return perNuma.format(spec);
    case 'tree':
      return tree.format(spec);
  }
}

/** Counters at zero. @throws InputError where the machine and the parameters do not fit. */
export function createCounters(topology: Topology, spec: SchemeSpec): Counters {
  switch (spec.scheme) {
    case 'exact':
      return exact.createCounters(topology, spec);
    case 'per-thread':
      return perThread.createCounters(topology, spec);
    case 'per-cpu':
      return perCpu.createCounters(topology, spec);
    case 'per-numa':
      return perNuma.createCounters(topology, spec);
    case 'tree':
      return tree.createCounters(topology, spec);
  }
}
