/** A way through settled states as a stream that `rss-err replay` takes. */

import type { Holding } from '../../../schemes/scheme.ts';
import type { Pages } from '../../../units.ts';
import { RECORD_DEFAULTS, type RecordedUpdate } from '../../../update/record.ts';
import { holdingOf, type VerifyRequest } from './verify-request.ts';

/** Pages that a CPU can map and be in the state that it was in; a thread is passed by altogether. */
function neutralPages(holding: Holding): Pages {
  switch (holding.kind) {
    case 'cells':
      return holding.batch;
    case 'threads':
      return 1;
    case 'tree':
      return holding.shape.levelBatches.at(-1) ?? 1;
  }
}

/** The most pages that the process would owe on the way. */
function deepestDebt(records: readonly RecordedUpdate[]): Pages {
  let size = 0;
  let least = 0;
  for (const { pages, repeat } of records) {
    size += pages * repeat;
    least = Math.min(least, size);
  }
  return -least;
}

function isSame(a: RecordedUpdate, b: RecordedUpdate): boolean {
  return a.kind === b.kind && a.cpu === b.cpu && a.thread === b.thread;
}

/** Equal updates in a row as one record: faults as a run, others repeated. */
function merged(records: readonly RecordedUpdate[]): RecordedUpdate[] {
  const stream: RecordedUpdate[] = [];
  for (const record of records) {
    const last = stream.at(-1);
    if (last === undefined || !isSame(last, record)) stream.push(record);
    else if (record.kind === 'fault')
      stream.push({ ...stream.pop()!, pages: last.pages + record.pages });
    else if (last.pages === record.pages)
      stream.push({ ...stream.pop()!, repeat: last.repeat + record.repeat });
    else stream.push(record);
  }
  return stream;
}

/** The records, after a mapping that pays for all they unmap and leaves every count as it was. */
export function recordedStream(
  request: VerifyRequest,
  records: readonly RecordedUpdate[],
): RecordedUpdate[] {
  const holding = holdingOf(request);
  const neutral = neutralPages(holding);
  const pages = Math.ceil(deepestDebt(records) / neutral) * neutral;
  const kind = holding.kind === 'threads' ? 'remote' : 'fault';
  const paid: RecordedUpdate = {
    kind,
    thread: 0,
    cpu: request.cpus[0]!,
    pages,
    ...RECORD_DEFAULTS,
  };
  return pages === 0 ? merged(records) : merged([paid, ...records]);
}
