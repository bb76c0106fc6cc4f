/** The lines of a sweep, written and read again: the grid's first, then one for each point. */
import { openInput, originOf } from '../../cli/input.ts';
import type { Kept } from '../../cli/journal.ts';
import type { Session } from '../../cli/streams.ts';
import { InputError, placed } from '../../errors.ts';
import { conformTo } from '../../input/conform.ts';
import { parseJsonText } from '../../input/json.ts';
import { decode, linesOf as textLinesOf } from '../../input/text-lines.ts';
import { renderNdjson } from '../../render/formats.ts';
import { lineSchemaOf, linesOf } from '../../render/result.ts';
import { type PointLine, type SweepHead, sweepResult } from './result.ts';

const LINE = lineSchemaOf(sweepResult)!;

export function headLine(head: SweepHead): string {
  return renderNdjson(linesOf(sweepResult, { ...head, results: [] }));
}

export function pointLine(head: SweepHead, point: PointLine): string {
  return renderNdjson(linesOf(sweepResult, { ...head, results: [point] }).slice(1));
}

/** A line of a sweep, and where the file has it, in bytes. */
type Read = { readonly offset: number; readonly length: number } & (
  | { readonly head: SweepHead }
  | { readonly point: PointLine }
);

function parsed(text: string): { head: SweepHead } | { point: PointLine } {
  const line = conformTo(LINE, parseJsonText(text), 'a line of a sweep') as { type: string };
  const { format: _, type, ...fields } = line as { format: string; type: string };
  if (type === 'point') return { point: fields as unknown as PointLine };
  return { head: { format: 'rss-err/sweep@1', ...fields } as unknown as SweepHead };
}

/**
 * The lines of a file; a last one that a sudden end has torn is no line, and there may be none at all.
 * @throws InputError with the file and the line: it is none of a sweep, or a point without its grid.
 */
export async function* readSweep(file: string, session: Session): AsyncGenerator<Read> {
  const origin = originOf(file);
  const chunks = decode(openInput(file, session));
  let number = 0;
  let offset = 0;
  let waiting: string | null = null;
  for await (const lines of textLinesOf(chunks, origin, 'kept')) {
    for (const next of lines) {
      if (waiting !== null) {
        number += 1;
        const length = Buffer.byteLength(waiting) + 1;
        try {
          const line = parsed(waiting);
          if ('point' in line === (number === 1)) throw new InputError(ORDER);
          yield { ...line, offset, length };
        } catch (error) {
          throw placed(placed(error, `line ${number}`), origin);
        }
        offset += length;
      }
      waiting = next;
    }
  }
}

const ORDER = 'expected the grid in the first line, and points in all others';

/** "threads is 1,5 there and 1,5,40 here"; null where both are of one sweep. */
export function differenceOf(there: SweepHead, here: SweepHead): string | null {
  const said = (value: unknown) => [value ?? []].flat().join(', ') || 'not given';
  const fields = (head: SweepHead): Record<string, unknown> => ({
    version: head.program.version,
    command: head.command,
    ...head.options,
    '--where': head.where,
    points: head.points,
    ...Object.fromEntries(head.machines.map(({ argument, sha256 }) => [argument, sha256])),
    '--shard': head.shard === null ? undefined : `${head.shard.index}/${head.shard.of}`,
  });
  const [a, b] = [fields(there), fields(here)];
  const key = Object.keys({ ...a, ...b }).find(
    (name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]),
  );
  return key === undefined ? null : `${key} is ${said(a[key])} there and ${said(b[key])} here`;
}

/**
 * What is finished in a file of the same sweep.
 * @throws InputError where it is of another one, or has a point twice.
 */
export async function keptOf(file: string, head: SweepHead, session: Session): Promise<Kept> {
  const places: Kept['places'][number][] = [];
  const seen = new Set<number>();
  let end = 0;
  for await (const line of readSweep(file, session)) {
    end = line.offset + line.length;
    if ('head' in line) {
      const difference = differenceOf(line.head, head);
      if (difference === null) continue;
      throw new InputError(`${file}: another sweep: ${difference}: expected the same grid`);
    }
    const { point } = line.point;
    if (seen.has(point)) throw new InputError(`${file}: point ${point} is there twice`);
    seen.add(point);
    places.push({ key: point, offset: line.offset, length: line.length });
  }
  return { places, end };
}
