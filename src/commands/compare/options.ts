/** What `compare`, `replay` and `processes` have in common: options, how a run is shown and judged. */
import { EXIT } from '../../cli/exit-code.ts';
import { readDocument } from '../../cli/input.ts';
import { KERNEL_OPTION, pageSizeOption, READER_OPTION, SCHEME } from '../../cli/kernel-options.ts';
import { TOPOLOGY } from '../../cli/machine.ts';
import {
  excludes,
  type FlagsOf,
  goesWith,
  goesWithout,
  grouped,
  listOption,
  option,
  ruled,
  showing,
  toggle,
  type Value,
} from '../../cli/options.ts';
import { OUTPUT_OPTIONS, type Output, PICTURED_OPTIONS } from '../../cli/output-options.ts';
import type { Session, Streams } from '../../cli/streams.ts';
import { choice, MEMORY_SIZE, sizeInBytes, TEXT, wholeNumber } from '../../cli/values.ts';
import { InputError } from '../../errors.ts';
import { type KernelRelease, schemeOfRelease } from '../../kernel/releases.ts';
import { type Seen, type SeenReader, seenOn } from '../../kernel/seen.ts';
import { formatBytes } from '../../render/amounts.ts';
import type { Format, Pictured, PictureFormat, Report } from '../../render/formats.ts';
import type { TextView } from '../../render/view.ts';
import { listed } from '../../render/words.ts';
import {
  createCounters,
  DEFAULT_SCHEMES,
  formatScheme,
  parseScheme,
  type SchemeSpec,
} from '../../schemes/registry.ts';
import type { Topology } from '../../topology/topology.ts';
import { type PageSize, type Pages, pagesToBytes } from '../../units.ts';
import { MOST_OPERATIONS } from '../../workload/workload.ts';
import type { MeasureRequest } from './measure.ts';
import type { MeasuredRun, Reading } from './result.ts';
import type { CostRequest } from './run-cost.ts';
import type { ViewChoices } from './view.ts';

const READINGS = ['clamped', 'raw'] as const satisfies readonly Reading[];

/** `verb`: what is done with a scheme. */
export function schemeOption(verb: string) {
  return listOption(
    '--scheme <name[:key=value,…]>',
    `scheme to ${verb}, repeatable (default: ${DEFAULT_SCHEMES.join(', ')})`,
    SCHEME,
    'repeated',
  );
}

export const SEEN_OPTIONS = {
  kernel: ruled(KERNEL_OPTION, excludes('--scheme')),
  reader: ruled(READER_OPTION, goesWith('--kernel')),
};

export const MACHINE_OPTIONS = {
  topology: TOPOLOGY,
  scheme: schemeOption('compare'),
  ...SEEN_OPTIONS,
  pageSize: pageSizeOption(),
};

export const READING_OPTIONS = showing({
  reading: option('--reading <which>', 'clamped (what a reader sees) or raw', choice(READINGS), {
    default: 'clamped',
    terse: true,
    rules: [goesWithout('--reader')],
  }),
  failAbove: option(
    '--fail-above <size>',
    'exit 1 if a clamped error is larger: pages, or as 200MiB',
    MEMORY_SIZE,
  ),
});

const OPERATIONS = wholeNumber(0, MOST_OPERATIONS);

/** Operations, or the word. */
const WARM_UP: Value<number | 'auto'> = {
  parse: (text, flag) => (text === 'auto' ? text : OPERATIONS.parse(text, flag)),
  format: String,
};

export const WARM_UP_OPTION = option(
  '--warm-up <n|auto>',
  'operations at the start that are told apart; auto: until the process has its size',
  WARM_UP,
  { default: 0, terse: true },
);

/** `level`: where auto ends it. */
export function warmUpOf(
  warmUp: number | 'auto',
  level: () => Pages,
): Pick<MeasureRequest, 'warmUp'> {
  if (warmUp === 'auto') return { warmUp: { pages: level() } };
  return warmUp === 0 ? {} : { warmUp: { operations: warmUp } };
}

export const COST_OPTIONS = grouped('Cost', {
  cost: toggle(
    '--cost',
    'count what the updates cost: touches of counter lines, how far they came',
  ),
  latency: option(
    '--latency <file|->',
    'with --cost: latencies (JSON) that make a modelled time of the counts',
    TEXT,
    { rules: [goesWith('--cost')] },
  ),
});

/** How a run is shown and judged, with what it may cost. */
export const RUN_OPTIONS = { ...OUTPUT_OPTIONS, ...grouped('Output', READING_OPTIONS) };

/** Of runs that are drawn as well. */
export const PICTURED_RUN_OPTIONS = { ...RUN_OPTIONS, ...PICTURED_OPTIONS };

type RunFlags = Omit<FlagsOf<typeof RUN_OPTIONS>, 'format'> & {
  readonly format: Format | PictureFormat;
};

