/** What gzip has made small, with a limit to how large it may become. */
import { createGunzip, gunzipSync } from 'node:zlib';
import { InputError } from '../errors.ts';

const FAULT = 'is not whole: the gzip data is cut off or damaged';

/** The first bytes, at most one block of a tar, without expanding the rest. @throws InputError */
export function gunzipStart(bytes: Uint8Array): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const gunzip = createGunzip({ chunkSize: 1024 });
    gunzip.once('data', (start: Buffer) => {
      resolve(start);
      gunzip.destroy();
    });
    gunzip.once('end', () => resolve(Buffer.alloc(0)));
    gunzip.once('error', () => reject(new InputError(FAULT)));
    gunzip.end(bytes.subarray(0, 65_536));
  });
}

/** All bytes, piece by piece. @throws InputError where it is damaged. */
export async function* gunzipPieces(bytes: Uint8Array): AsyncGenerator<Buffer> {
  const gunzip = createGunzip({ chunkSize: 64 * 1024 });
  gunzip.end(bytes);
  const pieces: AsyncIterable<Buffer> = gunzip;
  try {
    yield* pieces;
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw new InputError(FAULT);
    throw error;
  }
}

/** @throws InputError where it is damaged, or more than `largest` bytes. */
export function gunzipAll(bytes: Uint8Array, largest: number): Buffer {
  try {
    return gunzipSync(bytes, { maxOutputLength: largest });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new InputError(`is larger than ${largest / 1024 / 1024} MiB when expanded`);
    }
    throw new InputError(FAULT);
  }
}
