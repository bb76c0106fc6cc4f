/** Reads topology files: a path, a bundled name, or text that someone else has read. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { InputError } from '../input-error.ts';
import { reasonOf } from '../os-error.ts';
import { parseJsonText } from './json-text.ts';
import type { Topology } from './topology.ts';
import { validateTopology } from './validate.ts';

/** Larger documents are refused: 1,048,576 CPUs with all their cores take some 30 MB. */
const LARGEST_FILE = 64 * 1024 * 1024;

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
  try {
    return validateTopology(parseJsonText(text));
  } catch (error) {
    if (error instanceof InputError) throw new InputError(`${origin}: ${error.message}`);
    throw error;
  }
}

function readTopologyFile(path: string, origin: string): Topology {
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > LARGEST_FILE) throw new InputError(`${origin}: larger than 64 MiB`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`${origin}: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
  return parseTopology(text, origin);
}

/** @throws InputError that lists the bundled machines where the name is none of them. */
export function loadBundled(name: string): Topology {
  const stem = name.replace(/\.json$/, '');
  const names = bundledNames();
  if (!names.includes(stem)) {
    throw new InputError(
      `${name}: no such file, and no bundled machine of that name (there are ${names.join(', ')})`,
    );
  }
  return readTopologyFile(`${bundledFolder()}${stem}.json`, `${stem}.json`);
}

/**
 * A path wins over a bundled name; a bundled name goes with or without `.json`.
 * @throws InputError naming the file, the place in it and the fault.
 */
export function loadTopology(pathOrName: string): Topology {
  const isPath = existsSync(pathOrName) && !isFolderNamedAs(pathOrName);
  return isPath ? readTopologyFile(pathOrName, pathOrName) : loadBundled(pathOrName);
}

/** A folder is no machine: it does not stand in the way of the bundled one of its name. */
function isFolderNamedAs(name: string): boolean {
  return statSync(name).isDirectory() && bundledNames().includes(name.replace(/\.json$/, ''));
}

/** The text of a JSON document that comes as a stream. @throws InputError where it is too large. */
export async function readDocumentText(
  input: AsyncIterable<Buffer | string>,
  origin: string,
): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += buffer.length;
    if (size > LARGEST_FILE) throw new InputError(`${origin}: larger than 64 MiB`);
    chunks.push(buffer);
  }
  return Buffer.concat(chunks).toString('utf8');
}
