/** Where a replay's time goes: nanoseconds an operation of each loop, timed batch by batch. */
import { createLedger, enter } from '../../src/replay/ledger.ts';
import { createObserver, observe } from '../../src/replay/observer.ts';
import { createCounters, parseScheme } from '../../src/schemes/registry.ts';
import { createUpdateColumns } from '../../src/update/columns.ts';
import { clearReadings, createReadings } from '../../src/update/readings.ts';
import { type Hop, hopSource, SCHEMES } from './hop.ts';
import { spreadOf } from './paired.ts';

/** Nanoseconds an operation, by loop. */
type Laps = Record<string, number>;

async function laps(hop: Hop): Promise<Laps> {
  const { topology, source } = hopSource(hop);
  const columns = createUpdateColumns();
  const readings = createReadings();
  const ledger = createLedger(hop.cpus);
  const schemes = SCHEMES.map((name) => ({
    name,
    counters: createCounters(topology, parseScheme(name)),
    observer: createObserver(),
  }));
  const spent: Laps = {};
  let since = 0;
  const lap = (loop: string) => {
    const now = performance.now();
    spent[loop] = (spent[loop] ?? 0) + (now - since) * (1e6 / hop.operations);
    since = now;
  };
  for (;;) {
    since = performance.now();
    await source.fill(columns);
    lap('generate');
    if (columns.length === 0) return spent;
    enter(ledger, columns);
    lap('ledger');
    for (const { name, counters, observer } of schemes) {
      clearReadings(readings);
      counters.apply(columns, readings);
      lap(`apply ${name}`);
      observe(observer, columns, readings, ledger);
      lap(`observe ${name}`);
    }
  }
}

/** Medians over `runs` replays, after one to warm up. */
export async function stages(hop: Hop, runs: number): Promise<Laps> {
  await laps(hop);
  const all: Laps[] = [];
  for (let i = 0; i < runs; i++) all.push(await laps(hop));
  const loops = Object.keys(all[0]!);
  return Object.fromEntries(
    loops.map((loop) => [
      loop,
      Number(spreadOf(all.map((spent) => spent[loop]!)).median.toFixed(1)),
    ]),
  );
}
