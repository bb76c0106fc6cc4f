/** `rss-err witness`: the update stream that attains a scheme's exact worst case. */
import { Command } from 'commander';
import type { SchemeSpec } from '../kernel/scheme-spec.ts';
import { parseScheme } from '../schemes/registry.ts';
import { type WitnessRequest, witnessOf } from '../study/witness.ts';
import type { PageSize } from '../units/pages.ts';
import { CSV_HEAD, formatCsvLine } from '../update/recorded-csv.ts';
import { formatNdjsonLine } from '../update/recorded-ndjson.ts';
import { DIRECTIONS, type Direction } from '../workload/adversary.ts';
import { MOST_THREADS } from '../workload/workload.ts';
import { selectCpus } from './cpu-selection.ts';
import { EXIT } from './exit-code.ts';
import { catchInterruption } from './interruption.ts';
import { demandWritable, fileSink, type LineSink, streamSink } from './output.ts';
import type { Streams } from './streams.ts';
import { readTopology } from './topology-option.ts';
import { choice, type MemorySize, memorySize, pageSize, wholeNumber } from './values.ts';
import { version } from './version.ts';

const STREAM_FORMATS = ['ndjson', 'csv'] as const;

interface WitnessFlags {
  readonly topology: string;
  readonly scheme: SchemeSpec;
  readonly direction: Direction;
  readonly used?: string;
  readonly threads: number;
  readonly pageSize?: PageSize;
  readonly memory?: MemorySize;
  readonly format: (typeof STREAM_FORMATS)[number];
  readonly output?: string;
}

export function witnessCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  return new Command('witness')
    .description("write an update stream that attains a scheme's exact worst case")
    .requiredOption('--scheme <name[:key=value,…]>', 'the scheme', parseScheme)
    .option('--topology <file|name|->', 'machine: a file, a bundled name, or - for stdin', '250cpu')
    .option(
      '--direction <side>',
      `which side of the truth to read: ${DIRECTIONS.join(', ')}`,
      choice('--direction', DIRECTIONS),
      'under',
    )
    .option('--used <cpulist>', 'CPUs that the stream may use, or node:0 (default: all on-line)')
    .option('--threads <n>', 'threads of the process', wholeNumber('--threads', 1, MOST_THREADS), 5)
    .option(
      '--memory <size>',
      'most that the process may hold (default: what the machine can)',
      memorySize('--memory'),
    )
    .option(
      '--page-size <size>',
      "base page: 4K, 16K, 64K (default: the machine's)",
      pageSize('--page-size'),
    )
    .option(
      '--format <name>',
      `output: ${STREAM_FORMATS.join(', ')}`,
      choice('--format', STREAM_FORMATS),
      'ndjson',
    )
    .option('--output <file>', 'write the stream to a file, whole or not at all')
    .action(async (flags: WitnessFlags) => setExitCode(await runWitness(flags, streams)));
}

/** Records are gathered to about this many characters before they are written. */
const CHUNK = 65_536;

async function writeLines(
  lines: Iterable<string>,
  sink: LineSink,
  signal: AbortSignal,
): Promise<void> {
  let text = '';
  for (const line of lines) {
    text += line;
    if (text.length < CHUNK) continue;
    if (!(await sink.write(text))) return;
    signal.throwIfAborted();
    text = '';
  }
  await sink.write(text);
  sink.commit();
}

async function runWitness(flags: WitnessFlags, streams: Streams): Promise<number> {
  if (flags.output !== undefined) demandWritable(flags.output);
  const interruption = catchInterruption();
  try {
    const topology = await readTopology(flags.topology, streams, interruption.signal);
    const bytesPerPage = flags.pageSize ?? topology.pageSize;
    const request: WitnessRequest = {
      version,
      spec: flags.scheme,
      direction: flags.direction,
      topology,
      pageSize: bytesPerPage,
      cpus: selectCpus('--used', flags.used, topology),
      threads: flags.threads,
      memory:
        flags.memory === undefined
          ? null
          : flags.memory.amount * (flags.memory.bytesEach ?? bytesPerPage),
    };
    const witness = witnessOf(request);
    const isCsv = flags.format === 'csv';
    function* lines() {
      yield isCsv ? CSV_HEAD : `${JSON.stringify(witness.header)}\n`;
      for (const record of witness.records()) {
        yield isCsv ? formatCsvLine(record) : formatNdjsonLine(record);
      }
    }
    const sink = flags.output === undefined ? streamSink(streams.stdout) : fileSink(flags.output);
    await writeLines(lines(), sink, interruption.signal).finally(() => sink.discard());
    return EXIT.done;
  } finally {
    interruption.release();
  }
}
