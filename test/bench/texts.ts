/** Traces and logs against the tools that do no more than read them, as whole processes in turn. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TRACE_FORMS, type TraceForm } from '../../src/recorded/trace/event.ts';
import type { CommitCase } from './commits.ts';
import { timePairs } from './paired.ts';
import { hasProgram, peakMemory, timeNode, timeProgram } from './processes.ts';
import { writeTraceFile } from './trace-file.ts';

const PROCESSES = 20;
const CPUS = 250;

async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'rss-err-texts-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Sums the last field, "size=4096B": what mawk does with a trace in the least time. */
const SUM = '{ split($NF, size, "="); sum += size[2] } END { print sum }';

async function withTrace<T>(
  folder: string,
  form: TraceForm,
  lines: number,
  work: (file: string) => Promise<T>,
): Promise<T> {
  const file = join(folder, `${form}.txt`);
  writeTraceFile(file, { form, lines, processes: PROCESSES, cpus: CPUS });
  const result = await work(file);
  rmSync(file);
  return result;
}

const nameOf = (form: TraceForm, lines: number) =>
  `replay of ${form}, ${lines} lines of ${PROCESSES} processes`;

async function traceCase(
  file: string,
  form: TraceForm,
  program: string,
  pairs: number,
  lines: number,
) {
  const by = (jobs: number) => [program, 'replay', file, '--jobs', `${jobs}`];
  const mawk = hasProgram('mawk', ['BEGIN { exit }'])
    ? await timePairs(
        () => timeNode(by(1)),
        () => timeProgram('mawk', [SUM, file]),
        pairs,
      )
    : null;
  const two = await timePairs(
    () => timeNode(by(2)),
    () => timeNode(by(1)),
    pairs,
  );
  return {
    case: nameOf(form, lines),
    timesSlowerThanMawk: mawk && 1 / mawk.ratio.median,
    target: 2,
    seconds: mawk,
    twoWorkers: { times: two.ratio.median, target: 1.6, seconds: two },
    mebibytes: Math.round(peakMemory(program, by(1).slice(1)) / 2 ** 20),
  };
}

/** Each form of text. */
export function traceCases(program: string, pairs: number, lines: number): Promise<object[]> {
  return inFolder(async (folder) => {
    const cases: object[] = [];
    for (const form of TRACE_FORMS) {
      const measure = (file: string) => traceCase(file, form, program, pairs, lines);
      cases.push(await withTrace(folder, form, lines, measure));
    }
    return cases;
  });
}

/** Each form of text by two commits, the newer one with one worker, as older ones have. */
export function traceCommits(pairs: number, lines: number) {
  return (old: string, recent: string): Promise<CommitCase[]> =>
    inFolder(async (folder) => {
      const cases: CommitCase[] = [];
      for (const form of TRACE_FORMS) {
        const times = await withTrace(folder, form, lines, (file) =>
          timePairs(
            () => timeNode([recent, 'replay', file, '--jobs', '1']),
            () => timeNode([old, 'replay', file]),
            pairs,
          ),
        );
        cases.push({ case: nameOf(form, lines), ...times });
      }
      return cases;
    });
}

/** The log of a machine that is up for long, with a report now and then. */
function logText(report: string, lines: number): string {
  const own = report.trimEnd().split('\n');
  const others = Array.from(
    { length: lines / 4 - own.length },
    (_, i) =>
      `[${(1000 + i / 8).toFixed(6).padStart(12)}] usb 1-2: new high-speed USB device number ${i} using xhci_hcd`,
  );
  return `${[...others, ...own].join('\n')}\n`.repeat(4);
}

/** `oom` against `grep -c` of the same log. */
export function oomCase(
  program: string,
  report: string,
  pairs: number,
  lines: number,
): Promise<object> {
  return inFolder(async (folder) => {
    const file = join(folder, 'kern.log');
    writeFileSync(file, logText(report, lines));
    const times = await timePairs(
      () => timeNode([program, 'oom', file]),
      () => timeProgram('grep', ['-c', 'oom-killer', file]),
      pairs,
    );
    return {
      case: `oom on a log of ${lines} lines against grep -c`,
      timesSlower: 1 / times.ratio.median,
      target: 6,
      seconds: times,
    };
  });
}
