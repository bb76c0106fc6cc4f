/** Reads a machine in whatever form it is described: loaded when one is named that is not the default. */
import { existsSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { InputError, inWords, placed } from '../errors.ts';
import { readWhole, readWholeStream } from '../input/whole.ts';
import { bundledStem, readBundled } from '../topology/bundled.ts';
import type { Imported } from '../topology/import/assemble.ts';
import {
  assembleAs,
  type ImportOptions,
  importBytes,
  importText,
  NO_OPTIONS,
} from '../topology/import/import-bytes.ts';
import { wordsForm } from '../topology/import/recognise.ts';
import { openInput, originOf } from './input.ts';
import { letSignalsIn } from './interruption.ts';
import type { Session } from './streams.ts';

/** A machine and what messages call the place that it comes from. */
export interface NamedMachine extends Imported {
  readonly origin: string;
}

/** A file's name without its endings; null for one that cannot stand in a table. */
function nameOfPath(path: string): string | null {
  const stem = basename(path).replace(/(?<=.)(?:\.(?:json|xml|txt|csv|tar|tgz|gz))+$/i, '');
  return /^[ -~]+$/.test(stem) && !/^\.*$/.test(stem) ? stem : null;
}

/** @throws InputError for links that go round in a circle: no name of a machine, nor words. */
function demandNoCircle(path: string): void {
  try {
    statSync(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') throw placed(inWords(error), path);
  }
}

/** Pipes and devices may keep a reader waiting: they are read as streams. */
function kindOf(path: string): 'stream' | 'folder' | 'file' | 'none' {
  if (!existsSync(path)) {
    demandNoCircle(path);
    return 'none';
  }
  const status = statSync(path);
  if (status.isDirectory()) return 'folder';
  return status.isFile() ? 'file' : 'stream';
}

async function readStreamed(argument: string, session: Session): Promise<Buffer> {
  const bytes = await readWholeStream(openInput(argument, session));
  // Ctrl-C ends a whole pipeline: the signal may come just behind the end of the writer's text.
  await letSignalsIn(session);
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

/** Where what exists and words that need no file have one name, which of them is taken. */
function takenRemark(argument: string, kind: ReturnType<typeof kindOf>): string[] {
  const isBundled = bundledStem(argument) !== null;
  if (kind === 'file' && (isBundled || wordsForm(argument) !== null)) {
    const other = isBundled ? 'the bundled machine of its name' : 'what these words describe';
    return [`the file is taken, not ${other}`];
  }
  if (kind !== 'folder' || !isBundled) return [];
  return [`the bundled machine is taken, not the folder of its name, which ./${argument} is`];
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
  const { killable } = session;
  async function read(): Promise<Imported> {
    if (kind === 'stream') {
      const bytes = await readStreamed(argument, session);
      return killable(() => importBytes(bytes, options, null));
    }
    return killable(() => {
      if (kind === 'file') {
        return importBytes(readWhole(argument), options, nameOfPath(argument));
      }
      return kind === 'folder' && bundledStem(argument) === null
        ? importFolder(argument, options)
        : importWords(argument, options);
    });
  }
  try {
    const imported = await read();
    const remarks = [...takenRemark(argument, kind), ...imported.remarks];
    return { ...imported, remarks, origin };
  } catch (error) {
    const fault = placed(error, origin);
    throw kind === 'none' && fault instanceof InputError ? fault.asWords() : fault;
  }
}
