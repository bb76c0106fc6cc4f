/** A document that an option names, whole: a file, a pipe, or - for standard input. */
import { createReadStream } from 'node:fs';
import { placed } from '../errors.ts';
import { readWholeStream } from '../input/whole.ts';
import { readChunks, readStdin } from './input.ts';
import type { Streams } from './streams.ts';

export interface Document {
  /** What messages call it. */
  readonly origin: string;
  readonly text: string;
}

/** @throws InputError that begins with the document's origin; the signal's reason. */
export async function readDocument(
  file: string,
  { stdin }: Pick<Streams, 'stdin'>,
  signal: AbortSignal,
): Promise<Document> {
  const origin = file === '-' ? 'standard input' : file;
  const chunks =
    file === '-' ? readStdin(stdin, signal) : readChunks(createReadStream(file), origin, signal);
  try {
    const bytes = await readWholeStream(chunks);
    signal.throwIfAborted();
    return { origin, text: bytes.toString('utf8') };
  } catch (error) {
    throw placed(error, origin);
  }
}
