/** Texts that are cut off anywhere: refused, or the machine of the whole text. */
import { describe, expect, it } from 'vitest';
import { describeText, type ImportedForm } from '../../../../src/topology/import/forms.ts';
import { recogniseText } from '../../../../src/topology/import/recognise.ts';
import { told } from '../../../support/machine-files.ts';

const NUMACTL = `available: 2 nodes (0-1)
node 0 cpus: 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23
node 0 size: 16000 MB
node 0 free: 1000 MB
node 1 cpus: 8 9 10 11 12 13 14 15 24 25 26 27 28 29 30 31
node 1 size: 16000 MB
node 1 free: 1000 MB
node distances:
node   0   1
  0:  10  20
  1:  20  10
`;

const SUMMARY = `Architecture:        x86_64
CPU(s):              32
On-line CPU(s) list: 0-31
Thread(s) per core:  2
NUMA node(s):        2
NUMA node0 CPU(s):   0-7,16-23
NUMA node1 CPU(s):   8-15,24-31
`;

const CPUS = Array.from({ length: 24 }, (_, cpu) => ({ cpu, core: cpu % 12, node: cpu % 2 }));

const PARSABLE = `# The following is the parsable format, which can be fed to other
# CPU,Core,Socket,Node,,L1d,L1i,L2,L3
${CPUS.map(({ cpu, core, node }) => `${cpu},${core},${node},${node},,${core},${core},${core},${core}\n`).join('')}`;

const TABLE = `CPU NODE SOCKET CORE L1d:L1i:L2:L3 ONLINE
${CPUS.map(({ cpu, core, node }) => `${String(cpu).padStart(3)} ${String(node).padStart(4)} ${String(node).padStart(6)} ${String(core).padStart(4)} ${`${core}:${core}:${core}:${node}`.padEnd(13)}    yes\n`).join('')}`;

const BY_CACHE = TABLE.replaceAll(/ {4}yes| ONLINE/g, '');

const machineOf = async (form: ImportedForm, text: string) =>
  told(await describeText(form, text, null));

/** What a cut text may leave out, besides being refused. */
const partly = (whole: object, found: object) =>
  Object.fromEntries(
    Object.entries(whole).filter(([key]) => {
      const value: unknown = (found as Record<string, unknown>)[key];
      return value !== null && !(Array.isArray(value) && value.length === 0);
    }),
  );

describe('a text that is cut off within a line', () => {
  it.each<[ImportedForm, string, string]>([
    ['numactl', 'whole', NUMACTL],
    ['numactl', 'lists alone', NUMACTL.replaceAll(/^(?!available|node \d cpus).*\n/gm, '')],
    ['lscpu', 'whole', SUMMARY],
    ['lscpu', 'lists of nodes alone', SUMMARY.replaceAll(/^(?!NUMA).*\n/gm, '')],
    [
      'lscpu',
      'off-line CPUs last',
      'CPU(s): 32\nOn-line CPU(s) list: 0-15\nOff-line CPU(s) list: 16-31\n',
    ],
    ['lscpu-parsable', 'whole', PARSABLE],
    ['lscpu-table', 'whole', TABLE],
    ['lscpu-table', 'caches last', BY_CACHE],
  ])('is refused, or read as the whole machine: %s, %s', async (form, _, text) => {
    const whole = await machineOf(form, text);
    const read: string[] = [];
    const start = form === 'lscpu-parsable' || form === 'lscpu-table' ? text.length - 20 : 1;
    for (let end = start; end < text.length; end++) {
      const cut = text.slice(0, end);
      if (cut.endsWith('\n')) continue;
      const found = await machineOf(form, cut).catch(() => null);
      if (found === null) continue;
      read.push(cut);
      if (form === 'numactl' || form === 'lscpu') {
        expect({ cut, ...partly(whole, found) }).toEqual({ cut, ...partly(found, found) });
      } else expect({ cut, ...found }).toEqual({ cut, ...whole });
    }
    // That a text lacks the last line end alone is no fault.
    expect(read.at(-1)).toBe(text.slice(0, -1));
  });

  it.each<[ImportedForm, string]>([
    ['numactl', 'node 0 cpus: 0 1 2 3'],
    ['lscpu', 'NUMA node0 CPU(s): 0-3'],
    ['lscpu-parsable', '# CPU,Node\n0,0\n1,0\n2,0\n3,0'],
    ['lscpu-parsable', '# CPU,Core,Socket,Node\n0,0,0,\n1,1,0,'],
    ['lscpu-parsable', '# CPU,Core,Socket,Node,,L1d,L2\n0,0,0,,,0,0\n1,1,0,,,1,0\n2,,,,,'],
    ['lscpu-parsable', '# Online,CPU,Core,,L1d,L2\nY,0,0,,0,0\nY,1,1,,1,0\nN,2,,,'],
    ['lscpu-parsable', '# Core,CPU,Node\n0,0,0\n1,1,0\n,2,'],
    ['lscpu-table', 'CPU CORE L1d:L2\n0 0 0:0\n1 1 1:0\n2 - -'],
    ['lscpu-table', 'CPU CORE ONLINE\n0 0 yes\n1 1 yes\n2 2 yes\n3 - no'],
  ])('is read where nothing speaks against it: %s %j', async (form, text) => {
    expect(await machineOf(form, text)).toEqual(await machineOf(form, `${text}\n`));
  });

  it.each<[ImportedForm, string, string]>([
    [
      'numactl',
      'node 0 cpus: 0 1 2\nnode 1 cpus: 3 4',
      'line 2: the text ends here without a line end, and its node has 2 CPUs, others have 3: expected it whole, with a line end',
    ],
    [
      'lscpu',
      'CPU(s): 32\nOn-line CPU(s) list: 0-3',
      'line 2: the text ends here without a line end, and CPU(s) is 32, but the lists name 4: expected',
    ],
    [
      'lscpu-parsable',
      '# CPU,Core,Socket,Node,,L1d,L1i,L2,L3\n0,0,0,0,,0,0,0,0\n1,1,0,0,,1,1,1',
      'line 3: the text ends here without a line end, and has less than the row before',
    ],
    [
      'lscpu-table',
      'CPU CORE ONLINE\n  0    0    yes\n  1    1',
      'line 3: the text ends here without a line end, and "" may be cut off',
    ],
  ])('is refused where it does, and read with its line end: %s %j', async (form, text, words) => {
    await expect(machineOf(form, text)).rejects.toThrow(words);
    await expect(machineOf(form, `${text}\n`)).resolves.toBeDefined();
  });

  it('has come to its end where more is pasted behind it', () => {
    const text = 'node 0 cpus: 0 1 2\nnode 1 cpus: 3 4\nuser@box:~$ ';
    expect(recogniseText(text).map((section) => section.text.at(-1))).toEqual(['\n']);
  });
});
