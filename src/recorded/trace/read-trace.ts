/** Reads a kernel's trace line by line, in memory that does not grow with the file. */
import { InputError } from '../../errors.ts';
import { linesOf } from '../../input/text-lines.ts';
import type { PageSize } from '../../units.ts';
import type { TraceCounts, TraceEvent, TraceForm } from './event.ts';
import { createLineParser } from './parse-line.ts';

/**
 * The events of a trace, some at a time, in the order of the file; `counts` is filled on the way.
 * @throws InputError "ORIGIN: line N: …" where tasks or CPUs are not printed, or sizes are no whole
 *   pages; "ORIGIN: …" where there is no rss_stat event at all.
 */
export async function* readTrace(
  texts: AsyncIterable<string>,
  form: TraceForm,
  origin: string,
  pageSize: PageSize,
  counts: TraceCounts,
): AsyncGenerator<readonly TraceEvent[]> {
  const { parse } = createLineParser(form, pageSize, counts);
  let line = 0;
  for await (const lines of linesOf(texts, origin)) {
    const events: TraceEvent[] = [];
    for (const text of lines) {
      line += 1;
      try {
        const event = parse(text, line);
        if (event !== null) events.push(event);
      } catch (error) {
        if (error instanceof InputError) throw new InputError(`${origin}: ${error.message}`);
        throw error;
      }
    }
    // Behind the last line end there is no line.
    counts.lines = lines.at(-1) === '' ? line - 1 : line;
    yield events;
  }
  if (counts.rssStatEvents === 0) {
    throw new InputError(
      `${origin}: no rss_stat event in ${counts.lines} lines: record with perf record -e kmem:rss_stat`,
    );
  }
}
