/** Where results are written piece by piece: a stream, or a file that appears whole or not at all. */
import {
  accessSync,
  chmodSync,
  closeSync,
  constants,
  createWriteStream,
  existsSync,
  lstatSync,
  openSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { InputError, inWords, placed } from '../errors.ts';
import { aborted } from './interruption.ts';

/**
 * Resolves when the text is with the operating system: true, or false where the reader has gone.
 * @throws InputError within the stream's name where it cannot be written.
 */
export function writeToStream(
  stream: NodeJS.WritableStream,
  text: string,
  name = 'standard output',
): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const onError = (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') resolve(false);
      else reject(placed(inWords(error), name));
    };
    stream.once('error', onError);
    stream.write(text, (error) => {
      if (error) return;
      stream.off('error', onError);
      resolve(true);
    });
  });
}

/** Takes text piece by piece. */
export interface TextSink {
  /** False where the reader has gone and more would be in vain. */
  write(text: string): Promise<boolean>;
  /** All has been written: a file appears now. */
  commit(): void;
  /** Leaves nothing half-written; after commit() it does nothing. */
  discard(): void;
}

export function streamSink(stream: NodeJS.WritableStream): TextSink {
  return { write: (text) => writeToStream(stream, text), commit() {}, discard() {} };
}

/** A file to write to, and the option that named it. */
export interface NamedFile {
  readonly flag: string;
  readonly path: string;
}

const nameOf = ({ flag, path }: NamedFile) => `${flag} ${path}`;

/** Runs a file operation; what the operating system says against it is an InputError. */
function attempt<T>(file: NamedFile, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw placed(inWords(error), nameOf(file));
  }
}

/** The file that a symbolic link names, whether it is there or not. */
function linkTarget(path: string): string {
  if (!existsSync(path) && lstatSync(path, { throwIfNoEntry: false }) === undefined) return path;
  return lstatSync(path).isSymbolicLink()
    ? linkTarget(resolve(dirname(path), readlinkSync(path)))
    : path;
}

/** Devices, pipes and what stands for a stream of the shell: nothing to rename a file to. */
function isWrittenStraight(path: string): boolean {
  return path.startsWith('/dev/') || (existsSync(path) && !statSync(path).isFile());
}

/** @throws InputError where the file could not be written: told before the work is done. */
export function demandWritable(file: NamedFile): void {
  const { path } = file;
  attempt(file, () => {
    if (existsSync(path)) {
      if (statSync(path).isDirectory()) throw new InputError('is a directory');
      accessSync(path, constants.W_OK);
    }
    if (isWrittenStraight(path)) return;
    const folder = dirname(linkTarget(path));
    if (!existsSync(folder)) throw new InputError('no such folder');
    accessSync(folder, constants.W_OK);
  });
}

/** Appends as it comes: a shell's `>>` stays one, and a pipe's reader may keep us waiting. */
function straightSink(file: NamedFile, signal: AbortSignal): TextSink {
  const stream = createWriteStream(file.path, { flags: 'a' });
  let opened = false;
  return {
    // Only the opening may keep us waiting for ever; a race on every write would gather listeners.
    async write(text) {
      const writing = writeToStream(stream, text, nameOf(file));
      const wrote = await (opened ? writing : Promise.race([writing, aborted(signal)]));
      opened = true;
      return wrote;
    },
    commit: () => void stream.end(),
    discard: () => void stream.end(),
  };
}

/** Writes beside the file and renames; the file's mode is kept. */
function renamingSink(file: NamedFile): TextSink {
  const target = attempt(file, () => linkTarget(file.path));
  const beside = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`);
  const mode = existsSync(target) ? statSync(target).mode & 0o7777 : null;
  const descriptor = attempt(file, () => openSync(beside, 'w'));
  let open = true;
  const close = () => {
    if (open) closeSync(descriptor);
    open = false;
  };
  return {
    write: async (text) => {
      attempt(file, () => writeFileSync(descriptor, text));
      return true;
    },
    commit() {
      close();
      attempt(file, () => {
        // The umask takes from the mode that a file is opened with; an old file's mode is its own.
        if (mode !== null) chmodSync(beside, mode);
        renameSync(beside, target);
      });
    },
    discard() {
      close();
      rmSync(beside, { force: true });
    },
  };
}

/** Whole or not at all; devices and pipes are written straight. The signal ends a wait for them. */
export function fileSink(file: NamedFile, signal: AbortSignal): TextSink {
  return isWrittenStraight(file.path) ? straightSink(file, signal) : renamingSink(file);
}

/** @throws InputError where it cannot be written; then a file is as it was. */
export async function writeAll(sink: TextSink, text: string): Promise<void> {
  try {
    await sink.write(text);
    sink.commit();
  } finally {
    sink.discard();
  }
}

/** Characters gathered before they are written. */
const CHUNK = 65_536;

/**
 * All lines, or as many as the reader wants; where the signal aborts or a line cannot be made, a
 * file is not written at all.
 */
export async function writeLines(
  lines: Iterable<string> | AsyncIterable<string>,
  sink: TextSink,
  signal: AbortSignal,
): Promise<void> {
  try {
    let text = '';
    for await (const line of lines) {
      text += line;
      if (text.length < CHUNK) continue;
      if (!(await sink.write(text))) return;
      signal.throwIfAborted();
      text = '';
    }
    await sink.write(text);
    sink.commit();
  } finally {
    sink.discard();
  }
}
