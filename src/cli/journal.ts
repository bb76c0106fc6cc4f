/** A file that grows line by line and outlives its writer's sudden end: what has been appended is there. */
import {
  closeSync,
  existsSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import { InputError, inWords, placed } from '../errors.ts';
import { fileSink, type NamedFile } from './output.ts';

/** Where a line is, in bytes. */
interface Place {
  readonly key: number;
  readonly offset: number;
  readonly length: number;
}

export interface Journal {
  /** Appends a line, which has a place in the order of all. */
  append(key: number, line: string): void;
  /** Puts the lines behind the first in the order of their keys, if they are not. */
  sort(): Promise<void>;
  close(): void;
}

/** What a journal holds already: the lines behind the first, and where the last whole one ends. */
export interface Kept {
  readonly places: readonly Place[];
  readonly end: number;
}

/** Whether there is one to go on with. */
export const hasJournal = (path: string) => existsSync(path);

/** Bytes of a file at a place. */
function read(descriptor: number, { offset, length }: Pick<Place, 'offset' | 'length'>): Buffer {
  const bytes = Buffer.alloc(length);
  for (let done = 0; done < length; ) {
    const more = readSync(descriptor, bytes, done, length - done, offset + done);
    if (more === 0) throw new InputError('has become shorter meanwhile');
    done += more;
  }
  return bytes;
}

/** @throws InputError where the file does not end where its writer left it, or has been replaced. */
function demandOwn(descriptor: number, end: number): void {
  const status = fstatSync(descriptor);
  if (status.isFile() && (status.size !== end || status.nlink === 0)) {
    throw new InputError('is written by another run too: expected one at a time');
  }
}

/** @throws InputError where the file has no whole line, and what it has is no beginning of the first. */
function demandTorn(descriptor: number, firstLine: string): void {
  const { size } = fstatSync(descriptor);
  const first = Buffer.from(firstLine);
  const isTorn =
    size < first.length &&
    read(descriptor, { offset: 0, length: size }).equals(first.subarray(0, size));
  if (!isTorn)
    throw new InputError('is another file: expected the same command line, or a new name');
}

/**
 * Opens a new journal with its first line, or goes on behind what is kept: a torn line is cut off.
 * @throws InputError within the file where it cannot be written, is no journal, or a new one is there
 *   already; on appending, where another run appends to it too.
 */
export function openJournal(
  file: NamedFile,
  firstLine: string,
  kept: Kept | null,
  signal: AbortSignal,
): Journal {
  const attempt = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw placed(inWords(error), `${file.flag} ${file.path}`);
    }
  };
  const descriptor = attempt(() => openSync(file.path, kept === null ? 'a+' : 'r+'));
  const places: Place[] = [...(kept?.places ?? [])];
  let end = kept?.end ?? 0;
  function write(line: string): number {
    const bytes = Buffer.from(line);
    attempt(() => {
      demandOwn(descriptor, end);
      for (let done = 0; done < bytes.length; ) {
        done += writeSync(descriptor, bytes, done, bytes.length - done, end + done);
      }
    });
    end += bytes.length;
    return bytes.length;
  }
  attempt(() => {
    if (kept !== null) {
      if (end === 0) demandTorn(descriptor, firstLine);
      ftruncateSync(descriptor, end);
    } else if (fstatSync(descriptor).size > 0) {
      closeSync(descriptor);
      throw new InputError(
        'is there already: expected --resume, to go on with it, or another file',
      );
    }
    if (end === 0) write(firstLine);
  });
  return {
    append(key, line) {
      const offset = end;
      places.push({ key, offset, length: write(line) });
    },
    async sort() {
      if (places.every(({ key }, index) => index === 0 || places[index - 1]!.key < key)) return;
      const sink = fileSink(file, signal);
      const sorted = places.toSorted((a, b) => a.key - b.key);
      const headLength = places.reduce((least, { offset }) => Math.min(least, offset), end);
      try {
        for (const place of [{ offset: 0, length: headLength }, ...sorted]) {
          signal.throwIfAborted();
          await sink.write(attempt(() => read(descriptor, place)).toString());
        }
        sink.commit();
      } finally {
        sink.discard();
      }
    },
    close: () => closeSync(descriptor),
  };
}
