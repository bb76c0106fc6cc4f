/** The options of `rss-err witness`: a stream to write, or a closed form to verify. */
import { Command } from 'commander';
import { addTopologyOption } from '../../cli/topology-option.ts';
import { choice, type MemorySize, memorySize, pageSize, wholeNumber } from '../../cli/values.ts';
import { InputError } from '../../errors.ts';
import { parseScheme, type SchemeSpec } from '../../schemes/registry.ts';
import type { PageSize } from '../../units.ts';
import { MOST_THREADS } from '../../workload/workload.ts';
import { DIRECTIONS, type Direction } from './witness-stream.ts';

const STREAM_FORMATS = ['ndjson', 'csv'] as const;
const VERIFY_FORMATS = ['table', 'json'] as const;
const FORMATS = [...STREAM_FORMATS, ...VERIFY_FORMATS] as const;

export interface WitnessFlags {
  readonly topology?: string;
  readonly scheme: SchemeSpec;
  readonly direction?: Direction;
  readonly used?: string;
  readonly threads: number;
  readonly pageSize?: PageSize;
  readonly memory?: MemorySize;
  readonly format?: (typeof FORMATS)[number];
  readonly output?: string;
  readonly verify?: true;
  readonly inFlight?: number;
  readonly updatePages?: number;
  readonly seconds?: number;
  readonly seed?: number;
}

/** An update is at most a huge page of 64 KiB base pages; more at once than this no table tells. */
const MOST_IN_FLIGHT = 65_536;
const MOST_UPDATE_PAGES = 8_192;
const MOST_SECONDS = 86_400;

export function witnessOptions(): Command {
  const command = new Command('witness')
    .description("write an update stream that attains a scheme's exact worst case, or verify it")
    .requiredOption('--scheme <name[:key=value,…]>', 'the scheme', parseScheme);
  return addTopologyOption(command)
    .option(
      '--direction <side>',
      `which side of the truth to read: ${DIRECTIONS.join(', ')} (default: under; to verify: both)`,
      choice('--direction', DIRECTIONS),
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
      `output: ${STREAM_FORMATS.join(', ')}; with --verify ${VERIFY_FORMATS.join(', ')}`,
      choice('--format', FORMATS),
    )
    .option('--output <file>', 'write to a file, whole or not at all')
    .option('--verify', 'replay the witness and search for anything beyond it instead')
    .option(
      '--in-flight <n>',
      'with --verify: also with so many updates at once (tree, per-numa)',
      wholeNumber('--in-flight', 1, MOST_IN_FLIGHT),
    )
    .option(
      '--update-pages <n>',
      'with --in-flight: most pages of one update (default: 1)',
      wholeNumber('--update-pages', 1, MOST_UPDATE_PAGES),
    )
    .option(
      '--seconds <n>',
      'with --verify: time limit of the search (default: 60)',
      wholeNumber('--seconds', 1, MOST_SECONDS),
    )
    .option(
      '--seed <n>',
      'with --verify: seed of a random search (default: 1)',
      wholeNumber('--seed', 0, Number.MAX_SAFE_INTEGER),
    );
}

const isOneOf = (choices: readonly string[], value: string | undefined) =>
  value === undefined || choices.includes(value);

/** @throws InputError where an option of one mode stands in the other. */
export function demandOneMode(flags: WitnessFlags): void {
  const { verify, format, inFlight, updatePages, seconds, seed } = flags;
  if (!isOneOf(verify === true ? VERIFY_FORMATS : STREAM_FORMATS, format)) {
    throw new InputError(
      verify === true
        ? `--format ${format}: a verification is ${VERIFY_FORMATS.join(' or ')}`
        : `--format ${format}: a stream is ${STREAM_FORMATS.join(' or ')}`,
    );
  }
  if (updatePages !== undefined && inFlight === undefined) {
    throw new InputError('--update-pages goes with --in-flight');
  }
  if (verify === true) return;
  const given = { '--in-flight': inFlight, '--seconds': seconds, '--seed': seed };
  const stray = Object.entries(given).find(([, value]) => value !== undefined);
  if (stray !== undefined) throw new InputError(`${stray[0]} goes with --verify`);
}
