/** The forms in which a machine is described, and the importer of each, loaded when it is needed. */
import { InputError } from '../../errors.ts';
import type { MachineDescription, Numbering } from './description.ts';

type Describe = (text: string, numbering: Numbering | null) => MachineDescription;

interface TextForm {
  /**
   * The longest text in MiB. A kernel has 8,192 CPUs and 1,024 nodes at most: their hwloc XML takes
   * 5 MiB, their distances in numactl as many; in JSON 2^20 CPUs with cores and a cache take 15.
   */
  readonly longest: number;
  readonly load: () => Promise<Describe>;
}

/** Forms of text that an importer makes a description of: all but the program's own and trees of files. */
const IMPORTED = {
  'hwloc-xml': { longest: 16, load: async () => (await import('./hwloc.ts')).describeHwlocXml },
  'lscpu-json': {
    longest: 8,
    load: async () => (await import('./lscpu-summary.ts')).describeLscpuJson,
  },
  'lscpu-table': {
    longest: 8,
    load: async () => (await import('./lscpu-table.ts')).describeLscpuTable,
  },
  'lscpu-parsable': {
    longest: 8,
    load: async () => (await import('./lscpu-table.ts')).describeLscpuParsable,
  },
  lscpu: { longest: 8, load: async () => (await import('./lscpu-summary.ts')).describeLscpuText },
  numactl: { longest: 8, load: async () => (await import('./numactl.ts')).describeNumactl },
  synthetic: { longest: 1, load: async () => (await import('./synthetic.ts')).describeSynthetic },
  qemu: { longest: 1, load: async () => (await import('./qemu.ts')).describeQemu },
} satisfies Record<string, TextForm>;

export type ImportedForm = keyof typeof IMPORTED;

export type Form = ImportedForm | 'json' | 'sysfs';

/** As --from takes them. */
export const FORMS: readonly Form[] = [
  'json',
  'hwloc-xml',
  'lscpu-json',
  'lscpu-table',
  'lscpu-parsable',
  'lscpu',
  'numactl',
  'sysfs',
  'synthetic',
  'qemu',
];

/** The longest text of a form, in MiB. */
export function longestText(form: Exclude<Form, 'sysfs'>): number {
  return form === 'json' ? 16 : IMPORTED[form].longest;
}

/** What is read, for the messages about what is not. */
export const READ_FORMS =
  'topology JSON, hwloc XML, lscpu -J, lscpu -e -J, lscpu -p, plain lscpu, numactl --hardware, a copy of /sys/devices/system (directory or tar), an hwloc synthetic string, QEMU -smp and -numa';

/**
 * What the text describes.
 * @throws InputError with the place in the text, without its origin.
 */
export async function describeText(
  form: ImportedForm,
  text: string,
  numbering: Numbering | null,
): Promise<MachineDescription> {
  if (numbering !== null && form !== 'synthetic') {
    throw new InputError(`--numbering is for synthetic strings: ${form} numbers its CPUs itself`);
  }
  const describe: Describe = await IMPORTED[form].load();
  return describe(text, numbering);
}