/** The schemes asked for, or the kernel's. @throws InputError where one is there twice: two rows of one name. */
export function schemesOf({
  scheme,
  kernel,
}: {
  readonly scheme: readonly SchemeSpec[] | undefined;
  readonly kernel: KernelRelease | undefined;
}): readonly SchemeSpec[] {
  if (kernel !== undefined) return [parseScheme(schemeOfRelease(kernel).value)];
  const schemes = scheme ?? DEFAULT_SCHEMES.map(parseScheme);
  const names = schemes.map(formatScheme);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new InputError(`--scheme ${twice} is given twice`);
  return schemes;
}

/** As schemesOf(). @throws InputError too where the machine does not describe what one needs. */
export function schemesOn(
  topology: Topology,
  flags: Parameters<typeof schemesOf>[0],
): readonly SchemeSpec[] {
  const schemes = schemesOf(flags);
  for (const spec of schemes) createCounters(topology, spec);
  return schemes;
}

/** Undefined where no cost is asked for. @throws InputError within the file of latencies. */
export async function readCostRequest(
  { cost, latency }: FlagsOf<typeof COST_OPTIONS>,
  session: Session,
): Promise<CostRequest | undefined> {
  if (cost === undefined) return undefined;
  if (latency === undefined) return { latency: null };
  const { origin, text } = await readDocument(latency, session);
  const { parseLatencyTable } = await import('../../schemes/latency.ts');
  return { latency: parseLatencyTable(text, origin) };
}

/** The exit code that --fail-above makes of the largest clamped error; where it fails a line says so. */
export function exitCodeOf(
  { name, pages }: { readonly name: string; readonly pages: Pages },
  { failAbove }: Pick<RunFlags, 'failAbove'>,
  bytesPerPage: PageSize,
  stderr: Streams['stderr'],
): number {
  const bytes = pagesToBytes(pages, bytesPerPage);
  const limit =
    failAbove === undefined ? Number.POSITIVE_INFINITY : sizeInBytes(failAbove, bytesPerPage);
  if (bytes <= limit) return EXIT.done;
  stderr.write(
    `rss-err: ${name} was off by ${formatBytes(bytes)}, more than ${formatBytes(limit)} (--fail-above)\n`,
  );
  return EXIT.failed;
}

/** What a run is shown by. */
interface Shown<R> extends Pick<Report, 'schema'> {
  readonly viewOf: (result: R, choices: ViewChoices) => TextView;
  /** Absent: there is no picture of it. */
  readonly pictureOf?: (result: R, choices: ViewChoices) => Promise<Pictured>;
}

/** Writes a run, or what several say together, and returns the exit code that --fail-above makes of it. */
export async function writeRun<R extends Pick<MeasuredRun, 'topology'>>(
  result: R,
  largest: Parameters<typeof exitCodeOf>[0],
  { schema, viewOf, pictureOf }: Shown<R>,
  reproduce: string,
  flags: RunFlags,
  output: Output,
  { stderr }: Pick<Streams, 'stderr'>,
): Promise<number> {
  const { unit, reading } = flags;
  const choices = { unit, reading, reproduce };
  await output.show({
    view: () => viewOf(result, choices),
    result,
    schema,
    picture: async () => (await pictureOf?.(result, choices)) ?? null,
  });
  return exitCodeOf(largest, flags, result.topology.pageSize, stderr);
}

type SeenFlags = FlagsOf<typeof SEEN_OPTIONS>;

const WHOLE = ['file', 'anon', 'shmem'] as const;

/** What a study can show of a reader: RSS as it is now, or one member of it too, or whatever it reads. */
type Shows = 'rss' | 'members' | 'any';

/** Why the study cannot show what this reader gets; null where it can. */
function faultOf(reader: SeenReader, kernel: string, shows: Shows): string | null {
  const { word, sums, members, isPeak, source } = reader;
  if (sums === 'none') return `there is none on ${kernel}: ${source}`;
  if (sums === 'own') return `made of no counter of RSS: ${source}`;
  if (word === 'rss_stat') return 'tells one member at a time: expected one that reads RSS';
  if (shows === 'any' || sums === 'walk') return null;
  if (isPeak) return 'tells the highest so far, not what is now: rss-err bound has its worst case';
  if (shows === 'members' && members.length === 1) return null;
  if (WHOLE.every((member) => members.includes(member))) return null;
  const alone = members.length === 1 ? ': rss-err processes shows it alone' : '';
  return `reads ${listed(members)}, not the whole of RSS${alone}`;
}

/**
 * Undefined without --kernel.
 * @throws InputError where the study cannot show what the reader gets.
 */
export function seenOf({ kernel, reader }: SeenFlags, shows: Shows = 'rss'): Seen | undefined {
  if (kernel === undefined) return undefined;
  const seen = seenOn(kernel, reader);
  const fault = seen.reader === null ? null : faultOf(seen.reader, kernel.text, shows);
  if (fault === null) return seen;
  throw new InputError(`--reader ${seen.reader?.word}: ${fault}`);
}
