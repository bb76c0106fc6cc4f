/** --cost and --latency on the command line: figures that add up, and refusals in one line. */
import { fileURLToPath } from 'node:url';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { LineTransfers, SchemeCost } from '../../src/commands/compare/cost-result.ts';
import type { Comparison } from '../../src/commands/compare/result.ts';
import type { Replayed } from '../../src/commands/replay/result.ts';
import { runCli } from '../support/cli.ts';
import { answerTo, type Fault, refusal } from '../support/refusal.ts';
import { temporaryFolder } from '../support/shell.ts';

const few = ['--operations', '3000', '--topology', '64cpu-2n'];

const LATENCY = {
  format: 'rss-err/latency@1',
  source: 'a microsecond for everything',
  ...{ plain: 1000, atomic: 1000, locked: 1000, initialisedLine: 1000 },
  from: {
    ...{ unknown: 1000, sameCpu: 1000, sameCore: 1000 },
    ...{ sameCache: 1000, sameNode: 1000, remoteNode: 1000 },
  },
};

const latencyText = JSON.stringify(LATENCY);

/** Touches by distance, what is not described left out. */
function transferred({ travel }: LineTransfers): number {
  return Object.values(travel).reduce<number>((sum, touches) => sum + (touches ?? 0), 0);
}

async function costsOf(...options: string[]) {
  const args = ['compare', ...few, ...options, '--cost', '--format', 'json'];
  const { stdout } = await runCli(args, { stdin: latencyText });
  const result: Comparison = JSON.parse(stdout);
  return { result, costs: result.schemes.map(({ name, cost }) => ({ name, cost: cost! })) };
}

const touches = ({ total: { plain, atomics, locks } }: SchemeCost) => plain + atomics + locks;

describe('compare --cost', () => {
  it('puts down each touch of a line once', async () => {
    const { costs } = await costsOf(
      '--scheme',
      'tree',
      '--scheme',
      'per-cpu',
      '--scheme',
      'atomic',
    );
    for (const { name, cost } of costs) {
      const { own, shared } = cost;
      const counted = [...(own === null ? [] : [own]), ...shared].map(transferred);
      expect(
        counted.reduce((sum, n) => sum + n, 0),
        name,
      ).toBe(touches(cost));
      for (const line of shared) expect(transferred(line)).toBe(line.atomics + line.locks);
    }
  });

  it('says of no update what it did not say before', async () => {
    const [with_, without] = await Promise.all(
      [['--cost'], []].map((options) =>
        runCli(['compare', ...few, ...options, '--format', 'json']),
      ),
    );
    const result = JSON.parse(with_!.stdout);
    delete result.cost;
    for (const scheme of result.schemes) delete scheme.cost;
    expect(result).toEqual(JSON.parse(without!.stdout));
  });

  it('has means over operations, and the memory that bound tells', async () => {
    const { result, costs } = await costsOf();
    const bound = await runCli([
      ...['bound', '--topology', '64cpu-2n', '--threads', '5', '--format', 'json'],
    ]);
    const { schemes } = JSON.parse(bound.stdout);
    costs.forEach(({ cost }, i) => {
      expect(cost.perOperation?.moved).toBe(cost.total.moved / result.operations);
      expect(cost.perOperation?.atomics).toBe(cost.total.atomics / result.operations);
      expect(schemes[i].memory).toMatchObject(cost.process.bytes);
    });
  });

  it('times every touch and every line that came', async () => {
    const { costs } = await costsOf('--latency', '-');
    for (const { cost } of costs) {
      const { modelledNanoseconds: time, process } = cost;
      // A microsecond for each touch, and one for where its line came from.
      expect(time?.updates).toBe(2 * 1000 * touches(cost));
      expect(time?.perOperation).toBe((2 * 1000 * touches(cost)) / 3000);
      expect(time?.perProcess).toBe(1000 * process.cacheLines);
    }
  });

  it('says which levels a machine file does not tell', async () => {
    const machine = JSON.stringify({
      name: 'bare',
      cpus: { possible: '0-7' },
      numaNodes: [{ id: 0, cpus: '0-7' }],
    });
    const args = ['compare', '--topology', '-', '--operations', '100', '--cost'];
    const { stdout } = await runCli(args, { stdin: machine });
    expect(stdout).toMatch(/per-thread {2}shared +n\/d +n\/d +\d+ +0 +1\n/);
    expect(stdout).toContain('\nn/d: bare does not describe cores or caches: counted at the next');
    const json = await runCli([...args, '--format', 'json'], { stdin: machine });
    const { cost, schemes } = JSON.parse(json.stdout);
    expect(cost.described).toEqual({ cores: false, cacheLevel: null });
    expect(schemes[0].cost.own.travel).toMatchObject({ sameCore: null, sameCache: null });
  });

  it('has one column for each line of any scheme in CSV, empty where a scheme has none', async () => {
    const args = ['compare', ...few, '--scheme', 'tree', '--scheme', 'per-cpu', '--cost'];
    const { stdout } = await runCli([...args, '--format', 'csv']);
    const { costs } = await costsOf('--scheme', 'tree', '--scheme', 'per-cpu');
    const rows: Record<string, string>[] = parseCsv(stdout, { columns: true });
    const [tree, perCpu] = costs.map(({ cost }) => cost);
    expect(rows[0]).toMatchObject({
      cost_plain: `${tree!.total.plain}`,
      cost_moved: `${tree!.total.moved}`,
      cost_own_same_cpu: `${tree!.own!.travel.sameCpu}`,
      cost_touches_level_1: `${tree!.shared[0]!.atomics}`,
      cost_touches_shared: '',
      cost_shared_remote_node: `${tree!.shared.reduce((sum, { travel }) => sum + travel.remoteNode, 0)}`,
      process_bytes: `${tree!.process.bytes.total}`,
      modelled_ns: '',
    });
    expect(rows[1]).toMatchObject({
      cost_locks: `${perCpu!.total.locks}`,
      cost_touches_level_1: '',
      cost_touches_shared: `${perCpu!.shared[0]!.locks}`,
      precise_sum_reads: '65',
    });
  });
});

