/** The lines of a sweep, written and read again: the grid's first, then one for each point. */
import { openText, originOf } from '../../cli/input.ts';
import type { Kept } from '../../cli/journal.ts';
import type { Session } from '../../cli/streams.ts';
import { InputError, placed } from '../../errors.ts';
import { conformTo } from '../../input/conform.ts';
import { parseJsonText } from '../../input/json.ts';
import { type Chunks, LINE_END } from '../../input/text-lines.ts';
import { renderNdjson } from '../../render/formats.ts';
import { lineSchemaOf, linesOf } from '../../render/result.ts';
import { type PointLine, type SweepHead, sweepResult } from './result.ts';
import { isInShard } from './run-sweep.ts';

const LINE = lineSchemaOf(sweepResult)!;

export function headLine(head: SweepHead): string {
  return renderNdjson(linesOf(sweepResult, { ...head, results: [] }));
}

export function pointLine(head: SweepHead, point: PointLine): string {
  return renderNdjson(linesOf(sweepResult, { ...head, results: [point] }).slice(1));
}

/** A line of a sweep, and where the file has it, in bytes. */
type Read = {
  readonly number: number;
  readonly text: string;
  readonly offset: number;
  readonly length: number;
} & ({ readonly head: SweepHead } | { readonly point: PointLine });

function parsed(text: string): { head: SweepHead } | { point: PointLine } {
  const line = conformTo(LINE, parseJsonText(text), 'a line of a sweep') as { type: string };
  const { format: _, type, ...fields } = line as { format: string; type: string };
  if (type === 'point') return { point: fields as unknown as PointLine };
  return { head: { format: 'rss-err/sweep@1', ...fields } as unknown as SweepHead };
}

/** Lines as bytes, without their ends: places in a file are in bytes. One without an end is none. */
async function* rawLines(chunks: Chunks): AsyncGenerator<Buffer> {
  let begun: Buffer[] = [];
  for await (const chunk of chunks) {
    const bytes = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
    let from = 0;
    for (let end = bytes.indexOf(LINE_END); end >= 0; end = bytes.indexOf(LINE_END, from)) {
      yield Buffer.concat([...begun, bytes.subarray(from, end)]);
      begun = [];
      from = end + 1;
    }
    begun.push(bytes.subarray(from));
  }
}

const UTF_8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function textOf(bytes: Buffer): string {
  try {
    return UTF_8.decode(bytes);
  } catch {
    throw new InputError('is not UTF-8');
  }
}

/**
 * The lines of a file; a last one that a sudden end has torn is no line, and there may be none at all.
 * @throws InputError with the file and the line: it is none of a sweep, a point without its grid, or
 *   one that the grid has not.
 */
export async function* readSweep(file: string, session: Session): AsyncGenerator<Read> {
  let number = 0;
  let offset = 0;
  let points = 0;
  for await (const bytes of rawLines(openText(file, session))) {
    number += 1;
    const length = bytes.length + 1;
    try {
      const text = textOf(bytes);
      const line = parsed(text);
      if ('point' in line === (number === 1)) throw new InputError(ORDER);
      if ('head' in line) points = line.head.points;
      else if (line.point.point > points) {
        throw new InputError(`point ${line.point.point}: the grid has ${points}`);
      }
      yield { ...line, number, text, offset, length };
    } catch (error) {
      throw placed(placed(error, `line ${number}`), originOf(file));
    }
    offset += length;
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
 * @throws InputError where it is of another one, has a point twice or one of another shard, or a line
 *   that is not to the byte what a sweep writes: the file could not become what one run gives.
 */
export async function keptOf(file: string, head: SweepHead, session: Session): Promise<Kept> {
  const places: Kept['places'][number][] = [];
  const seen = new Set<number>();
  let end = 0;
  for await (const line of readSweep(file, session)) {
    const { number, text, offset, length } = line;
    end = offset + length;
    if ('head' in line) {
      const difference = differenceOf(line.head, head);
      if (difference !== null) {
        throw new InputError(`another sweep: ${difference}: expected the same grid`).within(file);
      }
    } else {
      const { point } = line.point;
      if (seen.has(point)) throw new InputError(`point ${point} is there twice`).within(file);
      if (!isInShard(point, head.shard)) {
        throw new InputError(`point ${point} is of another shard`).within(file);
      }
      seen.add(point);
      places.push({ key: point, offset, length });
    }
    const written = 'head' in line ? headLine(head) : pointLine(head, line.point);
    if (written !== `${text}\n`) {
      throw new InputError('is not as a sweep writes it: expected a file that nobody has changed')
        .within(`line ${number}`)
        .within(file);
    }
  }
  return { places, end };
}
