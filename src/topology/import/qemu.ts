/** A Linux guest's machine from QEMU's -smp and -numa. */
import { InputError } from '../../errors.ts';
import type { CpuIds } from '../cpulist.ts';
import type { MachineDescription } from './description.ts';
import { numaOf } from './qemu-numa.ts';
import { SMP_LEVELS, type Smp, type SmpLevel, smpOf } from './qemu-smp.ts';
import { qemuWords } from './qemu-words.ts';

const range = (from: number, to: number): CpuIds =>
  Int32Array.from({ length: to - from }, (_, i) => from + i);

const LONGEST_NAME = 60;

/** The option itself, unless it cannot stand in a table. */
function nameOf(option: string): string | null {
  return /^[ -~]+$/.test(option) && option.length <= LONGEST_NAME ? option : null;
}

/** The CPUs of each object of a level: CPUs are numbered depth first. */
function groupsOf({ counts, maxcpus }: Smp, level: SmpLevel): CpuIds[] {
  const inner = SMP_LEVELS.slice(SMP_LEVELS.indexOf(level) + 1);
  const each = inner.reduce((product, name) => product * counts[name], 1);
  return Array.from({ length: maxcpus / each }, (_, i) => range(i * each, (i + 1) * each));
}

/**
 * CPUs 0 … cpus − 1 are present and on-line, those up to maxcpus possible, as a guest sees them.
 * @throws InputError that names the option at fault.
 */
export function describeQemu(text: string): MachineDescription {
  const { smp: smpOption, numa: numaOptions } = qemuWords(text);
  if (smpOption === null) throw new InputError('there is no -smp: expected one, such as -smp 8');
  const smp = smpOf(smpOption);
  const { nodes, distances, resolved } = numaOf(numaOptions, smp);
  const present = range(0, smp.cpus);
  const { dies: diesPerSocket } = smp.counts;
  return {
    form: 'QEMU -smp',
    name: nameOf(smpOption.option),
    possible: range(0, smp.maxcpus),
    present,
    online: present,
    cores: groupsOf(smp, 'cores'),
    dies: smp.named.has('dies')
      ? groupsOf(smp, 'dies').map((cpus, i) => ({
          packageId: Math.floor(i / diesPerSocket),
          id: i % diesPerSocket,
          cpus,
        }))
      : [],
    caches: [],
    packages: groupsOf(smp, 'sockets').map((cpus, id) => ({ id, cpus })),
    numaNodes: nodes,
    distances,
    pageSize: null,
    untold: ['caches', ...(nodes === null ? ['NUMA nodes'] : []), 'the page size'],
    resolved,
  };
}
