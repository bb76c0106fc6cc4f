import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { MachineDescription } from '../../../../src/topology/import/description.ts';
import {
  describeLscpuJson,
  describeLscpuText,
} from '../../../../src/topology/import/lscpu-summary.ts';
import {
  describeLscpuParsable,
  describeLscpuTable,
} from '../../../../src/topology/import/lscpu-table.ts';
import { machineFile, told, toolsSay } from '../../../support/machine-files.ts';

const machines = readdirSync(new URL('../../../machines/lscpu/', import.meta.url)).filter(
  (name) => !name.includes('.'),
);

const filesOf = (machine: string) =>
  readdirSync(new URL(`../../../machines/lscpu/${machine}/`, import.meta.url));

/** A row for each machine that has the file. */
const having = (file: string) => machines.filter((machine) => filesOf(machine).includes(file));

const read = (
  machine: string,
  file: string,
  importer: (text: string) => MachineDescription,
): ReturnType<typeof told> => told(importer(machineFile(`lscpu/${machine}/${file}`)));

/** lscpu finds no NUMA where hwloc makes a node of the machine. */
const WITHOUT_NUMA = new Set(['arm-4little-2big', '4cpu-1off-no-numa']);

const cpusOf = (parts: readonly (readonly unknown[])[]) => parts.map(([, cpus]) => cpus);

/** What the tools say of a machine, less what tables of lscpu cannot tell. */
function tableOf(machine: string) {
  const { online, present, cores, caches, packages, numaNodes } = toolsSay(machine);
  const nodes = numaNodes.filter(([, cpus]) => cpus !== '').map(([id, cpus]) => [id, cpus, null]);
  return {
    online,
    present,
    cores,
    caches,
    packages,
    dies: [],
    numaNodes: WITHOUT_NUMA.has(machine) ? null : nodes,
    distances: [],
  };
}

describe('lscpu -e -J that lscpu 2.38 printed', () => {
  it.each(having('extended.json'))('of %s is read as hwloc reads the machine', (machine) => {
    const { packages, ...table } = read(machine, 'extended.json', describeLscpuTable);
    const { packages: known, ...expected } = tableOf(machine);
    expect(table).toEqual(expected);
    // lscpu's own numbers, from 0.
    expect(packages).toEqual(cpusOf(known).map((cpus, id) => [id, cpus]));
  });

  it.each(having('extended-physical.json'))('of %s with -y has ids of packages too', (machine) => {
    const table = read(machine, 'extended-physical.json', describeLscpuTable);
    expect(table).toEqual(tableOf(machine));
  });

  it.each(having('extended-columns.json'))('of %s with other columns is the same', (machine) => {
    const table = read(machine, 'extended-columns.json', describeLscpuTable);
    expect(table).toEqual(read(machine, 'extended.json', describeLscpuTable));
  });
});

describe('lscpu -p that lscpu 2.38 printed', () => {
  it.each(having('parsable.csv'))('of %s tells the CPUs that are on-line', (machine) => {
    const { present: _, ...expected } = read(machine, 'extended.json', describeLscpuTable);
    const { present, ...table } = read(machine, 'parsable.csv', describeLscpuParsable);
    expect(table).toEqual(expected);
    expect(present).toBeNull();
  });

  it.each(having('parsable-all.csv'))('of %s with -a, in any columns, tells all', (machine) => {
    const expected = read(machine, 'extended.json', describeLscpuTable);
    const all = read(machine, 'parsable-all.csv', describeLscpuParsable);
    // Without off-line CPUs -a looks as if it were not there.
    const present = expected.online === expected.present ? null : expected.present;
    expect(all).toEqual({ ...expected, present });
    const columns = read(machine, 'parsable-columns.csv', describeLscpuParsable);
    expect(columns).toEqual(all);
  });
});

describe('the summary that lscpu 2.38 printed', () => {
  const summaries = machines.flatMap((machine) =>
    filesOf(machine)
      .filter((file) => file.startsWith('summary'))
      .map((file) => [machine, file] as const),
  );

  /** Their cores have one thread each, and all are on-line. */
  const ONE_THREAD = ['2cpu-guest', '250cpu-guest'];

  it.each(summaries)(
    'of %s, %s, tells CPUs and nodes, and cores of one thread',
    (machine, file) => {
      const importer = file.endsWith('.json') ? describeLscpuJson : describeLscpuText;
      const { online, present, numaNodes } = toolsSay(machine);
      const { cores } = read(machine, 'extended.json', describeLscpuTable);
      expect(read(machine, file, importer)).toEqual({
        online,
        present,
        cores: ONE_THREAD.includes(machine) ? cores : [],
        caches: {},
        packages: [],
        dies: [],
        numaNodes: WITHOUT_NUMA.has(machine)
          ? null
          : numaNodes.map(([id, cpus]) => [id, cpus, null]),
        distances: [],
      });
    },
  );

  // The summary counts what the tables list; on the guest of 250 CPUs it counts 250 L3 caches, wrongly.
  it.each(machines.filter((machine) => machine !== '250cpu-guest'))(
    'of %s counts as many CPUs, cores, sockets and caches as the table has',
    (machine) => {
      const summary = machineFile(`lscpu/${machine}/summary.txt`);
      const all = (pattern: RegExp) =>
        [...summary.matchAll(pattern)].map(([, count]) => Number(count));
      const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
      const table = read(machine, 'extended.json', describeLscpuTable);
      const { present, cores, packages, caches } = describeLscpuTable(
        machineFile(`lscpu/${machine}/extended.json`),
      );
      expect(present).toHaveLength(sum(all(/^CPU\(s\):\s+(\d+)/gm)));
      // One set of lines for each CPU model.
      const perSocket = all(/^Core\(s\) per socket:\s+(\d+)/gm);
      const sockets = all(/^Socket\(s\):\s+(\d+)/gm);
      if (machine !== '16cpu-3off-2dies') {
        // There a core of the second socket is off-line, and lscpu counts the second's for both.
        expect(cores).toHaveLength(sum(perSocket.map((count, i) => count * sockets[i]!)));
      }
      expect(packages).toHaveLength(sockets[0]!);
      for (const level of Object.keys(table.caches)) {
        const instances = all(new RegExp(`^L${level}d? cache:.*\\((\\d+) instance`, 'gm'));
        expect([level, caches.filter((cache) => `${cache.level}` === level).length]).toEqual([
          level,
          instances[0],
        ]);
      }
    },
  );
});
