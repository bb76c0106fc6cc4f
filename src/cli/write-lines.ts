/** Writes a result that comes line by line, gathered into pieces. */
import type { TextSink } from './output.ts';

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
