/** `rss-err bound`: options → one study → render → write. */
import { setImmediate } from 'node:timers/promises';
import { Command } from 'commander';
import { selectCpus } from '../../cli/cpu-selection.ts';
import { EXIT } from '../../cli/exit-code.ts';
import { BOUNDING, createProgress } from '../../cli/heartbeat.ts';
import { interruptible } from '../../cli/interruption.ts';
import { addOutputOptions, type OutputFlags, openOutput } from '../../cli/output-options.ts';
import { shellWords } from '../../cli/shell-words.ts';
import type { Streams } from '../../cli/streams.ts';
import { addTopologyOption, DEFAULT_TOPOLOGY, readTopology } from '../../cli/topology-option.ts';
import {
  type MemorySize,
  memorySize,
  pageSize,
  sizeInPages,
  wholeNumber,
} from '../../cli/values.ts';
import { InputError } from '../../errors.ts';
import { HIGHEST_NODE_ID, MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import { type Report, renderReport } from '../../render/formats.ts';
import {
  DEFAULT_SCHEMES,
  formatScheme,
  parseScheme,
  type SchemeSpec,
} from '../../schemes/registry.ts';
import { DEFAULT_PAGE_SIZE, type PageSize } from '../../units.ts';
import { version } from '../../version.ts';
import { PRESETS } from '../../workload/presets.ts';
import { MOST_THREADS } from '../../workload/workload.ts';
import { schemesOf } from '../compare/run-options.ts';
import { type BoundRequest, boundOfTopology } from './bound.ts';
import { boundOverRange } from './bound-range.ts';
import { type CpuCounts, countsOf } from './cpu-counts.ts';
import { cpuCounts } from './cpu-counts-option.ts';
import { boundRangeView } from './range-view.ts';
import type { BoundResult } from './result.ts';
import { boundView } from './view.ts';

interface BoundFlags extends OutputFlags {
  readonly topology?: string;
  readonly cpus?: CpuCounts;
  readonly nodes?: number;
  readonly used?: string;
  readonly threads: number;
  readonly scheme?: readonly SchemeSpec[];
  readonly inFlight: number;
  readonly updatePages: number;
  readonly size?: MemorySize;
  readonly pageSize?: PageSize;
}

/** Nodes of the machines of a range: two sockets, as the bundled default has. */
const DEFAULT_NODES = 2;

/** Products of the two stay exact in doubles. */
const MOST_IN_FLIGHT = 65_536;
const MOST_UPDATE_PAGES = 2 ** 20;

export function boundCommand(streams: Streams, setExitCode: (code: number) => void): Command {
  const command = new Command('bound').description(
    'how far off RSS can be: stated bounds, exact worst cases, growth, memory',
  );
  addTopologyOption(command)
    .option(
      '--cpus <counts>',
      'machines of so many CPUs instead: 8..8192, or 64,250,256,384',
      cpuCounts('--cpus', MAX_NR_CPU_IDS),
    )
    .option(
      '--nodes <n>',
      `with --cpus: NUMA nodes of each machine (default: ${DEFAULT_NODES})`,
      wholeNumber('--nodes', 1, HIGHEST_NODE_ID + 1),
    )
    .option('--used <cpulist>', 'also the worst case of these CPUs alone: 0-3, or node:0')
    .option(
      '--threads <n>',
      'threads of the process',
      wholeNumber('--threads', 1, MOST_THREADS),
      PRESETS.service.threads,
    )
    .option(
      '--scheme <name[:key=value,…]>',
      `scheme to bound, repeatable (default: ${DEFAULT_SCHEMES.join(', ')})`,
      (text: string, specs: readonly SchemeSpec[] = []) => [...specs, parseScheme(text)],
    )
    .option(
      '--in-flight <n>',
      'updates that run at once',
      wholeNumber('--in-flight', 0, MOST_IN_FLIGHT),
      2,
    )
    .option(
      '--update-pages <n>',
      'most pages of one such update',
      wholeNumber('--update-pages', 1, MOST_UPDATE_PAGES),
      1,
    )
    .option(
      '--size <size>',
      'also what a reader can see of a process of this size: pages, or as 100MiB',
      memorySize('--size'),
    )
    .option(
      '--page-size <size>',
      "base page: 4K, 16K, 64K (default: the machine's, or 4K)",
      pageSize('--page-size'),
    );
  return addOutputOptions(command).action(async (flags: BoundFlags) =>
    setExitCode(await runBound(flags, streams)),
  );
}

/** @throws InputError where an option of machines of one kind stands beside one of the other. */
function demandOneKind({ topology, cpus, nodes, used }: BoundFlags): void {
  if (cpus === undefined) {
    if (nodes !== undefined) throw new InputError('--nodes goes with --cpus');
    return;
  }
  if (topology !== undefined)
    throw new InputError('--topology and --cpus: expected one of the two');
  if (used !== undefined) throw new InputError('--used goes with --topology');
}

function requestOf(flags: BoundFlags, bytesPerPage: PageSize): BoundRequest {
  return {
    version,
    pageSize: bytesPerPage,
    threads: flags.threads,
    inFlight: { updates: flags.inFlight, pages: flags.updatePages },
    sizePages: flags.size === undefined ? null : sizeInPages('--size', flags.size, bytesPerPage, 1),
    schemes: schemesOf(flags),
  };
}

async function boundOf(
  flags: BoundFlags,
  streams: Streams,
  signal: AbortSignal,
): Promise<BoundResult> {
  const { cpus, nodes = DEFAULT_NODES, topology, used } = flags;
  if (cpus !== undefined) {
    const request = requestOf(flags, flags.pageSize ?? DEFAULT_PAGE_SIZE);
    const machines = request.schemes.length * countsOf(cpus);
    const { heartbeat, clear } = createProgress(machines, streams.stderr, signal, BOUNDING);
    return boundOverRange({ ...request, cpus, numaNodes: nodes }, heartbeat).finally(clear);
  }
  const machine = await readTopology(topology, streams, signal);
  const usedCpus = used === undefined ? null : selectCpus('--used', used, machine);
  return boundOfTopology(requestOf(flags, flags.pageSize ?? machine.pageSize), machine, usedCpus);
}

/** Every number that the result depends on, defaults too. */
function reproduceWords(flags: BoundFlags, { sizePages }: BoundResult): string[] {
  const { cpus, nodes = DEFAULT_NODES, topology = DEFAULT_TOPOLOGY, used } = flags;
  return [
    ...['rss-err', 'bound'],
    ...(cpus === undefined
      ? ['--topology', topology]
      : ['--cpus', cpus.text, '--nodes', `${nodes}`]),
    ...(used === undefined ? [] : ['--used', used]),
    ...['--threads', `${flags.threads}`],
    ...(flags.scheme ?? []).flatMap((spec) => ['--scheme', formatScheme(spec)]),
    ...['--in-flight', `${flags.inFlight}`, '--update-pages', `${flags.updatePages}`],
    ...(sizePages === null ? [] : ['--size', `${sizePages}`]),
    ...(flags.pageSize === undefined ? [] : ['--page-size', `${flags.pageSize / 1024}K`]),
  ];
}

async function runBound(flags: BoundFlags, streams: Streams): Promise<number> {
  demandOneKind(flags);
  return interruptible(async (signal) => {
    const output = openOutput(flags, streams, signal);
    const result = await boundOf(flags, streams, signal);
    // A signal that came after the last look is let in before anything is shown.
    await setImmediate();
    signal.throwIfAborted();
    const reproduce = shellWords(reproduceWords(flags, result));
    const viewOf = result.range === null ? boundView : boundRangeView;
    const report: Report = {
      view: () => viewOf(result, { unit: flags.unit, reproduce }),
      result,
      schema: async () => (await import('./result.ts')).boundResult,
    };
    await output.write(await renderReport(report, flags.format, output));
    return EXIT.done;
  });
}
