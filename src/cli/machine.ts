/** The machine that a command is about, in whatever form it is described, and CPUs of it. */
import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { InputError, placed, within } from '../errors.ts';
import { readWhole, readWholeStream } from '../input/whole.ts';
import { bundledStem, loadBundled, readBundled } from '../topology/bundled.ts';
import { type CpuIds, formatCpulist, parseCpulist } from '../topology/cpulist.ts';
import type { Imported } from '../topology/import/assemble.ts';
import {
  assembleAs,
  type ImportOptions,
  importBytes,
  importText,
  NO_OPTIONS,
} from '../topology/import/import-bytes.ts';
import { wordsForm } from '../topology/import/recognise.ts';
import type { Topology } from '../topology/topology.ts';
import { openInput, originOf } from './input.ts';
import { option } from './options.ts';
import type { Session } from './streams.ts';
import { TEXT } from './values.ts';

/** A machine and what messages call the place that it comes from. */
export interface NamedMachine extends Imported {
  readonly origin: string;
}

/** A file's name without its endings; null for one that cannot stand in a table. */
function nameOfPath(path: string): string | null {
  const stem = basename(path).replace(/(?<=.)(?:\.(?:json|xml|txt|csv|tar|tgz|gz))+$/i, '');
  return /^[ -~]+$/.test(stem) && !/^\.*$/.test(stem) ? stem : null;
}

/** Pipes and devices may keep a reader waiting: they are read as streams. */
function kindOf(path: string): 'stream' | 'folder' | 'file' | 'none' {
  if (!existsSync(path)) return 'none';
  const status = statSync(path);
  if (status.isDirectory()) return 'folder';
  return status.isFile() ? 'file' : 'stream';
}

async function readStreamed(argument: string, session: Session): Promise<Buffer> {
  const bytes = await readWholeStream(openInput(argument, session));
  // Ctrl-C ends a whole pipeline: the signal may come just behind the end of the writer's text.
  await setImmediate();
  session.signal.throwIfAborted();
  return bytes;
}

async function importFolder(path: string, options: ImportOptions): Promise<Imported> {
  if (options.form !== null && options.form !== 'sysfs') {
    throw new InputError(`is a directory, which --from ${options.form} does not read`);
  }
  if (options.numbering !== null) {
    throw new InputError('--numbering is for synthetic strings: sysfs numbers its CPUs itself');
  }
  const [{ openSysfsDirectory }, { describeSysfs }] = await Promise.all([
    import('../topology/import/sysfs-directory.ts'),
    import('../topology/import/sysfs.ts'),
  ]);
  return assembleAs(describeSysfs(openSysfsDirectory(path)), options, nameOfPath(path));
}

/** A bundled machine, or the words of the command line themselves. */
async function importWords(argument: string, options: ImportOptions): Promise<Imported> {
  const areWords =
    options.form === null
      ? bundledStem(argument) === null && wordsForm(argument) !== null
      : options.form === 'synthetic' || options.form === 'qemu';
  return importText(areWords ? argument : readBundled(argument), options, null);
}

/**
 * The machine that the argument names: `-` for standard input, a file, a directory, a FIFO, a bundled
 * name, or a synthetic or QEMU string. What exists wins over a name; a folder does not stand in the
 * way of the bundled machine of its name.
 * @throws InputError "ORIGIN: …"; the signal's reason where it aborts.
 */
export async function readMachine(
  argument: string,
  session: Session,
  options: ImportOptions = NO_OPTIONS,
): Promise<NamedMachine> {
  const origin = originOf(argument);
  const kind = argument === '-' ? 'stream' : kindOf(argument);
  async function read(): Promise<Imported> {
    if (kind === 'stream') {
      const bytes = await readStreamed(argument, session);
      return importBytes(bytes, options, null);
    }
    if (kind === 'file') {
      return importBytes(readWhole(argument), options, nameOfPath(argument));
    }
    return kind === 'folder' && bundledStem(argument) === null
      ? importFolder(argument, options)
      : importWords(argument, options);
  }
  try {
    return { ...(await read()), origin };
  } catch (error) {
    throw placed(error, origin);
  }
}

/** The bundled machine where none is named: a file of that name is not meant. */
export const DEFAULT_TOPOLOGY = '250cpu';

/** `otherwise`: the machine where none is named. */
export function topologyOption(otherwise: string) {
  return option(
    '--topology <machine>',
    `a file or directory, a bundled name, a synthetic string such as pu:250, or - for stdin (default: ${otherwise})`,
    TEXT,
  );
}

export const TOPOLOGY = topologyOption(DEFAULT_TOPOLOGY);

/**
 * The machine that the argument names, or the default one; what its description does not tell is
 * held until there is a result.
 * @throws InputError as readMachine(); the signal's reason where it aborts.
 */
export async function readTopology(
  argument: string | undefined,
  session: Session,
): Promise<Topology> {
  if (argument === undefined) return loadBundled(DEFAULT_TOPOLOGY);
  const { topology, origin, remarks } = await readMachine(argument, session);
  session.remarks.hold(origin, remarks);
  return topology;
}

function idsOf(flag: string, text: string, { name, numaNodes, nrCpuIds }: Topology): CpuIds {
  const node = /^node:(\d+)$/.exec(text)?.[1];
  if (node === undefined) return within(flag, () => parseCpulist(text, nrCpuIds - 1));
  const found = numaNodes.find(({ id }) => id === Number(node));
  if (found !== undefined) return found.cpus;
  if (numaNodes.length === 0) {
    throw new InputError(`${flag} ${text}: ${name} describes no NUMA nodes`);
  }
  const ids = numaNodes.map(({ id }) => id).join(', ');
  throw new InputError(`${flag} ${text}: ${name} has no node ${node} (there are ${ids})`);
}

/**
 * "0-3,8" or "node:0"; all on-line CPUs where nothing is chosen. Of a node its on-line CPUs.
 * @throws InputError where the text is neither, a CPU is not on-line, or none is left.
 */
export function selectCpus(flag: string, text: string | undefined, topology: Topology): CpuIds {
  const { name, online } = topology;
  if (text === undefined || text === 'all') return online;
  const ids = idsOf(flag, text, topology);
  const isOnline = new Set(online);
  const chosen = text.startsWith('node:') ? ids.filter((cpu) => isOnline.has(cpu)) : ids;
  const offline = chosen.find((cpu) => !isOnline.has(cpu));
  if (offline !== undefined) {
    throw new InputError(
      `${flag} ${text}: CPU ${offline} is not on-line: ${name} has ${formatCpulist(online)}`,
    );
  }
  if (chosen.length === 0)
    throw new InputError(`${flag} ${text}: expected at least one on-line CPU`);
  return chosen;
}
