/** Documents read whole, up to the largest that there can be. */
import { readFileSync, statSync } from 'node:fs';
import { InputError, inWords } from '../errors.ts';
import { MIB } from '../units.ts';

/** Larger ones are refused before they are looked at; a tar of 250 CPUs' live sysfs takes 63 MiB. */
export const LARGEST_DOCUMENT = 64 * MIB;

const tooLarge = () => new InputError(`larger than ${LARGEST_DOCUMENT / MIB} MiB`);

/** The bytes of a file. @throws InputError without its path, where it cannot be read. */
export function readWhole(path: string): Buffer {
  try {
    if (statSync(path).size > LARGEST_DOCUMENT) throw tooLarge();
    return readFileSync(path);
  } catch (error) {
    throw inWords(error);
  }
}

/** The bytes of a stream. @throws InputError where it is larger than a document may be. */
export async function readWholeStream(input: AsyncIterable<Buffer | string>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of input) {
    const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    size += buffer.length;
    if (size > LARGEST_DOCUMENT) throw tooLarge();
    chunks.push(buffer);
  }
  return Buffer.concat(chunks);
}
