/** What surrounds the processes that are observed: kernel, machine, readers, and what /proc hides. */
import { InputError } from '../../errors.ts';
import { faultAroundPages } from '../../kernel/page-table.ts';
import { READERS, sumsOfReader } from '../../kernel/readers.ts';
import { type KernelRelease, schemeOfRelease } from '../../kernel/releases.ts';
import type { ProcDirectory } from '../../proc/proc-directory.ts';
import { comparedTopology } from '../../render/compared-topology.ts';
import type { UpdateKinds } from '../../schemes/bound.ts';
import { parseScheme, rssBound, schemeOf } from '../../schemes/registry.ts';
import type { Topology } from '../../topology/topology.ts';
import { KIB, type PageSize } from '../../units.ts';
import type { PreciseReader } from './look.ts';
import type { Observed } from './record.ts';

/** PROC_PID_INIT_INO, include/linux/proc_ns.h: the first PID namespace. */
const FIRST_PIDS = 'pid:[4026531836]';

/** By statm where that is precise, else by a walk; `cheap`: never by a walk. */
export function preciseReader(kernel: KernelRelease, cheap: boolean): PreciseReader {
  const statm = READERS.find(({ name }) => name === 'statm')!;
  if (sumsOfReader(statm, kernel).value === 'precise') return 'statm';
  return cheap ? null : 'smaps_rollup';
}

/** What a process's own faults do: pages around one of a file, one copied or swapped in. */
const faultKinds = (pageSize: PageSize): UpdateKinds => ({
  pagesAddedPerFault: faultAroundPages(pageSize),
  pagesTakenPerFault: 1,
});

/** Of RSS; threads share what one of them can hold back, or each holds back as much. */
function limitOf(kernel: KernelRelease, topology: Topology): Observed['limit'] {
  const spec = parseScheme(schemeOfRelease(kernel).value);
  const scheme = schemeOf(spec);
  const holders = { cpus: topology.online, threads: 1 };
  const worst = scheme.worstCase(spec, topology, holders, faultKinds(topology.pageSize));
  return {
    ...rssBound(spec.scheme, worst),
    of: scheme.heldBy.of === 'threads' ? 'thread' : 'process',
  };
}

/** The text of a file that need not be there. */
function textOf(proc: ProcDirectory, file: string): string {
  const text = proc.read(file);
  return text === 'gone' || text === 'denied' ? '' : text;
}

/** "hidepid=invisible" of the line of /proc/self/mounts that is this /proc's. */
function hidepidOf(proc: ProcDirectory): string | null {
  const place = proc.path.replace(/(?<=.)\/+$/, '');
  const mounts = textOf(proc, 'self/mounts').split('\n');
  const own = mounts.map((line) => line.split(' ')).findLast(([, where]) => where === place);
  const option = /(?:^|,)hidepid=(\w+)/.exec(own?.[3] ?? '')?.[1];
  return option === undefined || option === '0' || option === 'off' ? null : option;
}

function poisonedPages(proc: ProcDirectory, pageSize: PageSize): number {
  const kib = /^HardwareCorrupted: +(\d+) kB$/m.exec(textOf(proc, 'meminfo'))?.[1] ?? 0;
  return Math.floor((Number(kib) * KIB) / pageSize);
}

export function surroundings(
  proc: ProcDirectory,
  kernel: KernelRelease,
  topology: Topology,
  precise: PreciseReader,
): Omit<Observed, 'began' | 'intervalSeconds' | 'all'> {
  const { pageSize } = topology;
  const pids = proc.link('self/ns/pid');
  return {
    kernel: kernel.text,
    scheme: schemeOfRelease(kernel).value,
    precise,
    topology: comparedTopology(topology, pageSize),
    limit: limitOf(kernel, topology),
    poisoned: poisonedPages(proc, pageSize),
    hidepid: hidepidOf(proc),
    ownPids: pids !== null && pids !== FIRST_PIDS,
  };
}

/** What is asked for by name must be there, and have figures to be read. */
export function refusal(pid: number, why: keyof typeof REFUSALS): InputError {
  return new InputError(REFUSALS[why]).within(`process ${pid}`, ' ');
}

const REFUSALS = {
  kernelThreads: 'is a thread of the kernel: it has no resident pages of its own',
  exited: 'has exited, and waits for its parent: it has no resident pages any more',
  unreadable: "does not let this user read its figures: expected root, or one's own process",
  ended: 'is not there',
} as const;
