/** The CPUs of -smp, with what is left out computed as QEMU does (6.2 and later, hw/core/machine-smp.c). */
import { InputError, quote } from '../../errors.ts';
import { MAX_NR_CPU_IDS } from '../../kernel/nr-cpus.ts';
import { suggestion } from '../../suggestion.ts';
import type { QemuOption } from './qemu-words.ts';

/** Levels from the machine inwards; CPUs are numbered depth first. */
export const SMP_LEVELS = [
  'drawers',
  'books',
  'sockets',
  'dies',
  'clusters',
  'modules',
  'cores',
  'threads',
] as const;

export type SmpLevel = (typeof SMP_LEVELS)[number];

export interface Smp {
  /** CPUs at the start: 0 … cpus − 1 are there. */
  readonly cpus: number;
  /** CPUs that there may be. */
  readonly maxcpus: number;
  /** How many of each level are in one of the level above. */
  readonly counts: Readonly<Record<SmpLevel, number>>;
  /** Levels that the option names. */
  readonly named: ReadonlySet<string>;
}

type Written = Partial<Record<SmpLevel | 'cpus' | 'maxcpus', number>>;

const KEYS: readonly (SmpLevel | 'cpus' | 'maxcpus')[] = ['cpus', 'maxcpus', ...SMP_LEVELS];

function writtenOf({ option, words }: QemuOption): Written {
  const written: Written = {};
  words.forEach(([word, value], i) => {
    const key = KEYS.find((known) => known === (word === '' && i === 0 ? 'cpus' : word));
    if (key === undefined) {
      const what = word === '' ? value : word;
      throw new InputError(`${option}: ${quote(what)} is unknown: ${suggestion(what, KEYS)}`);
    }
    if (written[key] !== undefined) throw new InputError(`${option}: ${key} is there twice`);
    const count = /^\d{1,7}$/.test(value) ? Number(value) : 0;
    if (count < 1 || count > MAX_NR_CPU_IDS) {
      throw new InputError(
        `${option}: ${key} is ${quote(value)}: expected a whole number from 1 to ${MAX_NR_CPU_IDS}`,
      );
    }
    written[key] = count;
  });
  return written;
}

const productOf = (counts: readonly number[]) =>
  counts.reduce((product, count) => product * count, 1);

/** Cores before sockets before threads, which is what machine types have done since QEMU 6.2. */
function completed(written: Written): Record<SmpLevel, number> {
  const maxcpus = written.maxcpus ?? written.cpus;
  const one = (level: SmpLevel) => written[level] ?? 1;
  const outer = productOf((['drawers', 'books', 'dies', 'clusters', 'modules'] as const).map(one));
  let { sockets, cores, threads } = written;
  if (maxcpus !== undefined && cores === undefined) {
    sockets ??= 1;
    threads ??= 1;
    cores = Math.floor(maxcpus / (outer * sockets * threads));
  } else if (maxcpus !== undefined && sockets === undefined) {
    threads ??= 1;
    sockets = Math.floor(maxcpus / (outer * (cores ?? 1) * threads));
  } else if (maxcpus !== undefined && threads === undefined) {
    threads = Math.floor(maxcpus / (outer * (sockets ?? 1) * (cores ?? 1)));
  }
  return {
    drawers: one('drawers'),
    books: one('books'),
    sockets: sockets ?? 1,
    dies: one('dies'),
    clusters: one('clusters'),
    modules: one('modules'),
    cores: cores ?? 1,
    threads: threads ?? 1,
  };
}

/** @throws InputError where the levels do not make up maxcpus, which QEMU refuses too. */
export function smpOf(option: QemuOption): Smp {
  const written = writtenOf(option);
  const counts = completed(written);
  const total = productOf(Object.values(counts));
  const maxcpus = written.maxcpus ?? written.cpus ?? total;
  if (total !== maxcpus) {
    const product = SMP_LEVELS.filter((level) => level in written || counts[level] !== 1)
      .map((level) => `${level} ${counts[level]}`)
      .join(' * ');
    throw new InputError(`${option.option}: ${product} = ${total}: expected maxcpus, ${maxcpus}`);
  }
  if (maxcpus > MAX_NR_CPU_IDS) {
    throw new InputError(`${option.option}: ${maxcpus} CPUs: expected at most ${MAX_NR_CPU_IDS}`);
  }
  const cpus = written.cpus ?? maxcpus;
  if (cpus > maxcpus) {
    throw new InputError(`${option.option}: cpus is ${cpus}: expected at most maxcpus, ${maxcpus}`);
  }
  return { cpus, maxcpus, counts, named: new Set(Object.keys(written)) };
}
