/** Every description under test/machines that hwloc's or util-linux's tools wrote, by its content alone. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { reportedDocument } from '../../../../src/topology/import/assemble.ts';
import {
  type ImportOptions,
  importBytes,
  NO_OPTIONS,
} from '../../../../src/topology/import/import-bytes.ts';
import { topologyDocument, topologySha256 } from '../../../../src/topology/normal-form.ts';
import { validateTopology } from '../../../../src/topology/read-document.ts';
import { listed } from '../../../support/machine-files.ts';

const folder = new URL('../../../machines/', import.meta.url);

const files = ['hwloc/', 'lscpu/'].flatMap((below) =>
  readdirSync(new URL(below, folder), { recursive: true, encoding: 'utf8' })
    .map((file) => `${below}${file.replaceAll('\\', '/')}`)
    .filter((file) => /\.(?:xml|xml\.gz|json|csv|txt)$/.test(file))
    .filter((file) => !file.endsWith('.expected.json')),
);

async function readBytes(bytes: Buffer, options: Partial<ImportOptions> = {}) {
  const imported = await importBytes(bytes, { ...NO_OPTIONS, ...options }, 'machine');
  return { ...imported, document: reportedDocument(imported.topology, imported.reported) };
}

const read = (file: string, options: Partial<ImportOptions> = {}) =>
  readBytes(readFileSync(new URL(file, folder)), options);

const FORMS: readonly (readonly [RegExp, string])[] = [
  [/\.v1\.xml$/, 'hwloc XML 1.x'],
  [/\.v3\.xml$/, 'hwloc XML 3.0'],
  [/\.xml/, 'hwloc XML 2.0'],
  [/summary.*\.txt$/, 'lscpu'],
  [/summary\.json$/, 'lscpu -J'],
  [/extended.*\.json$/, 'lscpu -e -J'],
  [/parsable.*\.csv$/, 'lscpu -p'],
];

describe('a description by hwloc or util-linux', () => {
  it('is there in every form', () => {
    for (const [pattern] of FORMS)
      expect(files.filter((file) => pattern.test(file))).not.toEqual([]);
    expect(files.filter((file) => !FORMS.some(([pattern]) => pattern.test(file)))).toEqual([]);
  });

  it.each(files)('is recognised and read, and its JSON is the same machine: %s', async (file) => {
    const { topology, document } = await read(file);
    const form = FORMS.find(([pattern]) => pattern.test(file))?.[1];
    expect(document.source).toBe(`imported from ${form}`);
    const json = Buffer.from(JSON.stringify(document));
    const again = await readBytes(json);
    expect(again.document).toEqual(document);
    expect(again.remarks).toEqual([]);
    expect(topologySha256(again.topology)).toBe(topologySha256(topology));
    expect(listed(validateTopology(topologyDocument(topology)))).toEqual(listed(topology));
  });

  // hwloc makes a node of a machine without NUMA, and leaves out a die that is alone in its package
  // and the distance of a single node; sysfs alone tells the nodes of off-line CPUs.
  it.each([
    ['2cpu-guest.xml', ['dies', 'distances']],
    ['8cpu-sparse-ids.xml', []],
    ['10cpu-smt-and-lp-cores.xml', ['distances']],
    ['16cpu-3off-2dies.xml', ['numaNodes']],
    ['250cpu-guest.xml.gz', ['dies']],
    ['4cpu-1off-no-numa.xml', ['numaNodes']],
    ['arm-4little-2big.xml', ['numaNodes']],
  ])('is the same machine from hwloc, %s, and from sysfs, but for %j', async (file, but) => {
    const facts = async (path: string) => {
      const { cpus, ...parts } = topologyDocument((await read(path)).topology);
      const { present, online } = cpus;
      const { description: _d, source: _s, ...rest } = { ...parts, present, online };
      return Object.fromEntries(Object.entries(rest).filter(([key]) => !but.includes(key)));
    };
    const machine = file.replace(/\.xml.*$/, '');
    const xml = await facts(`hwloc/${file}`);
    expect(xml).toEqual(await facts(`sysfs/${machine}.tar.gz`));
    const { cores, caches } = xml;
    for (const form of ['extended.json', 'parsable.csv']) {
      expect(await facts(`lscpu/${machine}/${form}`)).toMatchObject({ cores, caches });
    }
  });

  it('has as many possible CPUs as the user says', async () => {
    const { topology, remarks } = await read('hwloc/pu-250.xml', { nrCpuIds: 256 });
    expect(topology).toMatchObject({ nrCpuIds: 256 });
    expect(topology.online).toHaveLength(250);
    expect(remarks.join('\n')).not.toContain('taken');
  });
});
