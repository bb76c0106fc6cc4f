/** `rss-err oom`: a log's reports → judged one by one → rendered → written. */
import { basename } from 'node:path';
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { besideLines, createReadingProgress, JUDGING } from '../../cli/heartbeat.ts';
import { demandOneStdin, openMeasured, originOf } from '../../cli/input.ts';
import { readTopology } from '../../cli/machine.ts';
import { reproduceLine } from '../../cli/options.ts';
import { writeLines } from '../../cli/output.ts';
import { type Output, openOutput } from '../../cli/output-options.ts';
import { type Session, writeRemarks } from '../../cli/streams.ts';
import { InputError, within } from '../../errors.ts';
import { LINE_END, LONGEST_LINE, lineBlocks } from '../../input/text-lines.ts';
import { createLogScan } from '../../recorded/oom/log-scan.ts';
import { createOomReader, WORD_KEYS } from '../../recorded/oom/reader.ts';
import { formatCount } from '../../render/amounts.ts';
import { type Format, isPicture, renderJson, renderReport } from '../../render/formats.ts';
import { version } from '../../version.ts';
import { contradictionsOf } from './contradictions.ts';
import { oomLegend } from './legend.ts';
import { OOM_OPTIONS, type OomFlags, oneScheme } from './options.ts';
import type { JudgedReport, OomResult } from './result.ts';
import { type Given, judgeReport } from './study.ts';
import { oomView } from './view.ts';

const reproduce = (file: string, flags: OomFlags) => {
  const { kernel, scheme, topology, cpus, threads, pageSize, format, unit } = flags;
  const asked = { kernel, scheme, topology, cpus, threads, pageSize, format, unit };
  return reproduceLine(['oom', file], OOM_OPTIONS, asked);
};

/** The reports of a log, each judged as soon as the log ends it. @throws InputError where it has none. */
async function* judgedReports(
  chunks: AsyncIterable<Buffer | string>,
  origin: string,
  given: Given,
  remark: (text: string) => void,
): AsyncGenerator<JudgedReport> {
  const reader = createOomReader();
  const scan = createLogScan(WORD_KEYS);
  const killedBefore = new Set<number>();
  let reports = 0;
  let lines = 0;
  function* judged(report: ReturnType<typeof reader.end>): Generator<JudgedReport> {
    if (report === null) return;
    reports += 1;
    for (const text of within(origin, () => contradictionsOf(report, given))) remark(text);
    yield judgeReport(report, reports, given, killedBefore);
    for (const { pid } of report.killed) killedBefore.add(pid);
  }
  for await (const bytes of lineBlocks(chunks, 'cut')) {
    scan.take(bytes);
    for (let at = 0; at < bytes.length; ) {
      if (!reader.isOpen()) {
        const found = scan.next(at);
        reader.skip(scan.lines());
        lines += scan.lines();
        if (found === bytes.length) break;
        at = bytes.lastIndexOf(LINE_END, found) + 1;
      }
      const end = bytes.indexOf(LINE_END, at);
      const text = bytes.toString('utf8', at, end);
      yield* judged(reader.read(text.slice(0, LONGEST_LINE)));
      lines += 1;
      at = end + 1;
    }
  }
  yield* judged(reader.end());
  if (reports > 0) return;
  throw new InputError(
    `no report of the OOM killer in ${formatCount(lines, 'line')}: expected a kernel's log with "invoked oom-killer" or "Tasks state"`,
  ).within(origin);
}

