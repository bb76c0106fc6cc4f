/** `rss-err oom`: a log's reports → judged one by one → rendered → written. */
import { createReadStream } from 'node:fs';
import { basename } from 'node:path';
import { Command } from 'commander';
import { EXIT } from '../../cli/exit-code.ts';
import { readChunks, readStdin } from '../../cli/input.ts';
import { interruptible } from '../../cli/interruption.ts';
import {
  addOutputOptions,
  type Output,
  type OutputFlags,
  openOutput,
} from '../../cli/output-options.ts';
import { shellWords } from '../../cli/shell-words.ts';
import type { Streams } from '../../cli/streams.ts';
import { readTopology } from '../../cli/topology-option.ts';
import { pageSize, wholeNumber } from '../../cli/values.ts';
import { writeLines } from '../../cli/write-lines.ts';
import { InputError, quote } from '../../errors.ts';
import { decode, linesOf } from '../../input/text-lines.ts';
import { type KernelRelease, parseRelease } from '../../kernel/releases.ts';
import { createOomReader } from '../../recorded/oom/reader.ts';
import { formatCount } from '../../render/amounts.ts';
import { renderReport } from '../../render/formats.ts';
import { formatScheme, parseScheme, type SchemeSpec } from '../../schemes/registry.ts';
import type { PageSize } from '../../units.ts';
import { version } from '../../version.ts';
import { oomLine, oomRecords } from './records.ts';
import { type JudgedReport, OOM_FORMAT } from './result.ts';
import {
  judgeReport,
  LARGEST_MACHINE,
  MOST_THREADS,
  type ThreadCounts,
  type Told,
} from './study.ts';
import { oomView } from './view.ts';

interface OomFlags extends OutputFlags {
  readonly kernel?: KernelRelease;
  readonly scheme?: SchemeSpec;
  readonly topology?: string;
  readonly cpus?: number;
  readonly threads?: ThreadCounts & { readonly text: string };
  readonly pageSize?: PageSize;
  readonly failUncertain?: true;
}

function kernelRelease(text: string): KernelRelease {
  const release = parseRelease(text);
  if (release !== null) return release;
  throw new InputError(
    `--kernel ${text}: ${quote(text)} is not a release as uname -r prints it, such as 6.12.117`,
  );
}

/** "300", "B-hider=300,766=2" or both, a comma between. */
function threadCounts(text: string): ThreadCounts & { readonly text: string } {
  const of = new Map<string, number>();
  let all: number | null = null;
  for (const part of text.split(',')) {
    const [, name, digits = ''] = /^(?:(.+)=)?(\d{1,7})$/.exec(part) ?? [];
    const threads = Number(digits);
    const twice = name === undefined ? all !== null : of.has(name);
    if (threads < 1 || threads > MOST_THREADS || twice) {
      throw new InputError(
        `--threads ${text}: ${quote(part)} is not a number of threads from 1 to ${MOST_THREADS}, or that of one task, such as 766=300 or mysqld=300, each once`,
      );
    }
    if (name === undefined) all = threads;
    else of.set(name, threads);
  }
  return { all, of, text };
}

export function oomCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  const command = new Command('oom')
    .description("was the OOM killer's choice certain? its reports judged, from a kernel's log")
    .argument('[file|-]', 'dmesg, journalctl -k, kern.log or a serial console, or - for stdin')
    .option('--kernel <release>', "uname -r (default: the log's)", kernelRelease)
    .option(
      '--scheme <name[:key=value,…]>',
      "scheme that counts (default: the kernel's)",
      parseScheme,
    )
    .option('--topology <machine>', "the machine (default: the log's CPUs, else a range)")
    .option(
      '--cpus <n>',
      'CPUs on-line, where the log does not say it',
      wholeNumber('--cpus', 1, LARGEST_MACHINE),
    )
    .option(
      '--threads <n|task=n,…>',
      'threads of all tasks, or of some by pid or name (before 6.2)',
      threadCounts,
    )
    .option(
      '--page-size <size>',
      "base page: 4K, 16K, 64K (default: the log's)",
      pageSize('--page-size'),
    )
    .option('--fail-uncertain', 'exit 1 unless each choice is certain');
  return addOutputOptions(command).action(async (file: string | undefined, flags: OomFlags) =>
    setExitCode(await runOom(file, flags, streams)),
  );
}

