/** Writes text to a stream, where a closed pipe ends quietly. */
import { InputError } from '../errors.ts';
import { reasonOf } from '../os-error.ts';

/**
 * Resolves when the text is with the operating system: true, or false where the reader has gone.
 * @throws InputError where it cannot be written.
 */
export function writeToStream(stream: NodeJS.WritableStream, text: string): Promise<boolean> {
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
