/** Options that contradict a log: refused where both cannot be so, else told with the log's line. */
import { InputError } from '../../errors.ts';
import { type KernelRelease, parseRelease } from '../../kernel/releases.ts';
import type { OomReport } from '../../recorded/oom/report.ts';
import { formatCount } from '../../render/amounts.ts';
import { KIB } from '../../units.ts';
import { pageSizeOf } from './badness.ts';
import type { Given } from './study.ts';

/** What the options say of the machine, and in which of them. */
interface GivenMachine {
  readonly option: string;
  readonly online: number;
  readonly hasCpu: (id: number) => boolean;
}

function machineOf({ topology, cpus }: Given): GivenMachine | null {
  if (topology !== null) {
    const { online, possible } = topology;
    return { option: '--topology', online: online.length, hasCpu: (id) => possible.includes(id) };
  }
  return cpus === null ? null : { option: '--cpus', online: cpus, hasCpu: (id) => id < cpus };
}

/** @throws InputError where the machine lacks a CPU that the log names, or has more than the log lets it have. */
function demandPossible({ cpus, saidAt }: OomReport, machine: GivenMachine): void {
  const { option, online, hasCpu } = machine;
  const { cpu, nrCpuIds } = saidAt;
  const given = `a machine of ${formatCount(online, 'CPU')} (${option})`;
  if (cpu !== null && !hasCpu(cpu.id)) {
    throw new InputError(
      `the killer ran on CPU ${cpu.id}, which ${given} has not: expected one with CPUs 0 to ${cpu.id} at least, or no ${option}`,
    ).within(`line ${cpu.line}`);
  }
  if (cpus.nrCpuIds !== null && online > cpus.nrCpuIds) {
    throw new InputError(
      `at most ${formatCount(cpus.nrCpuIds, 'CPU')}, which ${given} exceeds: expected no more, or no ${option}`,
    ).within(`line ${nrCpuIds}`);
  }
}

const isAnother = (a: KernelRelease, b: KernelRelease) =>
  a.major !== b.major || a.minor !== b.minor || a.patch !== b.patch;

/** "line 3 says 64 CPUs: judged on 32 CPUs, by --cpus", for each option that can be right all the same. */
function remarksOn(report: OomReport, given: Given, machine: GivenMachine | null): string[] {
  const { cpus, release, saidAt } = report;
  const remarks: string[] = [];
  const add = (line: number | null, said: string, instead: string) =>
    void remarks.push(`line ${line ?? report.firstLine} says ${said}: ${instead}`);
  if (machine !== null && cpus.online !== null && machine.online !== cpus.online) {
    const { option, online } = machine;
    add(
      saidAt.online,
      formatCount(cpus.online, 'CPU'),
      `judged on ${formatCount(online, 'CPU')}, by ${option}`,
    );
  }
  const logged = release === null ? null : parseRelease(release);
  if (given.kernel !== null && logged !== null && isAnother(logged, given.kernel)) {
    add(saidAt.release, `kernel ${logged.text}`, `judged as ${given.kernel.text}, by --kernel`);
  }
  const pageSize = pageSizeOf(report);
  const pages = (bytes: number) => `pages of ${bytes / KIB} KiB`;
  if (pageSize === null) return remarks;
  const { pageSize: asked, topology } = given;
  if (asked !== null && asked !== pageSize) {
    add(saidAt.pageSize, pages(pageSize), `judged by ${pages(asked)}, by --page-size`);
  } else if (asked === null && topology !== null && topology.pageSize !== pageSize) {
    add(
      saidAt.pageSize,
      pages(pageSize),
      `so judged, and not by --topology, whose have ${topology.pageSize / KIB} KiB`,
    );
  }
  return remarks;
}

/** What is to be told of a report's log beside what was given. @throws InputError where both cannot be so. */
export function contradictionsOf(report: OomReport, given: Given): string[] {
  const machine = machineOf(given);
  if (machine !== null) demandPossible(report, machine);
  return remarksOn(report, given, machine);
}
