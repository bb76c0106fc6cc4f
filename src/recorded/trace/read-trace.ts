/** Reads a kernel's trace line by line, in memory that does not grow with the file. */
import { InputError, within } from '../../errors.ts';
import { linesOf } from '../../input/text-lines.ts';
import type { PageSize } from '../../units.ts';
import type { TraceCounts, TraceEvent, TraceForm } from './event.ts';
import { createLineParser, type LineParser } from './parse-line.ts';

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
  const { parse, lacking } = createLineParser(form, pageSize, counts);
  let line = 0;
  for await (const lines of linesOf(texts, origin)) {
    const events: TraceEvent[] = [];
    within(origin, () => {
      for (const text of lines) {
        line += 1;
        const event = parse(text, line);
        if (event !== null) events.push(event);
      }
    });
    // Behind the last line end there is no line.
    counts.lines = lines.at(-1) === '' ? line - 1 : line;
    yield events;
  }
  if (counts.rssStatEvents === 0) throw noEvent(counts, lacking()).within(origin);
}

/** Why there is no event. */
function noEvent({ lines }: TraceCounts, lacking: ReturnType<LineParser['lacking']>): InputError {
  if (lacking === null) {
    return new InputError(
      `no rss_stat event in ${lines} lines: record with perf record -e kmem:rss_stat`,
    );
  }
  const { line, fields } = lacking;
  const why = fields.includes('mm_id')
    ? 'whose memory it is about cannot be told; kernels from 5.5 on print mm_id and curr'
    : 'the kernel prints mm_id, curr, type and size (include/trace/events/kmem.h)';
  const names = fields.join(' and ');
  return new InputError(`rss_stat has no ${names}: ${why}`).within(`line ${line}`);
}