function reproduceWords(file: string, flags: OomFlags): string[] {
  const option = (flag: string, value: string | number | undefined) =>
    value === undefined ? [] : [flag, `${value}`];
  return [
    ...['rss-err', 'oom', file],
    ...option('--kernel', flags.kernel?.text),
    ...option('--scheme', flags.scheme === undefined ? undefined : formatScheme(flags.scheme)),
    ...option('--topology', flags.topology),
    ...option('--cpus', flags.cpus),
    ...option('--threads', flags.threads?.text),
    ...option(
      '--page-size',
      flags.pageSize === undefined ? undefined : `${flags.pageSize / 1024}K`,
    ),
  ];
}

/** The reports of a log, each judged as soon as the log ends it. @throws InputError where it has none. */
async function* judgedReports(
  chunks: AsyncIterable<Buffer | string>,
  origin: string,
  told: Told,
): AsyncGenerator<JudgedReport> {
  const reader = createOomReader();
  const killedBefore = new Set<number>();
  let reports = 0;
  let lines = 0;
  function* judged(report: ReturnType<typeof reader.end>): Generator<JudgedReport> {
    if (report === null) return;
    reports += 1;
    yield judgeReport(report, reports, told, killedBefore);
    for (const { pid } of report.killed) killedBefore.add(pid);
  }
  for await (const some of linesOf(decode(chunks), origin, 'cut')) {
    for (const line of some) yield* judged(reader.read(line));
    lines += some.length;
  }
  yield* judged(reader.end());
  if (reports > 0) return;
  throw new InputError(
    `${origin}: no report of the OOM killer in ${formatCount(lines, 'line')}: expected a kernel's log with "invoked oom-killer" or "Tasks state"`,
  );
}

/** Each report as it comes; of JSON, which is one document, all of them at the end. */
async function* pieces(
  reports: AsyncIterable<JudgedReport>,
  { format, unit }: OomFlags,
  log: string,
  reproduce: string,
  output: Output,
): AsyncGenerator<string> {
  const all: JudgedReport[] = [];
  let isFirst = true;
  for await (const report of reports) {
    if (format === 'json') all.push(report);
    else {
      const text = await renderReport(
        {
          view: () => oomView(report, { version, log, unit, reproduce }),
          records: () => oomRecords(report),
          document: report,
          lines: () => [oomLine(report, version, log)],
        },
        format,
        output,
      );
      const isRows = format === 'csv' || format === 'tsv';
      // One head for all rows; a blank line between what people read.
      if (isRows) yield isFirst ? text : text.slice(text.indexOf('\n') + 1);
      else yield isFirst || format === 'ndjson' ? text : `\n${text}`;
    }
    isFirst = false;
  }
  if (format !== 'json') return;
  const document = { format: OOM_FORMAT, program: { version }, log, reports: all };
  const { renderJson } = await import('../../render/json.ts');
  yield renderJson(document);
}

async function runOom(
  file: string | undefined,
  flags: OomFlags,
  streams: Streams,
): Promise<number> {
  if (file === undefined) throw new InputError("oom: expected a kernel's log, or - for stdin");
  if (flags.topology !== undefined && flags.cpus !== undefined) {
    throw new InputError('--topology and --cpus: expected one of the two');
  }
  if (file === '-' && flags.topology === '-') {
    throw new InputError('standard input: is both the machine and the log');
  }
  return interruptible(async (signal) => {
    const output = openOutput(flags, streams, signal);
    const told: Told = {
      kernel: flags.kernel ?? null,
      scheme: flags.scheme ?? null,
      topology:
        flags.topology === undefined ? null : await readTopology(flags.topology, streams, signal),
      cpus: flags.cpus ?? null,
      pageSize: flags.pageSize ?? null,
      threads: flags.threads ?? { all: null, of: new Map() },
    };
    const chunks =
      file === '-'
        ? readStdin(streams.stdin, signal)
        : readChunks(createReadStream(file), file, signal);
    const [log, origin] =
      file === '-' ? ['standard input', 'standard input'] : [basename(file), file];
    const counts = { all: 0, certain: 0 };
    async function* counted(): AsyncGenerator<JudgedReport> {
      for await (const report of judgedReports(chunks, origin, told)) {
        counts.all += 1;
        if (report.verdict === 'certain') counts.certain += 1;
        yield report;
      }
    }
    const reproduce = shellWords(reproduceWords(file, flags));
    await writeLines(pieces(counted(), flags, log, reproduce, output), output.openSink(), signal);
    if (flags.failUncertain !== true || counts.certain === counts.all) return EXIT.done;
    streams.stderr.write(
      `rss-err: ${counts.all - counts.certain} of ${formatCount(counts.all, 'choice')} not certain (--fail-uncertain)\n`,
    );
    return EXIT.failed;
  });
}
