/** Writes a machine as the files of /sys/devices/system, as Linux 6.12 or as an old kernel does. */
import { type CpuIds, formatCpulist } from '../../src/topology/cpulist.ts';
import type { Topology } from '../../src/topology/topology.ts';
import type { SysfsFiles } from './sysfs-files.ts';

const WORD = 32;

/** The kernel's %*pb of as many bits as there are CPUs: the first word is as short as they leave it. */
export function formatCpumask(cpus: CpuIds, nrCpuIds: number): string {
  const words = Array.from({ length: Math.ceil(nrCpuIds / WORD) }, (_, i) => {
    const digits = Math.ceil(Math.min(WORD, nrCpuIds - i * WORD) / 4);
    const bits = [...cpus].reduce(
      (sum, cpu) => (Math.floor(cpu / WORD) === i ? sum + 2 ** (cpu % WORD) : sum),
      0,
    );
    return bits.toString(16).padStart(digits, '0');
  });
  return words.reverse().join(',');
}

export interface SysfsKernel {
  /** Masks and no lists, siblings under their names of before 5.3. */
  readonly old: boolean;
}

type Entries = [path: string, text: string][];

function topologyFiles(machine: Topology, cpu: number, { old }: SysfsKernel): Entries {
  const folder = `cpu/cpu${cpu}/topology`;
  const set = (list: string, mask: string, cpus: CpuIds | undefined): Entries =>
    cpus === undefined
      ? []
      : old
        ? [[`${folder}/${mask}`, `${formatCpumask(cpus, machine.nrCpuIds)}\n`]]
        : [[`${folder}/${list}`, `${formatCpulist(cpus)}\n`]];
  const core = [...machine.cores].find((cpus) => cpus.includes(cpu));
  const pkg = [...machine.packages].find(({ cpus }) => cpus.includes(cpu));
  const die = [...machine.dies].find(({ cpus }) => cpus.includes(cpu));
  return [
    ...set('core_cpus_list', 'thread_siblings', core),
    ...set('package_cpus_list', 'core_siblings', pkg?.cpus),
    ...set('die_cpus_list', 'die_cpus', die?.cpus),
    [`${folder}/physical_package_id`, `${pkg?.id ?? -1}\n`],
    [`${folder}/die_id`, `${die?.id ?? -1}\n`],
    [`${folder}/core_id`, '0\n'],
  ];
}

function cacheFiles(machine: Topology, cpu: number, { old }: SysfsKernel): Entries {
  const own = machine.caches.filter(({ cpus }) => cpus.includes(cpu));
  return own.flatMap(({ level, cpus }, index): Entries => {
    const folder = `cpu/cpu${cpu}/cache/index${index}`;
    const shared: Entries = old
      ? [[`${folder}/shared_cpu_map`, `${formatCpumask(cpus, machine.nrCpuIds)}\n`]]
      : [[`${folder}/shared_cpu_list`, `${formatCpulist(cpus)}\n`]];
    return [
      [`${folder}/level`, `${level}\n`],
      [`${folder}/type`, level === 1 ? 'Data\n' : 'Unified\n'],
      ...shared,
    ];
  });
}

function nodeFiles(machine: Topology, { old }: SysfsKernel): Entries {
  const online = new Set(machine.online);
  return machine.numaNodes.flatMap(({ id, cpus, memoryMiB }, row): Entries => {
    const folder = `node/node${id}`;
    const running = cpus.filter((cpu) => online.has(cpu));
    const distances = machine.distances[row];
    return [
      old
        ? [`${folder}/cpumap`, `${formatCpumask(running, machine.nrCpuIds)}\n`]
        : [`${folder}/cpulist`, `${formatCpulist(running)}\n`],
      ...[...cpus].map((cpu): [string, string] => [`${folder}/cpu${cpu}/`, '']),
      ...(distances === undefined
        ? []
        : [[`${folder}/distance`, `${distances.join(' ')}\n`] satisfies [string, string]]),
      ...(memoryMiB === undefined
        ? []
        : [
            [
              `${folder}/meminfo`,
              `\nNode ${id} MemTotal:  ${memoryMiB * 1024 + 1000} kB\n`,
            ] satisfies [string, string],
          ]),
    ];
  });
}

/** CPUs off-line have a folder and no topology. */
export function sysfsFiles(machine: Topology, kernel: SysfsKernel = { old: false }): SysfsFiles {
  const online = new Set(machine.online);
  const list = (name: string, cpus: CpuIds): [string, string] => [
    `cpu/${name}`,
    `${formatCpulist(cpus)}\n`,
  ];
  const ofCpus = [...machine.present].flatMap(
    (cpu): Entries =>
      online.has(cpu)
        ? [
            [`cpu/cpu${cpu}/online`, '1\n'],
            ...topologyFiles(machine, cpu, kernel),
            ...cacheFiles(machine, cpu, kernel),
          ]
        : [[`cpu/cpu${cpu}/online`, '0\n']],
  );
  return Object.fromEntries([
    list('possible', machine.possible),
    ...(kernel.old ? [] : [list('present', machine.present), list('online', machine.online)]),
    ...ofCpus,
    ...nodeFiles(machine, kernel),
  ]);
}
