/**
 * Where a replay's time goes: nanoseconds an operation of each loop, the median of all batches, so that
 * other work on the machine hardly shows.
 */
import { createLedger, enter } from '../../src/replay/ledger.ts';
import { createObserver, observe, tellKnown } from '../../src/replay/observer.ts';
import { createCounters, parseScheme } from '../../src/schemes/registry.ts';
import { createUpdateColumns, inParts, type UpdateColumns } from '../../src/update/columns.ts';
import { clearReadings, createReadings } from '../../src/update/readings.ts';
import { type Hop, hopSource, SCHEMES } from './hop.ts';
import { spreadOf } from './paired.ts';

/** Nanoseconds an operation of each batch, by loop. */
type Laps = Record<string, number[]>;

async function run(hop: Hop, laps: Laps): Promise<void> {
  const { topology, source } = hopSource(hop);
  const columns = createUpdateColumns();
  const readings = createReadings();
  const ledger = createLedger(hop.cpus);
  const schemes = SCHEMES.map((name) => ({
    name,
    counters: createCounters(topology, parseScheme(name)),
    observer: createObserver(),
  }));
  let since = 0;
  const lap = (loop: string, { length }: UpdateColumns) => {
    laps[loop] ??= [];
    laps[loop].push(((performance.now() - since) * 1e6) / length);
    since = performance.now();
  };
  for (;;) {
    since = performance.now();
    await source.fill(columns);
    if (columns.length === 0) return;
    lap('generate', columns);
    for (const part of inParts(columns, ledger.updates)) {
      since = performance.now();
      enter(ledger, part);
      lap('ledger', part);
      for (const { name, counters, observer } of schemes) {
        clearReadings(readings);
        tellKnown(observer, part, readings, ledger);
        counters.apply(part, readings);
        lap(`apply ${name}`, part);
        observe(observer, part, readings, ledger);
        lap(`observe ${name}`, part);
      }
    }
  }
}

/** Of `runs` replays, after one to warm up. */
export async function stages(hop: Hop, runs: number): Promise<Record<string, number>> {
  await run(hop, {});
  const laps: Laps = {};
  for (let i = 0; i < runs; i++) await run(hop, laps);
  return Object.fromEntries(
    Object.entries(laps).map(([loop, spent]) => [loop, Number(spreadOf(spent).median.toFixed(1))]),
  );
}
