import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { machineFile } from '../support/machine-files.ts';
import { answerTo, refusal } from '../support/refusal.ts';

const path = (file: string) => new URL(`../machines/${file}`, import.meta.url).pathname;

const MACHINE = 'lscpu/16cpu-3off-2dies';

/** CPUs and nodes as every form of that machine tells them. */
const CPUS = { possible: '0-15', online: '0-4,6-12,15' };

describe('rss-err topology import', () => {
  it.each([
    ['hwloc-xml', 'hwloc/16cpu-3off-2dies.xml', 'hwloc XML 2.0'],
    ['hwloc-xml', 'hwloc/16cpu-3off-2dies.v1.xml', 'hwloc XML 1.x'],
    ['hwloc-xml', 'hwloc/16cpu-3off-2dies.v3.xml', 'hwloc XML 3.0'],
    ['lscpu-table', `${MACHINE}/extended.json`, 'lscpu -e -J'],
    ['lscpu-parsable', `${MACHINE}/parsable-all.csv`, 'lscpu -p'],
    ['lscpu-json', `${MACHINE}/summary.json`, 'lscpu -J'],
    ['lscpu', `${MACHINE}/summary.txt`, 'lscpu'],
  ])('reads %s, a file or standard input, recognised or forced: %s', async (from, file, form) => {
    const [named, piped] = await Promise.all([
      runCli(['topology', 'import', path(file), '--name', 'm']),
      runCli(['topology', 'import', '-', '--name', 'm', '--from', from], {
        stdin: machineFile(file),
      }),
    ]);
    expect(named.code).toBe(0);
    expect(named.stderr).toMatch(/^(?:rss-err: note: [^\n]*\n)+$/);
    expect(JSON.parse(named.stdout)).toMatchObject({
      name: 'm',
      source: `imported from ${form}`,
      cpus: CPUS,
      numaNodes: [
        { id: 0, cpus: '0-3,8-11' },
        { id: 8, cpus: '4,6-7,12,15' },
        ...(form === 'lscpu -e -J' || form === 'lscpu -p' ? [] : [{ id: 9, cpus: '' }]),
      ],
    });
    expect([piped.code, piped.stdout]).toEqual([0, named.stdout]);
  });

  it('gives a topology to other commands directly: lstopo --of xml | rss-err compare --topology -', async () => {
    const xml = machineFile('hwloc/16cpu-3off-2dies.xml');
    const args = ['compare', '--topology', '-', '--operations', '100', '--format', 'json'];
    const { code, stdout } = await runCli(args, { stdin: xml });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      topology: { nrCpuIds: 16, onlineCpus: 13, numaNodes: 3 },
    });
  });

  it('reads 4,096 CPUs of hwloc XML soon', async () => {
    const start = performance.now();
    const { code, stdout } = await runCli(['topology', 'import', path('hwloc/4096cpu.xml.gz')]);
    // Half a second on an idle machine of 2 cores.
    expect(performance.now() - start).toBeLessThan(10_000);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ cpus: { online: '0-4095' } });
  });

  const xml = readFileSync(path('hwloc/2cpu-guest.xml'), 'utf8');

  it.each([
    {
      fault: 'XML that is cut off',
      files: { 'm.xml': xml.slice(0, 2000) },
      line: 'm.xml: malformed XML at line 23, column 30: unclosed root tag',
    },
    {
      fault: 'XML of another kind',
      files: { 'm.xml': '<?xml version="1.0"?>\n<svg/>\n' },
      line: 'm.xml: line 2: the root element is "svg"; expected "topology", as lstopo writes it',
    },
    {
      fault: 'a CPU that is there twice',
      files: { 'm.xml': xml.replace('type="PU" os_index="1"', 'type="PU" os_index="0"') },
      line: 'm.xml: line 39, PU: CPU 0 is there twice',
    },
    {
      fault: 'lscpu -p without its header',
      args: ['topology', 'import', 'm.csv', '--from', 'lscpu-parsable'],
      files: { 'm.csv': '0,0,0,0\n' },
      line: 'm.csv: no comment that names the columns, CPU among them; expected one such as "# CPU,Core,Socket,Node", above the values',
    },
    {
      fault: 'lscpu in another language',
      args: ['topology', 'import', 'm.txt', '--from', 'lscpu'],
      files: { 'm.txt': 'Architektur: x86_64\nCPU(s): 2\nListe der Online-CPU(s): 0,1\n' },
      line: 'm.txt: no line "On-line CPU(s) list:"; expected lscpu\'s summary in English, as LC_ALL=C lscpu prints it',
    },
    {
      fault: 'a summary that is cut off',
      files: {
        'm.txt':
          'Architecture: x86_64\nOn-line CPU(s) list: 0-3\nNUMA node(s): 2\nNUMA node0 CPU(s): 0-1\n',
      },
      line: 'm.txt: line 3: "2" NUMA nodes, but 1 with a list of CPUs; is the text cut off?',
    },
    {
      fault: 'a row of lscpu -e -J with a value that is none',
      files: { 'm.json': '{"cpus": [{"cpu": 0, "node": "x"}]}' },
      line: 'm.json: cpus[0]: NODE is "x"; expected a number from 0 to 1023',
    },
  ])('refuses $fault in one line', async ({ args, ...fault }) => {
    const [file = ''] = Object.keys(fault.files);
    const whole = { args: args ?? ['topology', 'import', file], ...fault };
    expect(await answerTo(whole)).toEqual(refusal(whole));
  });
});
