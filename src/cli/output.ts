/** Writes results: to stdout, where a closed pipe ends quietly, or to a file, whole or not at all. */
import {
  accessSync,
  constants,
  existsSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../input-error.ts';
import { reasonOf } from '../topology/load.ts';

/** Resolves when the text is with the operating system, or the reader has gone. */
export function writeToStream(stream: NodeJS.WriteStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve();
      else reject(new InputError(`standard output: ${reasonOf(error)}`));
    });
    stream.write(text, (error) => {
      if (!error) resolve();
    });
  });
}

function isRegularOrNew(path: string): boolean {
  return !existsSync(path) || statSync(path).isFile();
}

/** @throws InputError where the file could not be written: told before the work is done. */
export function demandWritable(path: string): void {
  try {
    if (existsSync(path)) {
      if (statSync(path).isDirectory()) throw new InputError(`--output ${path}: is a directory`);
      accessSync(path, constants.W_OK);
    }
    if (isRegularOrNew(path)) accessSync(dirname(path), constants.W_OK);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError(`--output ${path}: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}

/** Writes beside the file and renames; devices and pipes are written straight. */
export function writeWhole(path: string, text: string): void {
  try {
    if (!isRegularOrNew(path)) {
      writeFileSync(path, text);
      return;
    }
    const target = existsSync(path) ? realpathSync(path) : path;
    const beside = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
    try {
      writeFileSync(beside, text, existsSync(target) ? { mode: statSync(target).mode } : {});
      renameSync(beside, target);
    } finally {
      rmSync(beside, { force: true });
    }
  } catch (error) {
    throw new InputError(`--output ${path}: ${reasonOf(error as NodeJS.ErrnoException)}`);
  }
}
