/** From the bytes of a description in any form to a machine. */
import { InputError } from '../../errors.ts';
import { gunzipAll, gunzipStart } from '../../input/gunzip.ts';
import { parseJsonText } from '../../input/json.ts';
import { LARGEST_DOCUMENT } from '../../input/whole.ts';
import { MIB } from '../../units.ts';
import { validateTopology } from '../read-document.ts';
import { assemble, type Imported } from './assemble.ts';
import { describe, type MachineDescription, type Numbering } from './description.ts';
import { describeText, type Form, longestText } from './forms.ts';
import { combine, type Output } from './pasted.ts';
import { containerOf, recogniseText } from './recognise.ts';

/** What the user settles; null where the description is to. */
export interface ImportOptions {
  readonly form: Form | null;
  readonly name: string | null;
  readonly nrCpuIds: number | null;
  readonly numbering: Numbering | null;
}

export const NO_OPTIONS: ImportOptions = {
  form: null,
  name: null,
  nrCpuIds: null,
  numbering: null,
};

/** Where a description has no name, and no file's either. */
const NAMELESS = 'imported';

/** The machine is called as the user says, else as its file (null: it has none), else as it says itself. */
export function assembleAs(
  description: MachineDescription,
  { name, nrCpuIds }: ImportOptions,
  fileName: string | null,
): Imported {
  return assemble(description, {
    name: name ?? fileName ?? description.name ?? NAMELESS,
    nrCpuIds,
  });
}

const hasKey = (value: unknown, key: string) =>
  typeof value === 'object' && value !== null && key in value;

/** The program's own form: all that it reports is kept, and nothing is remarked. */
function importJson(text: string, { name, nrCpuIds, numbering }: ImportOptions): Imported {
  if (numbering !== null) {
    throw new InputError('--numbering is for synthetic strings: topology JSON numbers its CPUs');
  }
  const value = parseJsonText(text);
  const own = validateTopology(value);
  const cpus = hasKey(value, 'cpus') ? (value as { cpus: unknown }).cpus : null;
  const reported = {
    pageSize: hasKey(value, 'pageSize'),
    present: hasKey(cpus, 'present'),
    online: hasKey(cpus, 'online'),
  };
  if (nrCpuIds === null) {
    return { topology: name === null ? own : { ...own, name }, reported, remarks: [] };
  }
  const present = reported.present || !reported.online ? own.present : null;
  const { topology, remarks } = assemble(describe({ ...own, form: 'topology JSON', present }), {
    name: name ?? own.name,
    nrCpuIds,
  });
  const { description, source } = own;
  return {
    topology: { ...topology, description, source },
    reported: { ...reported, present: true, online: true },
    remarks,
  };
}

function textOf(bytes: Uint8Array): string {
  if (bytes.includes(0)) throw new InputError('is binary: expected text or a tar');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

async function importTar(
  bytes: Buffer,
  options: ImportOptions,
  fileName: string | null,
): Promise<Imported> {
  if (options.form !== null && options.form !== 'sysfs') {
    throw new InputError(
      `is a tar, which --from ${options.form} does not read: expected --from sysfs`,
    );
  }
  const [{ openSysfsTar }, { describeSysfs }] = await Promise.all([
    import('./sysfs-tar.ts'),
    import('./sysfs.ts'),
  ]);
  return assembleAs(describeSysfs(await openSysfsTar(bytes)), options, fileName);
}

function demandShort(text: string, form: Exclude<Form, 'sysfs'>): void {
  const longest = longestText(form);
  if (text.length <= longest * MIB) return;
  throw new InputError(`larger than ${longest} MiB, the most that is read as ${form}`);
}

/** @throws InputError with the place in the text, without its origin. */
export async function importText(
  text: string,
  options: ImportOptions,
  fileName: string | null,
): Promise<Imported> {
  if (options.form === 'sysfs') {
    throw new InputError('is text: --from sysfs expects a directory or a tar');
  }
  const outputs: Output[] = [];
  for (const { form, line, text: output } of recogniseText(text, options.form)) {
    demandShort(output, form);
    if (form === 'json') return importJson(output, options);
    outputs.push({ line, description: await describeText(form, output, options.numbering) });
  }
  return assembleAs(combine(outputs), options, fileName);
}

/** @throws InputError with the place in the description, without its origin. */
export async function importBytes(
  bytes: Buffer,
  options: ImportOptions,
  fileName: string | null,
): Promise<Imported> {
  const container = containerOf(bytes);
  if (container === 'tar') return importTar(bytes, options, fileName);
  if (container === 'text') return importText(textOf(bytes), options, fileName);
  return containerOf(await gunzipStart(bytes)) === 'tar'
    ? importTar(bytes, options, fileName)
    : importText(textOf(gunzipAll(bytes, LARGEST_DOCUMENT)), options, fileName);
}
