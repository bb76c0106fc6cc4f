/** The bundled machines, and descriptions as files. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError, inWords, within } from '../errors.ts';
import { parseJsonText } from '../input/json-text.ts';
import { MIB } from '../units.ts';
import { LARGEST_DESCRIPTION } from './import/import-bytes.ts';
import type { Topology } from './topology.ts';
import { validateTopology } from './validate.ts';

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

/** @throws InputError that begins with `origin`. */
export function parseTopology(text: string, origin: string): Topology {
  return within(origin, () => validateTopology(parseJsonText(text)));
}

const tooLarge = () => new InputError(`larger than ${LARGEST_DESCRIPTION / MIB} MiB`);

/** The bytes of a description. @throws InputError without its path, where it cannot be read. */
export function readDescription(path: string): Buffer {
  try {
    if (statSync(path).size > LARGEST_DESCRIPTION) throw tooLarge();
    return readFileSync(path);
  } catch (error) {
    throw inWords(error);
  }
}

/** The bytes of a stream. @throws InputError where it is larger than a description may be. */
export async function readDescriptionStream(
  input: AsyncIterable<Buffer | string>,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += buffer.length;
    if (size > LARGEST_DESCRIPTION) throw tooLarge();
    chunks.push(buffer);
  }
  return Buffer.concat(chunks);
}

/** The stem of a bundled machine's name, with or without `.json`; null where it is none. */
export function bundledStem(name: string): string | null {
  const stem = name.replace(/\.json$/, '');
  return bundledNames().includes(stem) ? stem : null;
}

/** The text of a bundled machine's file. @throws InputError that lists them where the name is none. */
export function readBundled(name: string): string {
  const stem = bundledStem(name);
  if (stem === null) {
    throw new InputError(
      `no such file, and no bundled machine of that name (there are ${bundledNames().join(', ')})`,
    ).within(name);
  }
  return readFileSync(`${bundledFolder()}${stem}.json`, 'utf8');
}

/** @throws InputError that lists the bundled machines where the name is none of them. */
export function loadBundled(name: string): Topology {
  return parseTopology(readBundled(name), name);
}
