/** The bundled machines. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError, within } from '../errors.ts';
import { parseJsonText } from '../input/json.ts';
import { MAX_NR_CPU_IDS } from '../kernel/nr-cpus.ts';
import { alternatives, meantBy } from '../suggestion.ts';
import type { TopologyDocument } from './schema.ts';
import type { Topology } from './topology.ts';
import { topologyOf } from './validate.ts';

const NOT_MACHINES = new Set(['topology.schema.json']);

/** topologies/ stands beside dist/ in the package and beside src/ in a checkout. */
function bundledFolder(): string {
  const beside = ['../topologies/', '../../topologies/'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  return beside.find((path) => existsSync(path)) ?? beside[0]!;
}

/** Names of the bundled machines, in alphabetical order by code unit. */
export function bundledNames(): string[] {
  return readdirSync(bundledFolder())
    .filter((file) => file.endsWith('.json') && !NOT_MACHINES.has(file))
    .map((file) => file.slice(0, -'.json'.length))
    .sort();
}

/** The stem of a bundled machine's name, with or without `.json`; null where it is none. */
export function bundledStem(name: string): string | null {
  const stem = name.replace(/\.json$/, '');
  return bundledNames().includes(stem) ? stem : null;
}

/** Machines that a word may mean: a file, "384" CPUs, "250cpus" a slip, "epyc" several. */
export function machinesMeantBy(name: string): readonly string[] {
  if (/^pu:[1-9]\d{0,4}$/.test(name) || existsSync(name)) return [name];
  const isCount = /^[1-9]\d{0,6}$/.test(name) && Number(name) <= MAX_NR_CPU_IDS;
  return isCount ? [`pu:${name}`] : meantBy(name, bundledNames());
}

function hintFor(name: string): string {
  const meant = machinesMeantBy(name);
  return meant.length === 0 ? '' : `: did you mean ${alternatives(meant)}?`;
}

/** The text of a bundled machine's file. @throws InputError that lists them where the name is none. */
export function readBundled(name: string): string {
  const stem = bundledStem(name);
  if (name === '') {
    throw new InputError('the name of the machine is empty: expected a file, or a bundled machine');
  }
  if (stem === null) {
    throw new InputError(
      `no such file, and no bundled machine of that name${hintFor(name)} (there are ${bundledNames().join(', ')})`,
    ).within(name);
  }
  return readFileSync(`${bundledFolder()}${stem}.json`, 'utf8');
}

/**
 * A bundled machine, whose file is of the schema's form: the schema, which takes time to load, need
 * not be asked again.
 * @throws InputError that lists the bundled machines where the name is none of them.
 */
export function loadBundled(name: string): Topology {
  const text = readBundled(name);
  return within(name, () => topologyOf(parseJsonText(text) as TopologyDocument));
}