describe('replay --cost', () => {
  it('counts a recording, and prints the command that does it again', async () => {
    const cwd = temporaryFolder({
      'updates.csv': 'thread,cpu,pages,kind\n7,0,66,fault\n7,32,-1,bulk\n',
      'latency.json': latencyText,
    });
    const args = ['replay', 'updates.csv', '--topology', '64cpu-2n', '--scheme', 'per-thread'];
    const cost = ['--cost', '--latency', 'latency.json'];
    const { stdout } = await runCli([...args, ...cost], { cwd });
    expect(stdout).toMatch(/own +plain +67 +33\.5 +1 +0\.500\n/);
    // 65 pages on CPU 0, one cached page and the unmap on its sibling.
    expect(stdout).toMatch(/shared +atomic +3 +1\.50 +1 +0\.500\n/);
    expect(stdout).toMatch(/latencies: a microsecond for everything\n/);
    expect(stdout).toMatch(/--scheme per-thread \\\n +--cost --latency latency\.json\n$/);
  });
});

describe('replay --cost of a trace', () => {
  const trace = fileURLToPath(new URL('../golden/traces/ftrace-sched_switch.txt', import.meta.url));
  const traced = async (...options: string[]): Promise<Replayed> => {
    const args = ['replay', trace, ...options, '--cost', '--format', 'json'];
    return JSON.parse((await runCli(args)).stdout);
  };

  it('counts what its processes cost one by one', async () => {
    const all = await traced();
    const ids = [...new Set(all.processes!.map(({ mm }) => mm))];
    expect(ids.length).toBeGreaterThan(1);
    const apart = await Promise.all(ids.map((id) => traced('--mm', `${id}`)));
    const sum = (of: (result: Replayed) => number) =>
      apart.reduce((total, result) => total + of(result), 0);
    expect(all.cost!.processes).toBe(sum(({ cost }) => cost!.processes));
    expect(all.cost!.adds).toBe(sum(({ cost }) => cost!.adds));
    all.schemes.forEach(({ cost }, i) => {
      const { plain, atomics, locks, moved } = cost!.total;
      const of = (result: Replayed) => result.schemes[i]!.cost!.total;
      expect({ plain, atomics, locks, moved }).toEqual({
        plain: sum((result) => of(result).plain),
        atomics: sum((result) => of(result).atomics),
        locks: sum((result) => of(result).locks),
        moved: sum((result) => of(result).moved),
      });
    });
  });
});

const expected = 'expected nanoseconds, a number from 0 to 1,000,000,000';

const faults: Fault[] = [
  {
    fault: 'latencies without costs',
    args: ['compare', '--latency', 'latency.json'],
    line: '--latency goes with --cost (see rss-err compare --help)',
  },
  {
    fault: 'no such file',
    args: ['compare', '--cost', '--latency', 'latency.json'],
    line: 'latency.json: no such file',
  },
  {
    fault: 'a folder',
    args: ['compare', '--cost', '--latency', '.'],
    line: '.: is a directory',
  },
  {
    fault: 'text that is no JSON',
    args: ['compare', '--cost', '--latency', 'latency.json'],
    files: { 'latency.json': '{"plain": }' },
    line: 'latency.json: malformed JSON at line 1, column 11: value expected',
  },
  {
    fault: 'a key twice',
    args: ['compare', '--cost', '--latency', 'latency.json'],
    files: { 'latency.json': '{"plain": 1, "plain": 2}' },
    line: 'latency.json: line 1, column 14: the key "plain" is there twice',
  },
  {
    fault: 'a latency that is no number',
    args: ['replay', 'updates.csv', '--cost', '--latency', 'latency.json'],
    files: {
      'latency.json': latencyText.replace('"plain":1000', '"plain":"1"'),
      'updates.csv': 'thread,cpu,pages,kind\n',
    },
    line: `latency.json: plain is "1": ${expected}`,
  },
  {
    fault: 'an unknown distance on stdin',
    args: ['compare', '--cost', '--latency', '-'],
    stdin: latencyText.replace('sameNode', 'sameNodes'),
    line: 'standard input: from.sameNodes is an unknown key: did you mean "sameNode"?; from.sameNode is missing: expected nanoseconds, a number from 0 to 1,000,000,000',
  },
  {
    fault: 'machine and latencies on one stdin',
    args: ['compare', '--topology', '-', '--cost', '--latency', '-'],
    line: 'standard input is either the machine or the latencies, not both (see rss-err compare --help)',
  },
  {
    fault: 'updates and latencies on one stdin',
    args: ['replay', '-', '--cost', '--latency', '-'],
    line: 'standard input is either the updates or the latencies, not both (see rss-err replay --help)',
  },
  {
    fault: 'costs of readings',
    args: ['replay', '-', '--readings', '--cost'],
    line: '--cost goes without --readings (see rss-err replay --help)',
  },
];

describe('costs that cannot be counted', () => {
  it.concurrent.each(faults)('are refused: $fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });
});
