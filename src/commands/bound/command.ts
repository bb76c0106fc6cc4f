/** `rss-err bound`: options → one study → render → write. */
import { defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { BOUNDING, createProgress } from '../../cli/heartbeat.ts';
import { letSignalsIn } from '../../cli/interruption.ts';
import { pageSizeOption } from '../../cli/kernel-options.ts';
import { DEFAULT_TOPOLOGY, readTopology, selectCpus } from '../../cli/machine.ts';
import {
  type FlagsOf,
  goesWithout,
  grouped,
  option,
  reproduceLine,
  ruled,
  toggle,
} from '../../cli/options.ts';
import { openOutput, PICTURED_OPTIONS } from '../../cli/output-options.ts';
import type { Session } from '../../cli/streams.ts';
import { MEMORY_SIZE, sizeInPages, sizeOfPages, TEXT, wholeNumber } from '../../cli/values.ts';
import { InputError, within } from '../../errors.ts';
import { MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import { PICTURE_FORMATS, TEXT_FORMATS } from '../../render/formats.ts';
import { type CpuIds, parseCpulist } from '../../topology/cpulist.ts';
import { DEFAULT_PAGE_SIZE, type PageSize } from '../../units.ts';
import { version } from '../../version.ts';
import { MOST_THREADS, PRESETS } from '../../workload/workload.ts';
import { SEEN_OPTIONS, schemeOption, schemesOf, seenOf } from '../compare/options.ts';
import { type BoundRequest, boundOfTopology } from './bound.ts';
import { boundOverRange } from './bound-range.ts';
import { type CpuCounts, countsOf, DEFAULT_NODES, leastOf, machineOptions } from './cpu-counts.ts';
import { boundLegend } from './legend.ts';
import { boundRangeView } from './range-view.ts';
import type { BoundResult } from './result.ts';
import { boundView } from './view.ts';

/** Products of the two stay exact in doubles. */
const MOST_IN_FLIGHT = 65_536;
const MOST_UPDATE_PAGES = 2 ** 20;

const MACHINES = {
  ...machineOptions('machines of so many CPUs instead: 8..8192, or 64,250,256,384'),
  used: option(
    '--used <cpulist>',
    'also the worst case of these CPUs alone: 0-3, or node:0 of a --topology',
    TEXT,
  ),
};

const PROCESS = {
  threads: option('--threads <n>', 'threads of the process', wholeNumber(1, MOST_THREADS), {
    default: PRESETS.service.threads,
  }),
  scheme: schemeOption('bound'),
  kernel: SEEN_OPTIONS.kernel,
  reader: ruled(SEEN_OPTIONS.reader, goesWithout('--cpus')),
  inFlight: option('--in-flight <n>', 'updates that run at once', wholeNumber(0, MOST_IN_FLIGHT), {
    default: 2,
  }),
  updatePages: option(
    '--update-pages <n>',
    'most pages of one such update',
    wholeNumber(1, MOST_UPDATE_PAGES),
    { default: 1 },
  ),
  size: option(
    '--size <size>',
    'also what a reader can see of a process of this size: pages, or as 100MiB',
    MEMORY_SIZE,
  ),
  oom: toggle(
    '--oom',
    'also from which difference on the OOM killer cannot choose the smaller task',
  ),
  pageSize: pageSizeOption("the machine's, or 4K"),
};

const OPTIONS = {
  ...grouped('Machines', MACHINES),
  ...grouped('Process and schemes', PROCESS),
  ...PICTURED_OPTIONS,
};

type BoundFlags = FlagsOf<typeof OPTIONS>;

function requestOf(flags: BoundFlags, bytesPerPage: PageSize): BoundRequest {
  return {
    version,
    pageSize: bytesPerPage,
    threads: flags.threads,
    inFlight: { updates: flags.inFlight, pages: flags.updatePages },
    sizePages: flags.size === undefined ? null : sizeInPages('--size', flags.size, bytesPerPage, 1),
    schemes: schemesOf(flags),
    seen: seenOf(flags, 'any'),
    oom: flags.oom === true,
  };
}

/** Formats for people, and longer ranges, have the powers of two and what is beside them alone. */
const FOR_PEOPLE: readonly string[] = [...TEXT_FORMATS, ...PICTURE_FORMATS];
const MOST_ROWS = 10_000;

/** Whether each machine of the range is in the result; said where a program would expect it. */
function hasEveryRow(cpus: CpuCounts, format: string, { remarks }: Session): boolean {
  if (FOR_PEOPLE.includes(format)) return false;
  const values = countsOf(cpus);
  if (values <= MOST_ROWS) return true;
  remarks.hold(`--cpus ${cpus.text}`, [
    `${values} machines, of which those beside powers of two are written: at most ${MOST_ROWS} are written all`,
  ]);
  return false;
}

/** The CPUs of --used, which each machine has. @throws InputError where the smallest has them not. */
function usedOfAll(used: string | undefined, cpus: CpuCounts): CpuIds | null {
  if (used === undefined) return null;
  if (used.startsWith('node:')) {
    throw new InputError(`--used ${used}: with --cpus expected a cpulist such as 0-3`);
  }
  const least = leastOf(cpus);
  const ids = within('--used', () => parseCpulist(used, MAX_NR_CPU_IDS - 1));
  if (ids.length > 0 && ids.at(-1)! < least) return ids;
  throw new InputError(
    `--used ${used}: expected CPUs from 0 to ${least - 1}, which each machine of --cpus ${cpus.text} has`,
  );
}

async function boundOf(flags: BoundFlags, session: Session): Promise<BoundResult> {
  const { cpus, nodes = DEFAULT_NODES, topology, used } = flags;
  if (cpus !== undefined) {
    const request = requestOf(flags, flags.pageSize ?? DEFAULT_PAGE_SIZE);
    const machines = request.schemes.length * countsOf(cpus);
    const everyRow = hasEveryRow(cpus, flags.format, session);
    const { heartbeat, clear } = createProgress(machines, session, BOUNDING);
    return boundOverRange(
      { ...request, cpus, numaNodes: nodes, used: usedOfAll(used, cpus), everyRow },
      heartbeat,
    ).finally(clear);
  }
  const machine = await readTopology(topology, session);
  const usedCpus = used === undefined ? null : selectCpus('--used', used, machine);
  const request = requestOf(flags, flags.pageSize ?? machine.pageSize);
  return session.killable(() => boundOfTopology(request, machine, usedCpus));
}

/** Every number that the result depends on, defaults too. */
function reproduce(flags: BoundFlags, { sizePages }: Pick<BoundResult, 'sizePages'>): string {
  const { cpus, nodes = DEFAULT_NODES, topology = DEFAULT_TOPOLOGY, used } = flags;
  const { threads, scheme, kernel, reader, inFlight, updatePages, oom } = flags;
  const { pageSize, format, unit } = flags;
  return reproduceLine(['bound'], OPTIONS, {
    ...(cpus === undefined ? { topology } : { cpus, nodes }),
    ...{ used, threads, scheme, kernel, reader, inFlight, updatePages },
    size: sizePages === null ? undefined : sizeOfPages(sizePages),
    ...{ oom, pageSize, format, unit },
  });
}

export const boundCommand = defineCommand({
  name: 'bound',
  description: 'how far off RSS can be: stated bounds, exact worst cases, growth, memory',
  options: OPTIONS,
  examples: [
    'rss-err bound --topology epyc-9654-2s --used node:0',
    'rss-err bound --cpus 8..8192 --scheme tree --scheme per-cpu --unit MiB',
  ],
  helpLines: boundLegend,
  async run(flags, session) {
    const output = openOutput(flags, session);
    const result = await boundOf(flags, session);
    // A signal that came after the last look is let in before anything is shown.
    await letSignalsIn(session);
    const viewOf = result.range === null ? boundView : boundRangeView;
    const choices = { unit: flags.unit, reproduce: reproduce(flags, result) };
    await output.show({
      view: () => viewOf(result, choices),
      result,
      schema: async () => (await import('./result.ts')).boundResult,
      picture: async () => (await import('./picture.ts')).boundPicture(result, choices),
      none: 'bounds over machines have one, as with --cpus 8..512',
    });
    return EXIT.done;
  },
});
