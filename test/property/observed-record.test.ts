/** A record of observe as updates: what is replayed is at each reading what the record says. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NumberedLine } from '../../src/commands/observe/record.ts';
import { observedFeed } from '../../src/commands/replay/observed-record.ts';
import { createTraceCounts, type ReplayedEvent } from '../../src/recorded/trace/event.ts';
import { runCli } from '../support/cli.ts';

const RECORD = new URL('../golden/observed/node.ndjson', import.meta.url);
const record = readFileSync(RECORD, 'utf8');

const readings = fc.array(
  fc.record({
    pid: fc.integer({ min: 1, max: 3 }),
    start: fc.integer({ min: 1, max: 2 }),
    threads: fc.integer({ min: 0, max: 4 }),
    precise: fc.nat(3000),
  }),
  { minLength: 1, maxLength: 12 },
);

type Of = Awaited<ReturnType<typeof eventsOf>>;

async function eventsOf(lines: readonly NumberedLine[]) {
  async function* all() {
    yield* lines;
  }
  const counts = createTraceCounts();
  const events: ReplayedEvent[] = [];
  const taker = { take: (event: ReplayedEvent) => void events.push(event), takeSizes: () => {} };
  const feed = observedFeed(all(), { name: 'a record', pageSize: 4096 });
  for await (const _ of feed(counts, taker));
  return { counts, events };
}

/** Sizes of a process by the line that told them, in order. */
function sizesOf({ events }: Of, pid: number) {
  return events.flatMap((event) =>
    event.name === 'rss_stat' && event.mmId === pid ? [event] : [],
  );
}

describe('the events of a record', () => {
  it('sum to the precise figure of each reading, a page or a page table each, by threads there are', async () => {
    await fc.assert(
      fc.asyncProperty(readings, async (figures) => {
        const lines = figures.map(({ pid, start, threads, precise }, i): NumberedLine => {
          const approximate = { before: 0, behind: 0 };
          const who = { type: 'reading', pid, start, command: 'c', threads } as const;
          return { number: i + 1, line: { ...who, approximate, precise, faulted: false } };
        });
        const found = await eventsOf(lines);
        expect(found.counts.rssStatEvents).toBe(figures.length);
        for (const pid of [1, 2, 3]) {
          const sizes = sizesOf(found, pid);
          const last = new Map<number, number>();
          for (const { line, sizePages } of sizes) last.set(line, sizePages);
          let now: number | null = null;
          let start = 0;
          for (const [i, figure] of figures.entries()) {
            if (figure.pid !== pid) continue;
            const isSame = figure.start === start;
            now = last.get(i + 1) ?? now;
            expect(now).toBe(figure.precise);
            const tids = new Set(
              sizes.filter(({ line, curr }) => line === i + 1 && curr).map(({ tid }) => tid),
            );
            expect(tids.size).toBeLessThanOrEqual(Math.max(1, figure.threads));
            start = figure.start;
            if (!isSame) continue;
            const before = sizes.findLast(({ line }) => line < i + 1)!.sizePages;
            const own = sizes
              .filter(({ line }) => line === i + 1)
              .map(({ sizePages }) => sizePages);
            const changes = own.map((pages, k) => pages - (own[k - 1] ?? before));
            expect(changes.every((change) => change === 1 || (change < 0 && change >= -512))).toBe(
              true,
            );
          }
        }
      }),
      { numRuns: 100 },
    );
  });
});

const replay = (...words: string[]) =>
  runCli(['replay', '-', '--spread', 'sticky', '--topology', '8cpu', ...words], { stdin: record });

