/** Replays a scheme's own witness through its counters, in this process. */

import type { NumberedRecord } from '../../../recorded/read-recorded.ts';
import { recordedSource } from '../../../recorded/recorded-source.ts';
import { replay } from '../../../replay/replay.ts';
import type { WorstCase } from '../../../schemes/bound.ts';
import { createCounters, formatScheme } from '../../../schemes/registry.ts';
import type { Pages } from '../../../units.ts';
import type { RecordedUpdate } from '../../../update/record.ts';
import { NoWitness, type Witness, witnessOf } from '../witness.ts';
import type { Direction } from '../witness-stream.ts';
import type { SearchClock } from './search-clock.ts';
import type { VerifyRequest } from './verify-request.ts';

async function* numbered(
  records: Iterable<RecordedUpdate>,
): AsyncGenerator<readonly NumberedRecord[]> {
  let line = 0;
  for (const record of records) {
    line += 1;
    yield [{ line, record }];
  }
}

/** Largest errors of these records under the scheme, both sides, unclamped. */
export async function replayRecords(
  { spec, topology }: VerifyRequest,
  records: Iterable<RecordedUpdate>,
  clock: SearchClock,
): Promise<WorstCase> {
  const source = recordedSource(numbered(records), topology, 'witness', { mm: null });
  const counters = [{ name: formatScheme(spec), counters: createCounters(topology, spec) }];
  const { observed } = await replay(source, topology.nrCpuIds, counters, clock.heartbeat);
  const { under, over } = observed[0]!.raw;
  return { under, over };
}

function witnessOrNone(request: VerifyRequest, direction: Direction): Witness | null {
  try {
    return witnessOf({ ...request, direction });
  } catch (error) {
    if (error instanceof NoWitness) return null;
    throw error;
  }
}

/** What the witness of each side reaches; null where there is none. */
export async function attainSettled(
  request: VerifyRequest,
  clock: SearchClock,
): Promise<{ under: Pages | null; over: Pages | null }> {
  const attained: { under: Pages | null; over: Pages | null } = { under: null, over: null };
  for (const direction of request.directions) {
    const witness = witnessOrNone(request, direction);
    if (witness === null) continue;
    attained[direction] = (await replayRecords(request, witness.records(), clock))[direction];
  }
  return attained;
}
