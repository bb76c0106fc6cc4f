/** What `compare` and `replay` have in common: machine, schemes, how a run is shown and judged. */
import type { Command } from 'commander';
import { EXIT } from '../../cli/exit-code.ts';
import type { Output, OutputFlags } from '../../cli/output-options.ts';
import { shellWords } from '../../cli/shell-words.ts';
import type { Streams } from '../../cli/streams.ts';
import { addTopologyOption } from '../../cli/topology-option.ts';
import { choice, type MemorySize, memorySize, pageSize } from '../../cli/values.ts';
import { InputError } from '../../errors.ts';
import { formatBytes } from '../../render/amounts.ts';
import { type Medium, type Report, renderReport } from '../../render/formats.ts';
import type { TextView } from '../../render/view.ts';
import {
  DEFAULT_SCHEMES,
  formatScheme,
  parseScheme,
  type SchemeSpec,
} from '../../schemes/registry.ts';
import { type PageSize, type Pages, pagesToBytes } from '../../units.ts';
import { type CostFlags, costWords } from './cost-options.ts';
import { largestObserved } from './measure.ts';
import { largestOfRuns } from './repeat.ts';
import type { MeasuredRun, Reading, Repeated } from './result.ts';
import type { ViewChoices } from './view.ts';

const READINGS = ['clamped', 'raw'] as const satisfies readonly Reading[];

export interface RunFlags extends OutputFlags, CostFlags {
  readonly topology?: string;
  readonly scheme?: readonly SchemeSpec[];
  readonly pageSize?: PageSize;
  readonly reading: Reading;
  readonly failAbove?: MemorySize;
}

export function addMachineOptions(command: Command): Command {
  return addTopologyOption(command)
    .option(
      '--scheme <name[:key=value,…]>',
      `scheme to compare, repeatable (default: ${DEFAULT_SCHEMES.join(', ')})`,
      (text: string, specs: readonly SchemeSpec[] = []) => [...specs, parseScheme(text)],
    )
    .option(
      '--page-size <size>',
      "base page: 4K, 16K, 64K (default: the machine's)",
      pageSize('--page-size'),
    );
}

export function addReadingOptions(command: Command): Command {
  return command
    .option(
      '--reading <which>',
      'clamped (what a reader sees) or raw',
      choice('--reading', READINGS),
      'clamped',
    )
    .option(
      '--fail-above <size>',
      'exit 1 if a clamped error is larger: pages, or as 200MiB',
      memorySize('--fail-above'),
    );
}

/** The schemes asked for. @throws InputError where one is there twice: two rows of one name. */
export function schemesOf({ scheme }: Pick<RunFlags, 'scheme'>): readonly SchemeSpec[] {
  const schemes = scheme ?? DEFAULT_SCHEMES.map(parseScheme);
  const names = schemes.map(formatScheme);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new InputError(`--scheme ${twice} is given twice`);
  return schemes;
}

/** The words of these options that make a result what it is, for "reproduce". */
export function runWords(flags: RunFlags): string[] {
  return [
    ...(flags.scheme ?? []).flatMap((spec) => ['--scheme', formatScheme(spec)]),
    ...(flags.pageSize === undefined ? [] : ['--page-size', `${flags.pageSize / 1024}K`]),
    ...(flags.reading === 'clamped' ? [] : ['--reading', flags.reading]),
    ...costWords(flags),
  ];
}

/** The threshold of --fail-above in bytes; none is infinite. */
function threshold(size: MemorySize | undefined, bytesPerPage: PageSize): number {
  if (size === undefined) return Number.POSITIVE_INFINITY;
  return size.amount * (size.bytesEach ?? bytesPerPage);
}

/** The exit code that --fail-above makes of the largest clamped error; where it fails a line says so. */
export function exitCodeOf(
  { name, pages }: { readonly name: string; readonly pages: Pages },
  { failAbove }: Pick<RunFlags, 'failAbove'>,
  bytesPerPage: PageSize,
  stderr: Streams['stderr'],
): number {
  const bytes = pagesToBytes(pages, bytesPerPage);
  const limit = threshold(failAbove, bytesPerPage);
  if (bytes <= limit) return EXIT.done;
  stderr.write(
    `rss-err: ${name} was off by ${formatBytes(bytes)}, more than ${formatBytes(limit)} (--fail-above)\n`,
  );
  return EXIT.failed;
}

function choicesOf(
  { unit, reading }: RunFlags,
  words: readonly string[],
  { terminal, chalk }: Output,
): ViewChoices & Medium {
  return { unit, reading, reproduce: shellWords(words), terminal, chalk };
}

/** What a run is shown by. */
interface Shown<R> extends Pick<Report, 'schema'> {
  readonly viewOf: (result: R, choices: ViewChoices) => TextView;
}

/** Writes a run, and returns the exit code that --fail-above makes of it. */
export async function writeRun<R extends MeasuredRun>(
  result: R,
  { schema, viewOf }: Shown<R>,
  words: readonly string[],
  flags: RunFlags,
  output: Output,
  { stderr }: Pick<Streams, 'stderr'>,
): Promise<number> {
  const choices = choicesOf(flags, words, output);
  const report: Report = { view: () => viewOf(result, choices), result, schema };
  await output.write(await renderReport(report, flags.format, choices));
  return exitCodeOf(largestObserved(result), flags, result.topology.pageSize, stderr);
}

/** Writes what several runs say together, as writeRun(). */
export async function writeRepeated(
  result: Repeated,
  words: readonly string[],
  flags: RunFlags,
  output: Output,
  { stderr }: Pick<Streams, 'stderr'>,
): Promise<number> {
  const choices = choicesOf(flags, words, output);
  const { repeatedView } = await import('./repeated-view.ts');
  const report: Report = {
    view: () => repeatedView(result, choices),
    result,
    schema: async () => (await import('./result.ts')).repeatedResult,
  };
  await output.write(await renderReport(report, flags.format, choices));
  return exitCodeOf(largestOfRuns(result), flags, result.topology.pageSize, stderr);
}
