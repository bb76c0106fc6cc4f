/** A recording in which nothing is to be replayed is refused: zeros would be figures of nothing. */
import { InputError } from '../../errors.ts';
import type { RecordedSource } from '../../recorded/recorded-source.ts';
import { formatCount } from '../../render/amounts.ts';
import type { TraceRequest } from './request.ts';
import type { TraceSummary } from './result.ts';

const nothingIn = (name: string, why: string) =>
  new InputError(`no update to replay: ${why}`).within(name);

/** Of recorded updates. */
export function noRecord({ name, mm }: TraceRequest, source: RecordedSource): InputError {
  const records = formatCount(source.records(), 'record');
  const others = source.otherMms();
  if (others.length > 0) {
    return nothingIn(name, `none of ${records} is of mm ${mm}: mm in it are ${others.join(', ')}`);
  }
  return nothingIn(
    name,
    `in ${records} no page comes or goes: expected lines such as {"thread":0,"cpu":0,"pages":1,"kind":"fault"}, or of CSV rows below such a head`,
  );
}

/** Of a trace, or a record of observe, with so many sizes. */
export function noChange(
  { name }: TraceRequest,
  form: TraceSummary['form'],
  sizes: number,
): InputError {
  const read = formatCount(sizes, form === 'observed' ? 'reading' : 'rss_stat event');
  return nothingIn(
    name,
    `in ${read} no size of a process replayed changes after its first, which tells what was there before: expected a longer ${form === 'observed' ? 'record' : 'trace'}`,
  );
}
