/**
 * `npm run bench`: the replay against the reference in C, and the program as a whole, as JSON. Every
 * figure is from pairs that ran in turn; medians and spread are reported. Never a test.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { version } from '../../src/version.ts';
import { compareCases, compareCommits } from './commits.ts';
import { type Hop, type HopResult, replayHop } from './hop.ts';
import { spreadOf, timePairs } from './paired.ts';
import { peakMemory, timeNode } from './processes.ts';
import { buildReference, type Reference } from './reference.ts';
import { stages } from './stages.ts';
import { sweepCase } from './sweeps.ts';
import { oomCase, traceCases, traceCommits } from './texts.ts';

const root = fileURLToPath(new URL('../', import.meta.url));
const program = `${root}bin/rss-err.js`;

interface Flags {
  readonly pairs: string;
  readonly operations: string;
  readonly commit?: readonly string[];
  readonly stages: boolean;
  readonly case?: string;
  readonly lines: string;
}

const MACHINES: readonly (readonly [cpus: number, pages: number, target: number])[] = [
  [250, 64, 1.7],
  [250, 512, 5],
  [250, 1, 0.75],
  [8, 64, 1.1],
  [384, 64, 1.1],
  [4096, 64, 1.1],
  [1_048_576, 64, 1],
];

function sameExtremes(ours: HopResult, reference: HopResult): boolean {
  return ours.rss === reference.rss && `${ours.worst}` === `${reference.worst}`;
}

async function hopCase(reference: Reference, hop: Hop, target: number, pairs: number) {
  const extremes = sameExtremes(await replayHop(hop), reference.run(hop));
  const times = await timePairs(
    async () => (await replayHop(hop)).seconds,
    () => reference.run(hop).seconds,
    pairs,
  );
  const perSecond = (seconds: number) => Math.round(hop.operations / seconds);
  return {
    case: `hop on ${hop.cpus} CPUs, 1 to ${hop.pages} pages`,
    ...hop,
    sameExtremes: extremes,
    operationsPerSecond: perSecond(times.ours.median),
    referenceOperationsPerSecond: perSecond(times.reference.median),
    ratio: times.ratio.median,
    target,
    seconds: times,
  };
}

/** What two cores are worth on this machine: two copies of the reference at once against one. */
async function worthOfTwoCores(reference: Reference, operations: number, pairs: number) {
  const hop: Hop = { cpus: 250, operations, seed: 1, pages: 64 };
  const copies = (number: number) => () => reference.timeCopies(hop, number);
  return 2 * (await timePairs(copies(2), copies(1), pairs)).ratio.median;
}

/** Two workers against one, over independent runs, long enough that starting counts for little. */
async function jobsCase(reference: Reference | null, operationsEach: number, pairs: number) {
  const operations = 16 * operationsEach;
  const words = [program, 'compare', '--runs', '4', '--operations', `${operations}`];
  const time = (jobs: number) => () => timeNode([...words, '--jobs', `${jobs}`]);
  const times = await timePairs(time(2), time(1), pairs);
  return {
    case: 'two jobs against one',
    operations,
    ratioOfReferences: reference && (await worthOfTwoCores(reference, operations, pairs)),
    ratio: times.ratio.median,
    target: 1.8,
    seconds: times,
  };
}

async function startCases(pairs: number) {
  const version = await timePairs(
    () => timeNode([program, '--version']),
    () => timeNode(['-e', '0']),
    3 * pairs,
  );
  const seconds = Array.from({ length: 3 * pairs }, () => timeNode([program, 'compare']));
  return [
    {
      case: '--version against node -e 0',
      timesSlower: 1 / version.ratio.median,
      target: 1.15,
      seconds: version,
    },
    { case: 'default compare', seconds: spreadOf(seconds), target: 0.25 },
  ];
}

function memoryCases() {
  return ([250, 1_048_576] as const).map((cpus) => {
    const words = ['compare', '--topology', `pu:${cpus}`, '--preset', 'hop', '--threads', '5'];
    const bytes = peakMemory(program, [...words, '--operations', '30000000', '--jobs', '1']);
    return {
      case: `peak memory on ${cpus} CPUs, 30,000,000 operations`,
      mebibytes: Math.round(bytes / 2 ** 20),
      target: cpus === 250 ? 150 : 400,
    };
  });
}

