/** Descriptions and options of `topology import` with a fault: one line, exit code 2, nothing written. */
import { writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { machineFile } from '../support/machine-files.ts';
import { answerTo, bundledList, type Fault, refusal } from '../support/refusal.ts';
import { runShell, temporaryFolder } from '../support/shell.ts';

const read =
  'topology JSON, hwloc XML, lscpu -J, lscpu -e -J, lscpu -p, plain lscpu, numactl --hardware, a copy of /sys/devices/system (directory or tar), an hwloc synthetic string, QEMU -smp and -numa';

const importing = (...words: string[]) => ['topology', 'import', ...words, '--output', 'out.json'];

/** A file with a fault in it: [fault, text, line after its name]. */
function describing(rows: readonly (readonly [string, string, string])[]): Fault[] {
  return rows.map(([fault, text, line]) => ({
    fault,
    args: importing('machine'),
    files: { machine: text },
    line: `machine: ${line}`,
  }));
}

describe('a description', () => {
  it.concurrent.each(
    describing([
      ['that is empty', '', `is empty: expected ${read}`],
      ['that is prose', 'Dear all,\n', `begins with "Dear all,": expected ${read}`],
      ['with a NUL in it', 'ELF\0\0', 'is binary: expected text or a tar'],
      [
        'of /proc/cpuinfo',
        'processor\t: 0\n',
        'is a copy of /proc/cpuinfo, which tells neither nodes nor off-line CPUs: give lscpu -e -J',
      ],
      ['of lstopo as text', 'Machine (31GB total)\n', 'is drawn by lstopo: give lstopo --of xml'],
      ['of hwloc cut off', machineFile('hwloc/pu-250.xml').slice(0, 3000), ''],
      [
        'of numactl without NUMA',
        'No NUMA available on this system\n',
        'line 1: "No NUMA available on this system" tells no CPUs: give lscpu -e -J',
      ],
      [
        'in a synthetic string without CPUs',
        'pack:2 core:4\n',
        'the last level is core: expected the CPUs, such as pu:2',
      ],
      [
        'in a synthetic string with a wrong list of indexes',
        'pu:4(indexes=0,1,2)',
        'indexes=0,1,2: 3 indexes: expected 4, one each',
      ],
      [
        'in words of QEMU that do not multiply',
        '-smp 8,sockets=3',
        '-smp 8,sockets=3: sockets 3 * cores 2 = 6: expected maxcpus, 8',
      ],
    ]),
  )('is refused $fault', async (fault) => {
    const answer = await answerTo(fault);
    // The importers' own tests have the words of each fault: here it is the frame around them.
    if (fault.line.endsWith(': ')) {
      expect(answer).toMatchObject({ code: 2, stdout: '', files: ['machine'] });
      expect(answer.stderr).toMatch(/^rss-err: machine: .+\n$/);
    } else expect(answer).toEqual(refusal(fault));
  });

  it.each([
    [
      'xz',
      'fd377a585a00',
      'is compressed with xz, which is not read: expand it first (xz -dc), or use gzip',
    ],
    [
      'zstd',
      '28b52ffd0000',
      'is compressed with zstd, which is not read: expand it first (zstd -dc), or use gzip',
    ],
    [
      'bzip2',
      '425a68390000',
      'is compressed with bzip2, which is not read: expand it first (bzip2 -dc), or use gzip',
    ],
    [
      'gzip, cut off',
      gzipSync('pu:8').subarray(0, 20).toString('hex'),
      'is not whole: the gzip data is cut off or damaged',
    ],
    ['gzip, of a NUL', gzipSync('\0').toString('hex'), 'is binary: expected text or a tar'],
  ])('is refused in %s', async (_, hex, line) => {
    const cwd = temporaryFolder();
    writeFileSync(`${cwd}/machine`, Buffer.from(hex, 'hex'));
    const result = await runShell('rss-err topology import machine --output out.json; ls', { cwd });
    expect(result).toMatchObject({ stdout: 'machine\n', stderr: `rss-err: machine: ${line}\n` });
  });
});

describe('beside an imported machine, of which there is something to say,', () => {
  const faults: Fault[] = [
    {
      fault: 'a CPU that it does not have',
      args: ['compare', '--topology', 'pu:4', '--used', '9'],
      line: '--used 9: CPU 9 is not on-line: pu:4 has 0-3 (see rss-err compare --help)',
    },
    {
      fault: 'a CPU for a bound',
      args: ['bound', '--topology', 'pu:4', '--used', '9'],
      line: '--used 9: CPU 9 is not on-line: pu:4 has 0-3 (see rss-err bound --help)',
    },
    {
      fault: 'a CPU for a witness',
      args: ['witness', '--scheme', 'tree', '--topology', 'pu:4', '--used', '9'],
      line: '--used 9: CPU 9 is not on-line: pu:4 has 0-3 (see rss-err witness --help)',
    },
    {
      fault: 'processes that the study refuses',
      args: ['processes', '--topology', 'pu:4', '--servers', '4096', '--threads', '1000'],
      line: '4096017 tasks at once: expected 1048576 at most (see rss-err processes --help)',
    },
    {
      fault: 'a level that the tree does not have',
      args: ['topology', 'tree', 'pu:4', '--level', '9'],
      line: '--level 9: the tree has levels 1 to 2 (see rss-err topology tree --help)',
    },
    {
      fault: 'a recording with a bad line',
      args: ['replay', '-', '--topology', 'pu:4'],
      stdin: '{"thread":1,"cpu":9,"pages":1,"kind":"fault"}\n',
      line: 'standard input: line 1: cpu is 9: pu:4 has no such CPU',
    },
    {
      fault: 'readings in a form that has no lines',
      args: ['replay', '-', '--topology', 'pu:4', '--readings', '--format', 'json'],
      stdin: '{"thread":1,"cpu":0,"pages":1,"kind":"fault"}\n',
      line: '--format json: --readings are csv or ndjson (see rss-err replay --help)',
    },
  ];

  it.concurrent.each(faults)('is one line all the same: $fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });
});

describe('a command line', () => {
  const four = { machine: 'pu:4' };

  it.concurrent.each<Fault>([
    {
      fault: 'a form that there is not',
      args: importing('machine', '--from', 'xml'),
      files: four,
      line: '--from xml: "xml" is not one of json, hwloc-xml, lscpu-json, lscpu-table, lscpu-parsable, lscpu, numactl, sysfs, synthetic, qemu (see rss-err topology import --help)',
    },
    {
      fault: 'a form that the text has not',
      args: importing('machine', '--from', 'json'),
      files: four,
      line: 'machine: malformed JSON at line 1, column 1: unknown word',
    },
    {
      fault: 'a text for a tree of files',
      args: importing('machine', '--from', 'sysfs'),
      files: four,
      line: 'machine: is text: --from sysfs expects a directory or a tar',
    },
    {
      fault: 'a directory for a text',
      args: importing('.', '--from', 'numactl'),
      line: '.: is a directory, which --from numactl does not read',
    },
    {
      fault: 'a directory without CPUs',
      args: importing('.'),
      line: '.: there is no cpu/ in it: expected a copy of /sys/devices/system, or a directory that holds sys/devices/system',
    },
    {
      fault: 'a file that is not there',
      args: importing('absent', '--from', 'numactl'),
      line: `absent: no such file, and no bundled machine of that name (there are ${bundledList()}) (see rss-err topology import --help)`,
    },
    {
      fault: 'fewer nr_cpu_ids than CPUs',
      args: importing('machine', '--nr-cpu-ids', '3'),
      files: four,
      line: 'machine: --nr-cpu-ids 3: CPU 3 is there; expected 4 to 1048576 (see rss-err topology import --help)',
    },
    {
      fault: 'more nr_cpu_ids than the tree covers',
      args: importing('machine', '--nr-cpu-ids', '1048577'),
      files: four,
      line: '--nr-cpu-ids 1048577: "1048577" is not a whole number from 1 to 1048576 (see rss-err topology import --help)',
    },
    {
      fault: 'a name that cannot stand in a table',
      args: importing('machine', '--name', 'größer'),
      files: four,
      line: '--name: "größer" is no name: expected printable ASCII (see rss-err topology import --help)',
    },
    {
      fault: 'an empty name',
      args: importing('machine', '--name', ''),
      files: four,
      line: '--name: "" is no name: expected printable ASCII (see rss-err topology import --help)',
    },
    {
      fault: 'a numbering of what has its numbers',
      args: importing('machine', '--numbering', 'split'),
      files: { machine: 'node 0 cpus: 0-3\n' },
      line: 'machine: --numbering is for synthetic strings: numactl numbers its CPUs itself (see rss-err topology import --help)',
    },
    {
      fault: 'a numbering of topology JSON',
      args: importing('8cpu', '--numbering', 'adjacent'),
      line: '8cpu: --numbering is for synthetic strings: topology JSON numbers its CPUs (see rss-err topology import --help)',
    },
    {
      fault: 'a numbering that there is not',
      args: importing('machine', '--numbering', 'random'),
      files: four,
      line: '--numbering random: "random" is not one of adjacent, split (see rss-err topology import --help)',
    },
    {
      fault: 'words of QEMU that look like an option',
      args: importing('-smp 8'),
      line: "unknown option '-smp 8' (see rss-err topology import --help)",
    },
    {
      fault: 'an output in no folder',
      args: ['topology', 'import', 'machine', '--output', 'nowhere/out.json'],
      files: four,
      line: '--output nowhere/out.json: no such folder',
    },
    {
      fault: 'nothing to validate',
      args: ['topology', 'validate'],
      line: "missing required argument 'machine' (see rss-err topology validate --help)",
    },
    {
      fault: 'a machine for capture',
      args: ['topology', 'capture', '250cpu'],
      line: "too many arguments for 'capture'. Expected 0 arguments but got 1. (see rss-err topology capture --help)",
    },
  ])('is refused: $fault', async (fault) => {
    expect(await answerTo(fault)).toEqual(refusal(fault));
  });
});
