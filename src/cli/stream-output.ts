/** Writes text to a stream, where a closed pipe ends quietly. */
import { inWords, placed } from '../errors.ts';

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
