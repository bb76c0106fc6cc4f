/** Compressed data, known by its first bytes. */
import { InputError } from '../errors.ts';

interface Compression {
  readonly name: string;
  /** What expands it, to standard output. */
  readonly tool: string;
  readonly magic: readonly number[];
}

/** RFC 1952; RFC 8878; xz's file format, 2.1.1; what bzip2, lzip and zip write. */
const COMPRESSIONS: readonly Compression[] = [
  { name: 'gzip', tool: 'gzip -dc', magic: [0x1f, 0x8b] },
  { name: 'xz', tool: 'xz -dc', magic: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00] },
  { name: 'bzip2', tool: 'bzip2 -dc', magic: [0x42, 0x5a, 0x68] },
  { name: 'zstd', tool: 'zstd -dc', magic: [0x28, 0xb5, 0x2f, 0xfd] },
  { name: 'lzip', tool: 'lzip -dc', magic: [0x4c, 0x5a, 0x49, 0x50] },
  { name: 'zip', tool: 'unzip -p', magic: [0x50, 0x4b, 0x03, 0x04] },
];

/** So many first bytes tell. */
const LONGEST_MAGIC = Math.max(...COMPRESSIONS.map(({ magic }) => magic.length));

/** What compressed these bytes; null: nothing that is known. */
export function compressionOf(bytes: Uint8Array): Compression | null {
  return COMPRESSIONS.find(({ magic }) => magic.every((byte, i) => bytes[i] === byte)) ?? null;
}

/** The chunks of a text. @throws InputError "ORIGIN is compressed …" where they are none. */
export async function* textChunks(
  chunks: AsyncIterable<Buffer | string>,
  origin: string,
): AsyncGenerator<Buffer | string> {
  let start = Buffer.alloc(0);
  for await (const chunk of chunks) {
    if (start.length < LONGEST_MAGIC) {
      start = Buffer.concat([start, Buffer.from(chunk.slice(0, LONGEST_MAGIC))]);
      const found = compressionOf(start);
      if (found !== null) {
        const { name, tool } = found;
        throw new InputError(`is compressed with ${name}: expand it first (${tool})`).within(
          origin,
          ' ',
        );
      }
    }
    yield chunk;
  }
}
