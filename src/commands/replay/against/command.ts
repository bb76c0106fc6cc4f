/** `rss-err replay --against`: recorded kernels → one study → render → write. */

import { basename } from 'node:path';
import { EXIT } from '../../../cli/exit-code.ts';
import { readDocument } from '../../../cli/input.ts';
import { letSignalsIn } from '../../../cli/interruption.ts';
import { reproduceLine } from '../../../cli/options.ts';
import { openOutput } from '../../../cli/output-options.ts';
import type { Session } from '../../../cli/streams.ts';
import { InputError } from '../../../errors.ts';
import { type KernelRun, membersAssumedEmpty } from '../../../recorded/kernel-run/kernel-run.ts';
import { parseKernelRun } from '../../../recorded/kernel-run/read-kernel-run.ts';
import { type Format, renderNdjson } from '../../../render/formats.ts';
import { version } from '../../../version.ts';
import { REPLAY_OPTIONS, type ReplayFlags } from '../options.ts';
import { against, judgedReadings, judgeRun } from './judge-run.ts';
import type { AgainstReading, JudgedRun } from './result.ts';
import { againstView } from './view.ts';

interface NamedRun {
  readonly name: string;
  readonly run: KernelRun;
}

async function readRun(file: string, session: Session): Promise<NamedRun> {
  // What reads a stream leaves a listener behind: of this file's signal, not one a file of the run's.
  const { origin, text } = await readDocument(file, {
    ...session,
    signal: AbortSignal.any([session.signal]),
  });
  const run = parseKernelRun(text, origin);
  const empty = membersAssumedEmpty(run);
  if (empty.length > 0) {
    const holders = run.scheme === 'per-cpu' ? 'CPUs' : 'threads';
    session.remarks.hold(origin, [
      `the first snapshot does not tell what ${holders} hold of ${empty.join(' and ')}: taken for 0`,
    ]);
  }
  return { name: file === '-' ? origin : basename(file), run };
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
export async function replayAgainst(
  files: readonly string[],
  flags: ReplayFlags,
  session: Session,
): Promise<number> {
  const { format, unit } = flags;
  if (files.filter((file) => file === '-').length > 1) {
    throw new InputError('--against -: standard input is one run, not several');
  }
  if (flags.readings === true) demandRows(format);
  const output = openOutput(flags, session);
  const runs: NamedRun[] = [];
  const judged: JudgedRun[] = [];
  for (const file of files) {
    const { name, run } = await readRun(file, session);
    await letSignalsIn(session);
    runs.push({ name, run });
    judged.push(judgeRun(run, name));
    await letSignalsIn(session);
  }
  const result = against(version, judged);
  const reproduce = reproduceLine(['replay'], REPLAY_OPTIONS, {
    ...{ format, unit, against: files },
  });
  if (flags.readings === true) await output.write(await renderRows(runs.flatMap(rowsOf), format));
  else {
    await output.show({
      view: () => againstView(result, unit, reproduce),
      result,
      schema: async () => (await import('./result.ts')).againstResult,
    });
  }
  if (result.agrees) return EXIT.done;
  const { readings, readingsDiffer, rawValues, rawDiffer } = result.total;
  session.stderr.write(
    `rss-err: ${readingsDiffer} of ${readings} readings and ${rawDiffer} of ${rawValues} raw values are not the model's\n`,
  );
  return EXIT.failed;
}
