/** The forms in which a machine is described, and the importer of each, loaded when it is needed. */
import { InputError } from '../../errors.ts';
import type { MachineDescription } from './description.ts';
import type { Numbering } from './numbering.ts';

/** As --from takes them. */
export const FORMS = [
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
] as const;

export type Form = (typeof FORMS)[number];

/** Forms of text that an importer makes a description of: all but the program's own and trees of files. */
export type ImportedForm = Exclude<Form, 'json' | 'sysfs'>;

/**
 * The longest text of each, in MiB. A kernel has 8,192 CPUs and 1,024 nodes at most: their hwloc XML
 * takes 5 MiB, their distances in numactl as many; in JSON 2^20 CPUs with cores and a cache take 15.
 */
export const LONGEST_TEXT: Readonly<Record<Exclude<Form, 'sysfs'>, number>> = {
  json: 16,
  'hwloc-xml': 16,
  'lscpu-json': 8,
  'lscpu-table': 8,
  'lscpu-parsable': 8,
  lscpu: 8,
  numactl: 8,
  synthetic: 1,
  qemu: 1,
};

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
  switch (form) {
    case 'hwloc-xml':
      return (await import('./hwloc-xml.ts')).describeHwlocXml(text);
    case 'lscpu-json':
      return (await import('./lscpu-json.ts')).describeLscpuJson(text);
    case 'lscpu-table':
      return (await import('./lscpu-table.ts')).describeLscpuTable(text);
    case 'lscpu-parsable':
      return (await import('./lscpu-parsable.ts')).describeLscpuParsable(text);
    case 'lscpu':
      return (await import('./lscpu-text.ts')).describeLscpuText(text);
    case 'numactl':
      return (await import('./numactl.ts')).describeNumactl(text);
    case 'synthetic':
      return (await import('./synthetic.ts')).describeSynthetic(text, numbering);
    case 'qemu':
      return (await import('./qemu.ts')).describeQemu(text);
  }
}
