/** `rss-err compare`: options → one study → render → write. */
import { Chalk } from 'chalk';
import { Command } from 'commander';
import { InputError } from '../input-error.ts';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { formatBytes, UNIT_CHOICES, type UnitChoice } from '../report/amounts.ts';
import { FORMATS, type Format, renderComparison } from '../report/formats.ts';
import { DEFAULT_SCHEMES, formatScheme, parseScheme } from '../schemes/registry.ts';
import { type CompareRequest, compare } from '../study/compare.ts';
import type { Reading } from '../study/comparison.ts';
import { largestObserved } from '../study/measure.ts';
import { type PageSize, pagesToBytes } from '../units/pages.ts';
import { COLOUR_CHOICES, type ColourChoice, colourLevel, drawsBoxes } from './colour.ts';
import { EXIT } from './exit-code.ts';
import { createProgress } from './heartbeat.ts';
import { catchInterruption } from './interruption.ts';
import { demandWritable, writeToStream, writeWhole } from './output.ts';
import { shellWords } from './shell-words.ts';
import type { Streams } from './streams.ts';
import { readTopology } from './topology-option.ts';
import { choice, type MemorySize, memorySize, pageSize } from './values.ts';
import { version } from './version.ts';
import { workloadArguments } from './workload-arguments.ts';
import { addWorkloadOptions, type WorkloadFlags, workloadOf } from './workload-options.ts';

const READINGS = ['clamped', 'raw'] as const satisfies readonly Reading[];

interface CompareFlags extends WorkloadFlags {
  readonly topology: string;
  readonly scheme?: readonly SchemeSpec[];
  readonly format: Format;
  readonly unit: UnitChoice;
  readonly pageSize?: PageSize;
  readonly reading: Reading;
  readonly output?: string;
  readonly color: ColourChoice;
  readonly failAbove?: MemorySize;
}

export function compareCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  const command = new Command('compare')
    .description('compare the bounds and the observed error of RSS counting schemes')
    .option('--topology <file|name|->', 'machine: a file, a bundled name, or - for stdin', '250cpu')
    .option(
      '--scheme <name[:key=value,…]>',
      `scheme to compare, repeatable (default: ${DEFAULT_SCHEMES.join(', ')})`,
      (text: string, specs: readonly SchemeSpec[] = []) => [...specs, parseScheme(text)],
    );
  return addWorkloadOptions(command)
    .option(
      '--format <name>',
      `output: ${FORMATS.join(', ')}`,
      choice('--format', FORMATS),
      'table',
    )
    .option(
      '--unit <unit>',
      `unit of tables, of ${UNIT_CHOICES.join(', ')}; machine formats are in pages`,
      choice('--unit', UNIT_CHOICES),
      'pages',
    )
    .option(
      '--page-size <size>',
      "base page: 4K, 16K, 64K (default: the machine's)",
      pageSize('--page-size'),
    )
    .option(
      '--reading <which>',
      'clamped (what a reader sees) or raw',
      choice('--reading', READINGS),
      'clamped',
    )
    .option('--output <file>', 'write the result to a file, whole or not at all')
    .option(
      '--color <when>',
      `colour: ${COLOUR_CHOICES.join(', ')}`,
      choice('--color', COLOUR_CHOICES),
      'auto',
    )
    .option(
      '--fail-above <size>',
      'exit 1 if an observed error is larger: pages, or as 200MiB',
      memorySize('--fail-above'),
    )
    .action(async (flags: CompareFlags) => setExitCode(await runCompare(flags, streams)));
}

/** The same scheme twice would give two rows of one name. */
function demandDistinct(schemes: readonly SchemeSpec[]): readonly SchemeSpec[] {
  const names = schemes.map(formatScheme);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new InputError(`--scheme ${twice} is given twice`);
  return schemes;
}

function reproduceWords(
  flags: CompareFlags,
  { workload, topology, preset }: CompareRequest,
): string[] {
  return [
    ...['rss-err', 'compare', '--topology', flags.topology],
    ...workloadArguments(workload, preset, topology),
    ...(flags.scheme ?? []).flatMap((spec) => ['--scheme', formatScheme(spec)]),
    ...(flags.pageSize === undefined ? [] : ['--page-size', `${flags.pageSize / 1024}K`]),
    ...(flags.reading === 'clamped' ? [] : ['--reading', flags.reading]),
  ];
}

/** The threshold of --fail-above in bytes, or none. */
function threshold(size: MemorySize | undefined, bytesPerPage: PageSize): number {
  if (size === undefined) return Number.POSITIVE_INFINITY;
  return size.amount * (size.bytesEach ?? bytesPerPage);
}

async function runCompare(flags: CompareFlags, streams: Streams): Promise<number> {
  if (flags.output !== undefined) demandWritable(flags.output);
  const interruption = catchInterruption();
  try {
    const topology = await readTopology(flags.topology, streams, interruption.signal);
    const bytesPerPage = flags.pageSize ?? topology.pageSize;
    const request: CompareRequest = {
      version,
      topology,
      pageSize: bytesPerPage,
      preset: flags.preset,
      workload: workloadOf(flags, topology, bytesPerPage),
      schemes: demandDistinct(flags.scheme ?? DEFAULT_SCHEMES.map(parseScheme)),
    };
    const progress = createProgress(
      request.workload.operations,
      streams.stderr.isTTY ? streams.stderr : null,
      interruption.signal,
    );
    const comparison = await compare(request, progress.heartbeat).finally(progress.clear);
    const level = flags.output === undefined ? colourLevel(flags.color, streams) : 0;
    const text = await renderComparison(comparison, flags.format, {
      unit: flags.unit,
      reading: flags.reading,
      reproduce: shellWords(reproduceWords(flags, request)),
      terminal: flags.output === undefined && (level > 0 || drawsBoxes(streams)),
      chalk: new Chalk({ level }),
    });
    interruption.signal.throwIfAborted();
    if (flags.output === undefined) await writeToStream(streams.stdout, text);
    else writeWhole(flags.output, text);

    const { name, pages } = largestObserved(comparison);
    const bytes = pagesToBytes(pages, bytesPerPage);
    const limit = threshold(flags.failAbove, bytesPerPage);
    if (bytes <= limit) return EXIT.done;
    streams.stderr.write(
      `rss-err: ${name} was off by ${formatBytes(bytes)}, more than ${formatBytes(limit)} (--fail-above)\n`,
    );
    return EXIT.failed;
  } finally {
    interruption.release();
  }
}
