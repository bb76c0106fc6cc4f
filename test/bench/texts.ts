/** Traces and logs against the tools that do no more than read them, as whole processes in turn. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TRACE_FORMS, type TraceForm } from '../../src/recorded/trace/event.ts';
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

async function traceCase(
  folder: string,
  form: TraceForm,
  program: string,
  pairs: number,
  lines: number,
) {
  const file = join(folder, `${form}.txt`);
  writeTraceFile(file, { form, lines, processes: PROCESSES, cpus: CPUS });
  const words = ['replay', file];
  const mawk = hasProgram('mawk', ['BEGIN { exit }'])
    ? await timePairs(
        () => timeNode([program, ...words]),
        () => timeProgram('mawk', [SUM, file]),
        pairs,
      )
    : null;
  const result = {
    case: `replay of ${form}, ${lines} lines of ${PROCESSES} processes`,
    timesSlowerThanMawk: mawk && 1 / mawk.ratio.median,
    target: 2,
    seconds: mawk,
    mebibytes: Math.round(peakMemory(program, words) / 2 ** 20),
  };
  rmSync(file);
  return result;
}

/** Each form of text. */
export function traceCases(program: string, pairs: number, lines: number): Promise<object[]> {
  return inFolder(async (folder) => {
    const cases: object[] = [];
    for (const form of TRACE_FORMS)
      cases.push(await traceCase(folder, form, program, pairs, lines));
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
