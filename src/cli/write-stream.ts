/** Writes to a stream, and says where what is written would be lost: all that --version needs. */
import { fstatSync, readFileSync, writeFileSync } from 'node:fs';
import { InputError, inWords, placed } from '../errors.ts';

/** Of /dev/null, where Linux tells how it was opened: major 1, minor 3. */
const NULL_DEVICE = 0x103;

/**
 * A standard output that a shell has closed (`>&-`) is no open file, and Node opens /dev/null in its
 * place, for reading too, as no shell does. Where standard error is such a one as well, whoever started
 * the program wants to hear nothing.
 * @throws InputError where what is written would be lost.
 */
export function demandOpen(stream: NodeJS.WritableStream & { readonly fd?: number }): void {
  if (stream.fd === 1 && isReadableNull(1) && !isReadableNull(2)) {
    throw new InputError('is closed: expected it open, or --output /dev/null').within(
      'standard output',
      ' ',
    );
  }
}

function isReadableNull(descriptor: number): boolean {
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isCharacterDevice() || stat.rdev !== NULL_DEVICE) return false;
    const info = readFileSync(`/proc/self/fdinfo/${descriptor}`, 'latin1');
    return (Number.parseInt(/^flags:\s*(\d+)/m.exec(info)?.[1] ?? '', 8) & 3) === 2;
  } catch {
    return false;
  }
}

/**
 * Whether standard output is a plain file. Node's own stream for one writes once, and takes a part for the
 * whole where a disk is nearly full.
 */
const isPlainFile = ({ fd }: { readonly fd?: number }) => fd === 1 && fstatSync(fd).isFile();

/**
 * Resolves when the text is with the operating system: true, or false where the reader has gone.
 * @throws InputError within the stream's name where it cannot be written.
 */
export function writeToStream(
  stream: NodeJS.WritableStream & { readonly fd?: number },
  text: string | Uint8Array,
  name = 'standard output',
): Promise<boolean> {
  demandOpen(stream);
  return new Promise((resolve, reject) => {
    if (isPlainFile(stream)) {
      try {
        writeFileSync(1, text);
        resolve(true);
      } catch (error) {
        reject(placed(inWords(error), name));
      }
      return;
    }
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
