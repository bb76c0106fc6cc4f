/** Machines that cannot be read: one line with file, place, value and rule; exit code 2. */
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { answerTo, bundledList, type Fault, machineText, refusal } from '../support/refusal.ts';
import { temporaryFolder } from '../support/shell.ts';

const noSuchFile = (meant = '') =>
  `no such file, and no bundled machine of that name${meant} (there are ${bundledList()})`;

const readForms =
  'topology JSON, hwloc XML, lscpu -J, lscpu -e -J, lscpu -p, plain lscpu, numactl --hardware, a copy of /sys/devices/system (directory or tar), an hwloc synthetic string, QEMU -smp and -numa';

describe('a machine that cannot be read', () => {
  it.concurrent.each<Fault>([
    {
      fault: 'a missing file, with the bundled machines',
      args: ['compare', '--topology', 'missing.json'],
      line: `missing.json: ${noSuchFile()} (see rss-err compare --help)`,
    },
    {
      fault: 'a missing file of a missing folder',
      args: ['topology', 'show', 'nowhere/missing.json'],
      line: `nowhere/missing.json: ${noSuchFile()} (see rss-err topology show --help)`,
    },
    {
      fault: 'a missing file whose name has two lines, told in one',
      args: ['compare', '--topology', 'two\nlines.json'],
      line: `two\\nlines.json: ${noSuchFile()} (see rss-err compare --help)`,
    },
    {
      fault: 'a bundled name in another case of letters',
      args: ['topology', 'show', '250CPU'],
      line: `250CPU: ${noSuchFile(': did you mean 250cpu?')} (see rss-err topology show --help)`,
    },
    {
      fault: 'the schema that stands beside the bundled machines',
      args: ['topology', 'show', 'topology.schema'],
      line: `topology.schema: ${noSuchFile()} (see rss-err topology show --help)`,
    },
    {
      fault: 'words of QEMU with a value that is no number',
      args: ['compare', '--topology', '8,sockets=x'],
      line: '8,sockets=x: -smp 8,sockets=x: sockets is "x": expected a whole number from 1 to 1048576 (see rss-err compare --help)',
    },
    {
      fault: 'words of QEMU with a key that there is not',
      args: ['topology', 'show', '8,sokets=2'],
      line: '8,sokets=2: -smp 8,sokets=2: "sokets" is unknown: did you mean "sockets"? (see rss-err topology show --help)',
    },
    {
      fault: 'an empty file',
      args: ['compare', '--topology', 'empty.json'],
      files: { 'empty.json': '' },
      line: `empty.json: is empty: expected ${readForms}`,
    },
    {
      fault: 'empty standard input',
      args: ['compare', '--topology', '-'],
      line: `standard input: is empty: expected ${readForms}`,
    },
    {
      fault: 'malformed JSON',
      args: ['compare', '--topology', 'machine.json'],
      files: { 'machine.json': '{\n  "name": ,\n}' },
      line: 'machine.json: malformed JSON at line 2, column 11: value expected',
    },
    {
      fault: 'a key of two lines, told in one',
      args: ['compare', '--topology', 'machine.json'],
      files: { 'machine.json': machineText({ 'page\nSize': 4096 }) },
      line: 'machine.json: page\\nSize is an unknown key: did you mean "pageSize"?',
    },
    {
      fault: 'a cpulist with a word in it',
      args: ['compare', '--topology', 'machine.json'],
      files: { 'machine.json': machineText({ cpus: { possible: '0-x' } }) },
      line: 'machine.json: cpus.possible is "0-x": "0-x" is no CPU or range; expected a cpulist such as "0-3,8"',
    },
    {
      fault: 'a CPU in no node',
      args: ['compare', '--topology', 'machine.json'],
      files: { 'machine.json': machineText({ numaNodes: [{ id: 0, cpus: '0-2' }] }) },
      line: 'machine.json: numaNodes: on-line CPU 3 is in no NUMA node; it must be in exactly one',
    },
    {
      fault: 'a fault on standard input',
      args: ['topology', 'show', '-'],
      stdin: machineText({ pageSize: 8192 }),
      line: 'standard input: pageSize is 8192: expected 4096, 16384, 65536 (bytes)',
    },
    {
      fault: 'a fault in a file that is only shown',
      args: ['topology', 'show', 'machine.json'],
      files: { 'machine.json': machineText({ numaNodes: [] }) },
      line: 'machine.json: numaNodes is []: expected at least one NUMA node',
    },
  ])('is refused: $fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });

  it('is refused: a directory', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'folder.json'));
    const result = await runCli(['compare', '--topology', 'folder.json'], { cwd });
    const stderr =
      'rss-err: folder.json: there is no cpu/ in it: expected a copy of /sys/devices/system, or a directory that holds sys/devices/system\n';
    expect(result).toEqual({ code: 2, signal: null, stdout: '', stderr });
  });

  it.skipIf(process.getuid?.() === 0)('is refused: a file that may not be read', async () => {
    const cwd = temporaryFolder({ 'secret.json': machineText({}) });
    chmodSync(join(cwd, 'secret.json'), 0);
    const result = await runCli(['compare', '--topology', 'secret.json'], { cwd });
    const stderr = 'rss-err: secret.json: permission denied\n';
    expect(result).toEqual({ code: 2, signal: null, stdout: '', stderr });
  });
});
