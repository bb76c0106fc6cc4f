/** `rss-err replay --against`: recorded kernels → one study → render → write. */
import { basename } from 'node:path';
import type { Command } from 'commander';
import { readDocument } from '../../../cli/document.ts';
import { EXIT } from '../../../cli/exit-code.ts';
import { interruptible } from '../../../cli/interruption.ts';
import { type OutputFlags, openOutput } from '../../../cli/output-options.ts';
import { shellWords } from '../../../cli/shell-words.ts';
import type { Streams } from '../../../cli/streams.ts';
import { InputError } from '../../../errors.ts';
import type { KernelRun } from '../../../recorded/kernel-run/kernel-run.ts';
import { parseKernelRun } from '../../../recorded/kernel-run/read-kernel-run.ts';
import { type Format, type Report, renderNdjson, renderReport } from '../../../render/formats.ts';
import { version } from '../../../version.ts';
import { against, judgedReadings, judgeRun } from './judge-run.ts';
import type { AgainstReading } from './result.ts';
import { againstView } from './view.ts';

export interface AgainstFlags extends OutputFlags {
  readonly against: readonly string[];
  readonly readings?: boolean;
}

/** Options that have a meaning here; all others are of a replay of updates. */
const FITTING: readonly string[] = ['against', 'readings', 'format', 'unit', 'output', 'color'];

/** @throws InputError where a file of updates, or an option for them, stands beside --against. */
export function demandAgainstAlone(file: string | undefined, command: Command): void {
  if (file !== undefined) {
    throw new InputError(
      `${file}: --against has its own updates: give runs of real kernels behind it and no other file`,
    );
  }
  const given = command.options.filter(
    (option) => command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  const stranger = given.find((option) => !FITTING.includes(option.attributeName()));
  if (stranger !== undefined) throw new InputError(`${stranger.long} goes without --against`);
  const names = given.map((option) => option.attributeName());
  if (names.includes('readings') && names.includes('unit')) {
    throw new InputError('--unit goes without --readings');
  }
}

interface NamedRun {
  readonly name: string;
  readonly run: KernelRun;
}

async function readRun(
  file: string,
  { stdin }: Pick<Streams, 'stdin'>,
  signal: AbortSignal,
): Promise<NamedRun> {
  // What reads a stream leaves a listener behind: of this file's signal, not one a file of the run's.
  const { origin, text } = await readDocument(file, { stdin }, AbortSignal.any([signal]));
  return { name: file === '-' ? origin : basename(file), run: parseKernelRun(text, origin) };
}

function rowsOf({ name, run }: NamedRun): AgainstReading[] {
  return Array.from(judgedReadings(run), ({ predicted, recorded }) => ({
    format: 'rss-err/against-readings@1',
    run: name,
    step: recorded.step,
    precise: recorded.precise,
    recorded: recorded.approximate,
    predicted,
    residual: predicted - recorded.approximate,
  }));
}

/** @throws InputError for a format that has no rows. */
function demandRows(format: Format): void {
  if (format === 'table' || format === 'csv' || format === 'ndjson') return;
  throw new InputError(`--format ${format}: --readings are csv or ndjson`);
}

async function renderRows(readings: readonly AgainstReading[], format: Format): Promise<string> {
  if (format === 'ndjson') return renderNdjson(readings);
  const { renderColumns } = await import('../../../render/columns.ts');
  const { againstReadings } = await import('./result.ts');
  return renderColumns(againstReadings, { readings }, ',');
}

/** @returns the exit code: a reading or a raw value that is not the model's is a finding. */
export function replayAgainst(flags: AgainstFlags, streams: Streams): Promise<number> {
  const { against: files, format, unit } = flags;
  if (files.filter((file) => file === '-').length > 1) {
    throw new InputError('--against -: standard input is one run, not several');
  }
  if (flags.readings === true) demandRows(format);
  return interruptible(async (signal) => {
    const output = openOutput(flags, streams, signal);
    const runs: NamedRun[] = [];
    for (const file of files) runs.push(await readRun(file, streams, signal));
    const result = against(
      version,
      runs.map(({ run, name }) => judgeRun(run, name)),
    );
    signal.throwIfAborted();
    const reproduce = shellWords(['rss-err', 'replay', '--against', ...files]);
    const report: Report = {
      view: () => againstView(result, unit, reproduce),
      result,
      schema: async () => (await import('./result.ts')).againstResult,
    };
    await output.write(
      await (flags.readings === true
        ? renderRows(runs.flatMap(rowsOf), format)
        : renderReport(report, format, output)),
    );
    if (result.agrees) return EXIT.done;
    const { readings, readingsDiffer, rawValues, rawDiffer } = result.total;
    streams.stderr.write(
      `rss-err: ${readingsDiffer} of ${readings} readings and ${rawDiffer} of ${rawValues} raw values are not the model's\n`,
    );
    return EXIT.failed;
  });
}