/** Each report as it comes; of JSON, which is one document, all of them at the end. */
async function* pieces(
  reports: AsyncIterable<JudgedReport>,
  { unit }: OomFlags,
  format: Format,
  log: string,
  reproduce: string,
  output: Output,
): AsyncGenerator<string> {
  const all: JudgedReport[] = [];
  const resultOf = (reports: OomResult['reports']): OomResult => ({
    format: 'rss-err/oom@1',
    program: { version },
    log,
    reports,
  });
  let isFirst = true;
  for await (const report of reports) {
    if (format === 'json') all.push(report);
    else {
      const text = await renderReport(
        {
          view: () => oomView(report, { version, log, unit, reproduce }),
          result: resultOf([report]),
          schema: async () => (await import('./result.ts')).oomResult,
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
  if (format === 'json') yield renderJson(resultOf(all));
}

/** The picture of a log's one report. @throws InputError where there are more. */
async function draw(
  reports: AsyncIterable<JudgedReport>,
  { unit, format }: OomFlags,
  log: string,
  reproduce: string,
  output: Output,
): Promise<void> {
  const all: JudgedReport[] = [];
  for await (const report of reports) all.push(report);
  const [report, ...more] = all;
  if (report === undefined || more.length > 0) {
    throw new InputError(
      `--format ${format}: a picture is of one report, and ${log} has ${all.length}: expected one of them alone`,
    );
  }
  await output.show({
    view: () => oomView(report, { version, log, unit, reproduce }),
    picture: async () => (await import('./picture.ts')).oomPicture(report, unit),
    result: report,
    schema: async () => (await import('./result.ts')).oomResult,
  });
}

async function givenOf(flags: OomFlags, session: Session): Promise<Given> {
  const { kernel = null, cpus = null, pageSize = null, topology, scheme } = flags;
  return {
    ...{ kernel, cpus, pageSize, scheme: oneScheme(scheme) },
    topology: topology === undefined ? null : await readTopology(topology, session),
    threads: flags.threads ?? { all: null, of: new Map() },
  };
}

async function runLog(file: string, flags: OomFlags, session: Session): Promise<number> {
  demandOneStdin([
    ['the machine', flags.topology],
    ['the log', file],
  ]);
  const output = openOutput(flags, session);
  const given = await givenOf(flags, session);
  const log = file === '-' ? originOf(file) : basename(file);
  const counts = { all: 0, certain: 0 };
  const input = openMeasured(file, session);
  const { heartbeat, clear } = createReadingProgress(
    input,
    besideLines(flags.output, session),
    JUDGING,
  );
  async function* chunks() {
    for await (const chunk of input.chunks) {
      await heartbeat(counts.all);
      yield chunk;
    }
  }
  const told = new Set<string>();
  // Of a boot once, however many its reports are.
  function remark(text: string): void {
    if (told.has(text)) return;
    told.add(text);
    clear();
    writeRemarks(originOf(file), [text], session.stderr);
  }
  async function* counted(): AsyncGenerator<JudgedReport> {
    for await (const report of judgedReports(chunks(), originOf(file), given, remark)) {
      counts.all += 1;
      if (report.verdict === 'certain') counts.certain += 1;
      yield report;
    }
  }
  const { format } = flags;
  const again = reproduce(file, flags);
  if (isPicture(format)) {
    await draw(counted(), flags, log, again, output).finally(clear);
  } else {
    const texts = pieces(counted(), flags, format, log, again, output);
    await writeLines(texts, output.openSink(), session.signal).finally(clear);
  }
  if (flags.failUncertain !== true || counts.certain === counts.all) return EXIT.done;
  session.stderr.write(
    `rss-err: ${counts.all - counts.certain} of ${formatCount(counts.all, 'choice')} not certain (--fail-uncertain)\n`,
  );
  return EXIT.failed;
}

export const oomCommand = defineCommand({
  name: 'oom',
  description: "was the OOM killer's choice certain? its reports judged, from a kernel's log",
  argument: ['[file|-]', 'dmesg, journalctl -k, kern.log or a serial console, or - for stdin'],
  options: OOM_OPTIONS,
  examples: ['dmesg | rss-err oom - --fail-uncertain', 'rss-err oom kern.log --topology pu:64'],
  helpLines: oomLegend,
  settle: ({ policy }) => ({ policy: policy ?? 'sticky' }),
  async study(flags, session) {
    return (await import('./model-command.ts')).studiedModel(flags, session);
  },
  async run(flags, session, [file]) {
    if (flags.model === true) {
      if (file !== undefined) throw new InputError(`${file}: --model has no log`);
      return (await import('./model-command.ts')).runModel(flags, session);
    }
    if (file === undefined) throw new InputError("oom: expected a kernel's log, or - for stdin");
    return runLog(file, flags, session);
  },
});
