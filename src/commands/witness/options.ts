/** The options of `rss-err witness`: a stream to write, or a closed form to verify. */

import { pageSizeOption, SCHEME } from '../../cli/kernel-options.ts';
import { TOPOLOGY } from '../../cli/machine.ts';
import { type FlagsOf, goesWith, goesWithout, grouped, option, toggle } from '../../cli/options.ts';
import { formatOfName, OUTPUT_FILE } from '../../cli/output-options.ts';
import { choice, MEMORY_SIZE, wholeNumber } from '../../cli/values.ts';
import { USED } from '../../cli/workload-options.ts';
import { InputError } from '../../errors.ts';
import { schemeOfRelease } from '../../kernel/releases.ts';
import { FORMATS } from '../../render/formats.ts';
import { parseScheme, type SchemeSpec } from '../../schemes/registry.ts';
import { MOST_THREADS } from '../../workload/workload.ts';
import { SEEN_OPTIONS } from '../compare/options.ts';
import { DIRECTIONS } from './witness-stream.ts';

const STREAM_FORMATS = ['ndjson', 'csv'] as const;
const VERIFY_FORMATS = FORMATS;

/** An update is at most a huge page of 64 KiB base pages; more at once than this no table tells. */
const MOST_IN_FLIGHT = 65_536;
const MOST_UPDATE_PAGES = 8_192;
const MOST_SECONDS = 86_400;

const TO_VERIFY = goesWith('--verify');

const ALL = {
  scheme: option('--scheme <name[:key=value,…]>', 'the scheme', SCHEME),
  kernel: SEEN_OPTIONS.kernel,
  topology: TOPOLOGY,
  direction: option(
    '--direction <side>',
    `which side of the truth to read: ${DIRECTIONS.join(', ')} (default: under; to verify: both)`,
    choice(DIRECTIONS),
  ),
  used: USED,
  threads: option('--threads <n>', 'threads of the process', wholeNumber(1, MOST_THREADS), {
    default: 5,
  }),
  memory: option(
    '--memory <size>',
    'most that the process may hold (default: what the machine can)',
    MEMORY_SIZE,
  ),
  pageSize: pageSizeOption(),
  format: option(
    '--format <name>',
    `output: ${STREAM_FORMATS.join(', ')}; with --verify ${VERIFY_FORMATS.join(', ')}`,
    choice(VERIFY_FORMATS),
    {
      implied: formatOfName(VERIFY_FORMATS, ({ verify, inFlight }) => {
        if (verify === true) return null;
        return inFlight === undefined ? STREAM_FORMATS : ['ndjson'];
      }),
    },
  ),
  output: OUTPUT_FILE,
  verify: toggle('--verify', 'replay the witness and search for anything beyond it instead'),
  oom: toggle(
    '--oom',
    'instead: two processes (mm 1 and 2) of which the OOM killer takes the smaller one',
    { rules: [goesWithout('--verify'), goesWithout('--direction'), goesWithout('--memory')] },
  ),
  inFlight: option(
    '--in-flight <n>',
    'the schedule of so many updates at once; with --verify: also with them',
    wholeNumber(1, MOST_IN_FLIGHT),
    { rules: [goesWithout('--oom')] },
  ),
  updatePages: option(
    '--update-pages <n>',
    'with --in-flight: most pages of one update (default: 1)',
    wholeNumber(1, MOST_UPDATE_PAGES),
    { rules: [goesWith('--in-flight')] },
  ),
  seconds: option(
    '--seconds <n>',
    'with --verify: time limit of the search (default: 60)',
    wholeNumber(1, MOST_SECONDS),
    { rules: [TO_VERIFY] },
  ),
  seed: option(
    '--seed <n>',
    'with --verify: seed of a random search (default: 1)',
    wholeNumber(0, Number.MAX_SAFE_INTEGER),
    { rules: [TO_VERIFY] },
  ),
};

const TO_SEARCH = ['verify', 'seconds', 'seed'] as const;

/** The same in groups of the help. */
export const WITNESS_OPTIONS: typeof ALL = {
  ...grouped('Scheme, machine and process', ALL),
  ...grouped('Output', { format: ALL.format, output: ALL.output }),
  ...grouped('Verification', Object.fromEntries(TO_SEARCH.map((key) => [key, ALL[key]]))),
};

export type WitnessFlags = FlagsOf<typeof WITNESS_OPTIONS>;

/** The scheme, or the kernel's. @throws InputError where neither is given. */
export function schemeOfWitness({ scheme, kernel }: WitnessFlags): SchemeSpec {
  if (scheme !== undefined) return scheme;
  if (kernel !== undefined) return parseScheme(schemeOfRelease(kernel).value);
  throw new InputError('witness: expected --scheme or --kernel');
}

/** @throws InputError where a stream is asked for in a form of verifications, or the other way. */
export function demandFormat({ verify, format, inFlight, memory }: WitnessFlags): void {
  const [what, formats] =
    verify === true
      ? (['verification', VERIFY_FORMATS] as const)
      : (['stream', STREAM_FORMATS] as const);
  if (format === 'csv' && verify !== true && inFlight !== undefined) {
    throw new InputError('--format csv: a schedule is ndjson');
  }
  if (inFlight !== undefined && verify !== true && memory !== undefined) {
    throw new InputError('--memory does not go with --in-flight but to verify');
  }
  if (format === undefined || formats.some((name) => name === format)) return;
  throw new InputError(
    `--format ${format}: a ${what} is ${formats.join(', ').replace(/, (?=\w+$)/, ' or ')}`,
  );
}
