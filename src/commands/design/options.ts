/** The options of `design`: machines, the process, the space, what is wanted, and replays. */
import { JOBS } from '../../cli/jobs.ts';
import { pageSizeOption } from '../../cli/kernel-options.ts';
import { excludes, grouped, option, type Value } from '../../cli/options.ts';
import { namedFor, PICTURED_OPTIONS } from '../../cli/output-options.ts';
import { BESIDE, choice, listValue, MEMORY_SIZE, TEXT, wholeNumber } from '../../cli/values.ts';
import { SEED } from '../../cli/workload-options.ts';
import { InputError, quote } from '../../errors.ts';
import { SCHEME_NAMES } from '../../schemes/registry.ts';
import { MOST_THREADS, PRESET_NAMES } from '../../workload/workload.ts';
import { machineOptions } from '../bound/cpu-counts.ts';
import { OBJECTIVES, type Objective } from './objectives.ts';
import { DEFAULT_SPACE } from './space.ts';

export const MOST_MACHINES = 64;
const MOST_BATCH = 2 ** 20;
const MOST_IN_FLIGHT = 65_536;
const MOST_REPLAYED = 10 ** 9;
const MOST_LEVELS = 20;

const DEFAULT_OBJECTIVES: readonly Objective[] = ['worst', 'touches', 'busiest', 'memory', 'reads'];

/** "0.05" or "1/32". */
const RATE: Value<number> = {
  parse(text, flag) {
    const [, numerator = '', denominator = '1'] =
      /^(\d{1,9}(?:\.\d{1,9})?)(?:\/(\d{1,9}))?$/.exec(text) ?? [];
    const rate = Number(numerator) / Number(denominator);
    if (numerator !== '' && Number.isFinite(rate)) return rate;
    throw new InputError(`${flag} ${text}: ${quote(text)} is no rate such as 0.05 or 1/32`);
  },
  format: String,
};

const batches = listValue(wholeNumber(2, MOST_BATCH));

const MACHINES = {
  ...machineOptions(`machines of so many CPUs instead, at most ${MOST_MACHINES}: 8,64,512,8192`),
  used: option(
    '--used <cpulist>',
    'CPUs that the process uses: 0-3, or node:0 (default: all on-line)',
    TEXT,
    { rules: [excludes('--cpus')] },
  ),
  pageSize: pageSizeOption("the machine's, or 4K"),
};

const PROCESS = {
  threads: option(
    '--threads <n>',
    'threads of the process (default: one for each on-line CPU)',
    wholeNumber(1, MOST_THREADS),
  ),
  inFlight: option('--in-flight <n>', 'updates that run at once', wholeNumber(0, MOST_IN_FLIGHT), {
    default: 2,
    terse: true,
  }),
  updatePages: option(
    '--update-pages <n>',
    'most pages of one such update',
    wholeNumber(1, MOST_BATCH),
    { default: 1, terse: true },
  ),
  switchEvery: option(
    '--switch-every <pages>',
    'pages that a thread maps between switches of its CPU to another process (stash)',
    wholeNumber(1, MOST_BATCH),
    { default: 1024, terse: true },
  ),
};

const SPACE = {
  space: option(
    '--space <names>',
    `schemes to search: ${SCHEME_NAMES.join(', ')}`,
    listValue(choice(SCHEME_NAMES)),
    { default: DEFAULT_SPACE.families, terse: true },
  ),
  batch: option('--batch <pages>', 'batches: of trees, those that are powers of two', batches, {
    default: DEFAULT_SPACE.batches,
    terse: true,
  }),
  middle: option(
    '--middle <n>',
    "two-level: a middle value's batch, in batches of a cell",
    listValue(wholeNumber(1, MOST_BATCH)),
    { default: DEFAULT_SPACE.middles, terse: true },
  ),
  levels: option('--levels <n>', 'most levels of a tree', wholeNumber(1, MOST_LEVELS), {
    default: DEFAULT_SPACE.mostLevels,
    terse: true,
  }),
};

const WANTED = {
  objective: option(
    '--objective <names>',
    `what designs are judged by, of ${OBJECTIVES.join(', ')}`,
    listValue(choice(OBJECTIVES)),
    { default: DEFAULT_OBJECTIVES, terse: true },
  ),
  maxError: option(
    '--max-error <size>',
    'only designs whose RSS is never off by more: pages, or as 16MiB',
    MEMORY_SIZE,
  ),
  maxMemory: option(
    '--max-memory <size>',
    'only designs that take no more a process: as 64KiB',
    MEMORY_SIZE,
  ),
  maxTouches: option(
    '--max-touches <rate>',
    'only designs with no more touches of shared lines a page: as 0.05, or 1/32',
    RATE,
  ),
};

const REPLAYS = {
  workload: option(
    '--workload <names>',
    `presets that are replayed: ${PRESET_NAMES.join(', ')}`,
    listValue(choice(PRESET_NAMES)),
    { default: PRESET_NAMES, terse: true },
  ),
  operations: option(
    '--operations <n>',
    'of each replay; 0: none is made',
    wholeNumber(0, MOST_REPLAYED),
    { default: 20_000, terse: true },
  ),
  seed: SEED,
  latency: option(
    '--latency <file|->',
    'latencies (JSON) that make a modelled time of the counts',
    TEXT,
  ),
  jobs: JOBS,
  resume: option(
    '--resume <file>',
    'keep finished replays in a file, and go on with what it has',
    namedFor(['ndjson'], BESIDE),
  ),
};

export const OPTIONS = {
  ...grouped('Machines', MACHINES),
  ...grouped('Process', PROCESS),
  ...grouped('Space', SPACE),
  ...grouped('Wanted', WANTED),
  ...grouped('Replays', REPLAYS),
  ...PICTURED_OPTIONS,
};
