/**
 * A table of latencies that a user gives, `rss-err/latency@1` (none is built in), and what counts
 * take by it: a model of one update after the other, never a measurement.
 */
import * as z from 'zod';
import { within } from '../errors.ts';
import { conformTo } from '../input/conform.ts';
import { parseJsonText } from '../input/json.ts';
import { type CostCounts, DISTANCES, type Transfers } from './cost.ts';

const LATENCY_FORMAT = 'rss-err/latency@1';

const MOST_NANOSECONDS = 1_000_000_000;

const EXPECTED = 'expected nanoseconds, a number from 0 to 1,000,000,000';

const nanoseconds = (what: string) =>
  z
    .number({ error: EXPECTED })
    .min(0, { error: EXPECTED })
    .max(MOST_NANOSECONDS, { error: EXPECTED })
    .describe(what);

const text = (what: string) =>
  z.string({ error: 'expected text' }).min(1, { error: 'expected some text' }).describe(what);

export const latencySchema = z
  .strictObject(
    {
      $schema: z.string({ error: 'expected text' }).optional().describe('For editors'),
      format: z.literal(LATENCY_FORMAT, { error: `expected "${LATENCY_FORMAT}"` }),
      source: text('Where the numbers come from: machine, tool, date; shown with every result'),
      plain: nanoseconds('A plain write to a line that is here'),
      atomic: nanoseconds('An atomic read-modify-write of a line that is here'),
      locked: nanoseconds('Taking a free spinlock in a line that is here, adding, releasing it'),
      initialisedLine: nanoseconds('Writing a line for the first time, when a process is made'),
      from: z
        .strictObject(
          {
            unknown: nanoseconds('To bring a line whose last toucher is not known'),
            sameCpu: nanoseconds('For a line that this CPU touched last; 0 if it stays cached'),
            sameCore: nanoseconds('To bring a line from an SMT sibling'),
            sameCache: nanoseconds('To bring a line from another core of the last-level cache'),
            sameNode: nanoseconds('To bring a line from another cache of the node'),
            remoteNode: nanoseconds('To bring a line from another node'),
          },
          { error: `expected an object with ${DISTANCES.join(', ')}` },
        )
        .describe('What is added to a touch, by where the line comes from'),
    },
    { error: 'expected an object' },
  )
  .describe('Latencies in nanoseconds as rss-err --latency reads them');

export type LatencyTable = Omit<z.infer<typeof latencySchema>, '$schema'>;

/** @throws InputError that begins with `origin` and names the place, the value and the rule. */
export function parseLatencyTable(json: string, origin: string): LatencyTable {
  return within(origin, () => {
    const document = parseJsonText(json);
    const { $schema: _, ...table } = conformTo(latencySchema, document, 'a table of latencies');
    return table;
  });
}

function transferTime(transfers: Transfers, { from }: LatencyTable): number {
  return DISTANCES.reduce((sum, distance, place) => sum + transfers[place]! * from[distance], 0);
}

/**
 * Nanoseconds of all updates: Σ touches × what their sort takes on a line that is here, and Σ lines
 * brought × what it takes from where they were. Nothing overlaps and no one waits.
 */
export function modelledTime({ own, shared }: CostCounts, latency: LatencyTable): number {
  const ownTime = own.plain * latency.plain + transferTime(own.transfers, latency);
  return shared.reduce(
    (sum, { atomics, locks, transfers }) =>
      sum + atomics * latency.atomic + locks * latency.locked + transferTime(transfers, latency),
    ownTime,
  );
}
