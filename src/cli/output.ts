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
  readdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, isAbsolute, join, normalize, resolve } from 'node:path';
import { InputError, inWords, placed } from '../errors.ts';
import { aborted } from './interruption.ts';
import { writeToStream } from './write-stream.ts';

/** Takes text piece by piece. */
export interface TextSink {
  /** False where the reader has gone and more would be in vain. */
  write(text: string | Uint8Array): Promise<boolean>;
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

const nameOf = ({ flag, path }: NamedFile) => `${flag} ${path === '' ? "''" : path}`;

/** Runs a file operation; what the operating system says against it is an InputError. */
function attempt<T>(file: NamedFile, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw placed(inWords(error), nameOf(file));
  }
}

/** What stands for an open file of the process, which a shell may have opened to append to. */
const OPEN_FILE = /^\/(?:dev\/(?:fd\/|std(?:in|out|err)$)|proc\/)/;

/** The file that a symbolic link names, whether it is there or not; links to open files stay. */
function linkTarget(path: string): string {
  let target = path;
  for (;;) {
    const stat = lstatSync(target, { throwIfNoEntry: false });
    if (stat?.isSymbolicLink() !== true || OPEN_FILE.test(target)) return target;
    // Says so where links go round in a circle.
    statSync(target, { throwIfNoEntry: false });
    const link = readlinkSync(target);
    target = isAbsolute(link) ? link : `${dirname(target)}/${link}`;
  }
}

/** Devices, pipes and open files: nothing to rename a file to. */
export function isWrittenStraight(path: string): boolean {
  const target = linkTarget(path);
  return OPEN_FILE.test(target) || (existsSync(target) && !statSync(target).isFile());
}

/** Whether two names are of one file. */
export function isSameFile(one: string, other: string): boolean {
  try {
    return resolve(one) === resolve(other);
  } catch {
    // The folder that they are relative to is gone.
    return normalize(one) === normalize(other);
  }
}

/** @throws InputError where the file could not be written: told before the work is done. */
export function demandWritable(file: NamedFile): void {
  const { path } = file;
  attempt(file, () => {
    if (path === '') throw new InputError('expected the name of a file');
    if (existsSync(path)) {
      if (statSync(path).isDirectory()) throw new InputError('is a directory');
      accessSync(path, constants.W_OK);
    }
    if (isWrittenStraight(path)) return;
    const folder = dirname(linkTarget(path));
    if (!isThere(folder)) throw new InputError('no such folder');
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

/** A folder that has been removed can still be looked at by a process that is in it. */
function isThere(folder: string): boolean {
  try {
    realpathSync.native(folder);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

/** Temporary files of this host: whose they are, so that those of killed runs are known. */
const temporaryPrefix = () => `.rss-err.${hostname().slice(0, 64)}.`;

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Removes what runs that were killed on this host have left in a folder. */
function removeLeftovers(folder: string): void {
  const prefix = temporaryPrefix();
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix) || !name.endsWith('.tmp')) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (pid > 0 && !isAlive(pid)) rmSync(join(folder, name), { force: true });
  }
}

/**
 * Writes beside the file and renames; the file's mode is kept. The temporary name does not depend on
 * the file's, which may be as long as names can be.
 */
function renamingSink(file: NamedFile): TextSink {
  const target = attempt(file, () => linkTarget(file.path));
  const folder = dirname(target);
  const own = `${temporaryPrefix()}${process.pid}.${file.flag.replace(/^-+/, '')}.tmp`;
  const beside = join(folder, own);
  attempt(file, () => removeLeftovers(folder));
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
export async function writeAll(sink: TextSink, text: string | Uint8Array): Promise<void> {
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