function commit(): string {
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: root, encoding: 'utf8' }).trim();
  try {
    return `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain') === '' ? '' : '+'}`;
  } catch {
    return 'unknown';
  }
}

function machine() {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
  };
}

async function measure(pairs: number, operations: number) {
  const reference = buildReference(`${root}test/bench/reference.c`);
  const cases: object[] = [];
  if (reference !== null) {
    for (const [cpus, pages, target] of MACHINES) {
      cases.push(await hopCase(reference, { cpus, operations, seed: 1, pages }, target, pairs));
    }
  }
  cases.push(
    await jobsCase(reference, operations, pairs),
    ...(await startCases(pairs)),
    ...memoryCases(),
  );
  return { compiler: reference?.compiler ?? null, cases };
}

const STAGED = [
  [250, 64],
  [250, 512],
  [250, 1],
  [1_048_576, 64],
] as const;

/** Nanoseconds an operation of each loop. */
async function measureStages(runs: number, operations: number) {
  const cases: object[] = [];
  for (const [cpus, pages] of STAGED) {
    const hop = { cpus, operations, seed: 1, pages };
    cases.push({
      case: `hop on ${cpus} CPUs, 1 to ${pages} pages`,
      nanoseconds: await stages(hop, runs),
    });
  }
  return { cases };
}

const DEFAULT_LINES = 1_000_000;

const OOM_REPORT = 'test/golden/oom/kernel-6.12-cpus-64-s2.1.txt';

/** Parts that can be measured by themselves. */
const CASES: Readonly<Record<string, (pairs: number, lines: number) => Promise<object>>> = {
  // A thousand points are what was asked for; --lines says another number.
  sweep: async (pairs, lines) => ({
    cases: [await sweepCase(program, pairs, lines === DEFAULT_LINES ? 1000 : lines)],
  }),
  start: async (pairs) => ({ cases: await startCases(pairs) }),
  traces: async (pairs, lines) => ({ cases: await traceCases(program, pairs, lines) }),
  oom: async (pairs, lines) => {
    const report = readFileSync(`${root}${OOM_REPORT}`, 'utf8');
    return { cases: [await oomCase(program, report, pairs, lines)] };
  },
};

function foundBy(flags: Flags): Promise<object> {
  const { pairs, operations, lines, commit: commits, stages: loops, case: name } = flags;
  if (name !== undefined && commits === undefined) {
    const measured = CASES[name];
    if (measured === undefined)
      throw new Error(`--case: expected ${Object.keys(CASES).join(', ')}`);
    return measured(Number(pairs), Number(lines));
  }
  if (loops) return measureStages(Number(pairs), Number(operations));
  if (commits === undefined) return measure(Number(pairs), Number(operations));
  const [before, after, ...rest] = commits;
  if (before === undefined || after === undefined || rest.length > 0) {
    throw new Error('--commit OLDER --commit NEWER: expected two');
  }
  const both =
    name === 'traces' ? traceCommits(Number(pairs), Number(lines)) : compareCases(Number(pairs));
  return compareCommits(before, after, both);
}

const { values: flags } = parseArgs({
  options: {
    /** Pairs of runs a case. */
    pairs: { type: 'string', default: '5' },
    /** Operations a run. */
    operations: { type: 'string', default: '3000000' },
    /** Also append the result to this file, a line of JSON. */
    record: { type: 'string' },
    /** Time two commits side by side instead: given twice, the older one first; with `--case traces` their replays. */
    commit: { type: 'string', multiple: true },
    /** Measure one part instead: start, traces, oom or sweep. */
    case: { type: 'string' },
    /** Lines of traces and logs, points of the sweep. */
    lines: { type: 'string', default: `${DEFAULT_LINES}` },
    /** Time each loop of the replay instead. */
    stages: { type: 'boolean', default: false },
  },
});

const result = {
  format: 'rss-err/bench@2',
  program: { version },
  commit: commit(),
  machine: machine(),
  pairs: Number(flags.pairs),
  ...(await foundBy(flags)),
};
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
if (flags.record !== undefined) appendFileSync(flags.record, `${JSON.stringify(result)}\n`);
