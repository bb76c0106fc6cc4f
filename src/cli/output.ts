/** Writes results: to stdout, where a closed pipe ends quietly, or to a file, whole or not at all. */
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../input-error.ts';
import { reasonOf } from '../topology/load.ts';

/**
 * Resolves when the text is with the operating system: true, or false where the reader has gone.
 * @throws InputError where it cannot be written.
 */
export function writeToStream(stream: NodeJS.WriteStream, text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve(false);
      else reject(new InputError(`standard output: ${reasonOf(error)}`));
    };
    stream.once('error', onError);
    stream.write(text, (error) => {
      if (error) return;
      stream.off('error', onError);
      resolve(true);
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

/** Takes text piece by piece. */
export interface LineSink {
  /** False where the reader has gone and more would be in vain. */
  write(text: string): Promise<boolean>;
  /** All has been written: a file appears now. */
  commit(): void;
  /** Leaves nothing half-written; after commit() it does nothing. */
  discard(): void;
}

export function streamSink(stream: NodeJS.WriteStream): LineSink {
  return { write: (text) => writeToStream(stream, text), commit() {}, discard() {} };
}

/** Writes beside the file and renames; devices and pipes are written straight. */
export function fileSink(path: string): LineSink {
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw new InputError(`--output ${path}: ${reasonOf(error as NodeJS.ErrnoException)}`);
    }
  };
  const straight = attempt(() => !isRegularOrNew(path));
  const target = attempt(() => (existsSync(path) ? realpathSync(path) : path));
  const beside = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  const written = straight ? target : beside;
  const mode = straight || !existsSync(target) ? {} : { mode: statSync(target).mode };
  const descriptor = attempt(() => openSync(written, 'w', mode.mode));
  let open = true;
  const close = () => {
    if (open) closeSync(descriptor);
    open = false;
  };
  return {
    write: async (text) => {
      attempt(() => writeFileSync(descriptor, text));
      return true;
    },
    commit() {
      close();
      if (!straight) attempt(() => renameSync(beside, target));
    },
    discard() {
      close();
      if (!straight) rmSync(beside, { force: true });
    },
  };
}

/** @throws InputError where the file cannot be written; then it is as it was. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const sink = fileSink(path);
  try {
    await sink.write(text);
    sink.commit();
  } finally {
    sink.discard();
  }
}