describe('a record replayed', () => {
  it('has after each reading what the record has, to the page', async () => {
    const figures = [...record.matchAll(/"precise":(\d+)/g)].map(([, text]) => Number(text));
    const { stdout, code } = await replay('--readings', '--scheme', 'per-cpu');
    expect(code).toBe(0);
    const precise = stdout.trimEnd().split('\n').slice(1);
    let at = 0;
    for (const [i, figure] of figures.entries()) {
      const change = figure - (figures[i - 1] ?? figure);
      at += change > 0 ? change : Math.ceil(-change / 512);
      if (at > 0) expect(Number(precise[at - 1]!.split(',')[6])).toBe(figure);
    }
    expect(precise).toHaveLength(at);
  });

  it('says beside its model what was observed, and that the model lacks what came and went', async () => {
    const { stdout, stderr } = await replay('--format', 'json');
    const { observed, trace, recording } = JSON.parse(stdout);
    expect(recording.records).toBe(11);
    expect(trace).toMatchObject({ form: 'observed', spread: { policy: { name: 'sticky' } } });
    expect(observed).toMatchObject({ kernel: '6.18.44', precise: 'statm', model: 'net-changes' });
    expect(observed.processes).toHaveLength(1);
    expect(observed.processes[0]).toMatchObject({
      lowest: { low: -33, high: -33 },
      highest: { low: 14, high: 14 },
    });
    expect(stderr).toContain('only the net change is known');
    const { stdout: from } = await runCli(['observe', '--from', '-', '--format', 'json'], {
      stdin: record,
    });
    expect(JSON.parse(from).processes[0]).toMatchObject(observed.processes[0]);
  });

  // Of a PID that another process has got all pages are known to have come.
  it('says what each process held at most, what it reads at the end, and since when 0', async () => {
    const again = record.split('\n').filter((line) => line !== '');
    const born = again
      .filter((line) => line.includes('"pid"'))
      .slice(0, 1)
      .map((line) =>
        line.replace(/"start":\d+/, '"start":9').replace(/"precise":\d+/, '"precise":90'),
      );
    const stdin = [...again, ...born, ''].join('\n');
    const words = ['replay', '-', '--spread', 'sticky', '--mm', '2089#2', '--scheme', 'tree'];
    const lines = await runCli([...words, '--readings'], { stdin });
    const rows = lines.stdout.trimEnd().split('\n').slice(1);
    const read = rows.map((row) => Math.max(0, Number(row.split(',')[7])));
    expect(read).toHaveLength(90);
    const { stdout } = await runCli([...words, '--format', 'json'], { stdin });
    const [traced] = JSON.parse(stdout).processes;
    expect(traced).toMatchObject({ life: 2, largestRssPages: 90, rssPages: 90 });
    const since = read.findLastIndex((pages) => pages !== 0) + 2;
    expect(read.at(-1)).toBe(0);
    expect(traced.schemes[0]).toMatchObject({ readPages: 0, zeroSinceOperation: since });
    const table = await runCli(words, { stdin });
    expect(table.stdout.replaceAll(/\s+/g, ' ')).toContain(
      `At the end these read 0: node 2089#2, 90 pages (360 KiB) resident, under tree (since its start).`,
    );
  });

  it('tells processes apart that have had one PID, wherever it names them', async () => {
    const others = record
      .split('\n')
      .slice(1)
      .map((line) =>
        line.replace('"start":2976059', '"start":2999999').replace('"node"', '"bash"'),
      );
    const stdin = [record.trimEnd(), ...others].join('\n');
    const flat = (text: string) => text.replaceAll(/\s+/g, ' ');
    const { stdout } = await runCli(['replay', '-', '--spread', 'sticky'], { stdin });
    expect(flat(stdout)).toMatch(/Observed in the record.* node 2089 11 .* bash 2089#2 11 /);
    const one = await runCli(['replay', '-', '--spread', 'sticky', '--mm', '2089#2'], { stdin });
    expect(flat(one.stdout)).toMatch(/Observed in the record.* mean bash 2089#2 11 /);
    const observed = await runCli(['observe', '--from', '-'], { stdin });
    expect(flat(observed.stdout)).toMatch(/ 2089 node.* 2089#2 bash/);
    const csv = await runCli(['observe', '--from', '-', '--format', 'csv'], { stdin });
    const last = csv.stdout
      .trimEnd()
      .split('\n')
      .map((row) => row.split(',').at(-1));
    expect(last.toSorted()).toEqual(['1', '2', 'life']);
  });

  it('names its own machine where none is given', async () => {
    const { stderr } = await runCli(['replay', '-', '--spread', 'sticky'], { stdin: record });
    expect(stderr).toContain(
      'rss-err: note: standard input: the record is of a machine of 2 CPUs, replayed on one of 250: --topology pu:2, or a description of that machine',
    );
    const given = await runCli(['replay', '-', '--spread', 'sticky', '--topology', 'pu:2'], {
      stdin: record,
    });
    expect(given.stderr).not.toContain('machine');
  });

  const [head = ''] = record.split('\n');
  it.each([
    [record.slice(0, -30), ['--spread', 'sticky'], 'line 24: '],
    [record, [], 'place its threads with --spread'],
    [record, ['--spread', 'sticky', '--page-size', '64K'], '--page-size 4K'],
    [record, ['--spread', 'sticky', '--size-is', 'approximate'], '--size-is goes with'],
    [record, ['--spread', 'sticky', '--mm', '1'], 'no process with mm_id 1'],
    [record.replace('observed@1', 'observed@9'), ['--spread', 'sticky'], 'observed@9'],
    [record + record, ['--spread', 'sticky'], 'line 25: '],
    [record.replace('"threads":7', '"threads":1000000000'), ['--spread', 'sticky'], 'threads'],
    [record.replace(/"precise":\d+/, '"precise":1000000000000'), ['--spread', 'sticky'], 'precise'],
    [head, ['--spread', 'sticky'], 'holds no reading'],
    [head.replace('"precise":"statm"', '"precise":null'), ['--spread', 'sticky'], '--cheap'],
  ])('is refused in one line: %#', async (stdin, words, expected) => {
    const { code, stderr } = await runCli(['replay', '-', ...words], { stdin });
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
