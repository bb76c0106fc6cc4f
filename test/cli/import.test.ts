/** `topology import`, `capture` and `validate`, and descriptions of every form given to --topology. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { parseCpulist } from '../../src/topology/cpulist.ts';
import { FORMS } from '../../src/topology/import/forms.ts';
import type { TopologyDocument } from '../../src/topology/schema.ts';
import { runCli } from '../support/cli.ts';
import { machineFile, toolsSay } from '../support/machine-files.ts';
import { runShell, temporaryFolder } from '../support/shell.ts';

const machines = fileURLToPath(new URL('../machines/', import.meta.url));

/** One machine of 16 CPUs of which 13 are on-line, as the tools of hwloc and util-linux wrote it. */
const MACHINE = '16cpu-3off-2dies';
const SAID = toolsSay(MACHINE);

/** Its nodes as numactl would list them. */
const NUMACTL = `available: ${SAID.numaNodes.length} nodes\n${SAID.numaNodes
  .map(([id, cpus]) => `node ${id} cpus: ${cpus}\n`)
  .join('')}`;

/** A text in each form that --from forces; the tree of files comes as a tar. */
const TEXTS: Readonly<Record<(typeof FORMS)[number], string | Buffer>> = {
  json: JSON.stringify({ name: 'm', cpus: { possible: '0-12' } }),
  'hwloc-xml': machineFile(`hwloc/${MACHINE}.xml`),
  'lscpu-json': machineFile(`lscpu/${MACHINE}/summary.json`),
  'lscpu-table': machineFile(`lscpu/${MACHINE}/extended.json`),
  'lscpu-parsable': machineFile(`lscpu/${MACHINE}/parsable.csv`),
  lscpu: machineFile(`lscpu/${MACHINE}/summary.txt`),
  numactl: NUMACTL,
  sysfs: readFileSync(join(machines, `sysfs/${MACHINE}.tar.gz`)),
  synthetic: 'pack:1 core:13 pu:1',
  qemu: '-smp 13,maxcpus=16',
};

/** `rss-err` in a folder that has the text as `machine`. */
function imported(text: string | Buffer, line: string) {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'machine'), text);
  return runShell(line, { cwd });
}

const online = (document: TopologyDocument) =>
  parseCpulist(document.cpus.online ?? document.cpus.possible).length;

describe('topology import', () => {
  it.concurrent.each(FORMS)('reads %s by its content, and forced', async (form) => {
    const recognised = await imported(TEXTS[form], 'rss-err topology import machine');
    expect(recognised).toMatchObject({ code: 0 });
    expect(online(JSON.parse(recognised.stdout))).toBe(13);
    const forced = await imported(TEXTS[form], `rss-err topology import --from ${form} machine`);
    expect(forced).toEqual(recognised);
  });

  it.concurrent.each([
    ['standard input', 'rss-err topology import - --name m < machine'],
    ['a pipe', 'cat machine | rss-err topology import - --name m'],
    ['a FIFO', 'mkfifo fifo; cat machine > fifo & rss-err topology import fifo --name m'],
    ['a file made small by gzip', 'gzip machine; rss-err topology import machine.gz --name m'],
    ['a file, to a file', 'rss-err topology import machine --name m --output o && cat o'],
  ])('reads from %s', async (_, line) => {
    const expected = await imported(TEXTS['hwloc-xml'], 'rss-err topology import machine --name m');
    const { code, stdout } = await imported(TEXTS['hwloc-xml'], line);
    expect({ code, stdout }).toEqual({ code: 0, stdout: expected.stdout });
  });

  it.concurrent.each(FORMS)('writes of %s what it reads again as the same', async (form) => {
    const line = 'rss-err topology import machine --name m';
    const once = await imported(TEXTS[form], line);
    const twice = await imported(once.stdout, line);
    expect(twice).toEqual({ code: 0, signal: null, stdout: once.stdout, stderr: '' });
  });

  it('reads a directory as it reads a tar of it, from a file or a pipe', async () => {
    const tar = TEXTS.sysfs;
    const line = 'rss-err topology import machine --name m';
    const fromTar = await imported(tar, line);
    const unpack = 'mkdir tree && tar -xzf machine -C tree';
    const fromTree = await imported(tar, `${unpack} && rss-err topology import tree --name m`);
    expect(fromTree.stdout).toBe(fromTar.stdout);
    const plain = await imported(tar, 'gzip -dc machine | rss-err topology import - --name m');
    expect(plain.stdout).toBe(fromTar.stdout);
    expect(JSON.parse(fromTar.stdout).numaNodes).toHaveLength(SAID.numaNodes.length);
  });

  it.each([
    ['the name of its file', 'cp machine box.xml; rss-err topology import box.xml', 'box'],
    ['the name of its file', 'cp machine a.b.xml.gz; rss-err topology import a.b.xml.gz', 'a.b'],
    ['no name', 'rss-err topology import - < machine', 'imported'],
    ['the name it is given', 'rss-err topology import machine --name "my box"', 'my box'],
  ])('calls a machine by %s: %s', async (_, line, name) => {
    const { stdout } = await imported(gzipSync(TEXTS['hwloc-xml']), line);
    expect(JSON.parse(stdout).name).toBe(name);
  });

  it('takes the words themselves', async () => {
    const words = await runCli([
      'topology',
      'import',
      'pack:2 core:2 pu:2',
      '--numbering',
      'split',
    ]);
    expect(JSON.parse(words.stdout)).toMatchObject({
      name: 'pack:2 core:2 pu:2',
      cores: ['0,4', '1,5', '2,6', '3,7'],
    });
    const qemu = await runCli(['topology', 'import', '--', '-smp 8,sockets=2']);
    expect(JSON.parse(qemu.stdout)).toMatchObject({
      name: '-smp 8,sockets=2',
      cpus: { online: '0-7' },
    });
    const bare = await runCli(['topology', 'import', '2 4', '--from', 'synthetic']);
    expect(JSON.parse(bare.stdout).cpus.online).toBe('0-7');
  });

  it('reads a file rather than the words that are its name', async () => {
    const cwd = temporaryFolder({ 'pu:8': 'pu:4' });
    const { stdout, stderr } = await runShell('rss-err topology import pu:8', { cwd });
    expect(JSON.parse(stdout).cpus.online).toBe('0-3');
    expect(stderr).toContain('pu:8: the file is taken, not what these words describe\n');
  });

  it('says which of two machines of one name is taken', async () => {
    const cwd = temporaryFolder({ '250cpu': 'pu:4' });
    mkdirSync(join(cwd, '8cpu'));
    const file = await runShell('rss-err topology show 250cpu', { cwd });
    expect(file.stdout).toMatch(/^CPUs online +4$/m);
    expect(file.stderr).toContain('250cpu: the file is taken, not the bundled machine of its name');
    const folder = await runShell('rss-err topology show 8cpu', { cwd });
    expect(folder.stdout).toMatch(/^CPUs online +8$/m);
    expect(folder.stderr).toContain('the bundled machine is taken, not the folder of its name');
  });

  it('says on stderr, a line each, what is not told and what was settled', async () => {
    const text = 'node 0 cpus: 0 1\nnode 2 cpus: 1 2\n';
    const { stdout, stderr } = await imported(text, 'rss-err topology import machine');
    expect(stderr.trimEnd().split('\n')).toEqual([
      'rss-err: note: machine: numactl --hardware, which does not tell which CPUs are possible, off-line CPUs, cores, caches, packages, NUMA distances or the page size; taken: possible CPUs as those named (nr_cpu_ids 3; topology import --nr-cpu-ids sets it), pages as 4 KiB',
      'rss-err: note: machine: CPU 1 of node 2 is in node 0 too: counted there, the lowest id',
    ]);
    expect(JSON.parse(stdout)).toEqual({
      name: 'machine',
      source: 'imported from numactl --hardware',
      cpus: { possible: '0-2', online: '0-2' },
      numaNodes: [
        { id: 0, cpus: '0-1' },
        { id: 2, cpus: '2' },
      ],
    });
  });

  it('takes nr_cpu_ids from the user', async () => {
    const line = 'rss-err topology import machine --nr-cpu-ids 64';
    expect(JSON.parse((await imported(NUMACTL, line)).stdout).cpus.possible).toBe('0-63');
    const own = { name: 'm', source: 'me', cpus: { possible: '0-3' } };
    const { stdout, stderr } = await imported(JSON.stringify(own), line);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      source: 'me',
      cpus: { possible: '0-63', online: '0-3' },
    });
  });
});

describe('--topology', () => {
  it.concurrent.each(FORMS)('takes %s directly', async (form) => {
    const line = 'rss-err compare --topology machine --operations 1000 --format json';
    const { code, stdout } = await imported(TEXTS[form], line);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).topology.onlineCpus).toBe(13);
  });

  it.concurrent.each(['compare', 'bound', 'replay -', 'witness --scheme per-cpu', 'topology show'])(
    'and %s takes words',
    async (command) => {
      const option = command === 'topology show' ? '' : '--topology';
      const stdin = '{"thread":1,"cpu":0,"pages":40,"kind":"fault"}\n';
      const { code, stderr } = await runShell(`rss-err ${command} ${option} pu:4`, { stdin });
      expect(stderr).toMatch(/^rss-err: note: pu:4: hwloc synthetic string, which[^\n]*\n$/);
      expect(code).toBe(0);
    },
  );

  it('says what was taken beside a finding too', async () => {
    const { code, stderr } = await runShell(
      'rss-err witness --scheme per-cpu --topology pu:4 --memory 1',
    );
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^rss-err: note: pu:4: [^\n]*\nrss-err: the exact worst case of per-cpu is [^\n]*\n$/,
    );
  });

  it('gives the same run for a machine and for what is imported of it', async () => {
    const run = 'compare --operations 1000 --format json';
    const direct = await runShell(`rss-err ${run} --topology 'pack:2 core:4 pu:2'`);
    const line = `rss-err topology import 'pack:2 core:4 pu:2' | rss-err ${run} --topology -`;
    expect((await runShell(line)).stdout).toBe(direct.stdout);
  });

  it('can be pasted again from what a run says to reproduce it', async () => {
    const run = "rss-err compare --operations 1000 --topology 'pack:2 core:4 pu:2'";
    const { stdout } = await runShell(run);
    const again = /^reproduce: *((?:.|\n)*)$/m.exec(stdout)?.[1] ?? '';
    expect(again).toContain("--topology 'pack:2 core:4 pu:2'");
  });
});

describe('topology capture', () => {
  it.skipIf(process.platform !== 'linux')(
    'writes this machine as the kernel tells it',
    async () => {
      const { code, stdout, stderr } = await runCli(['topology', 'capture', '--name', 'here']);
      expect({ code, stderr: stderr.replaceAll(/^rss-err: note: .*\n/gm, '') }).toEqual({
        code: 0,
        stderr: '',
      });
      const document: TopologyDocument = JSON.parse(stdout);
      const ofKernel = (file: string) =>
        readFileSync(`/sys/devices/system/cpu/${file}`, 'utf8').trim();
      expect(document.name).toBe('here');
      expect(document.cpus.online).toBe(ofKernel('online'));
      expect(document.cpus.possible).toBe(ofKernel('possible'));
      expect(document.pageSize).toBe(Number((await runShell('getconf PAGE_SIZE')).stdout));
      const { stdout: validated } = await runShell('rss-err topology validate -', {
        stdin: stdout,
      });
      expect(validated).toMatch(/^standard input: ok, /);
    },
  );
});

describe('topology validate', () => {
  it('says a line for each, and fails if any does', async () => {
    const cwd = temporaryFolder({
      'good.json': '{ "name": "m", "cpus": { "possible": "0-3", "online": "0-1" } }',
      'bad.json': '{ "name": "m", "cpus": { "possible": "3-0" } }',
      'two\nlines': '{',
      xml: machineFile('hwloc/memory-only-nodes.xml'),
    });
    const line = "rss-err topology validate good.json bad.json 'two\nlines' 250cpu xml pu:4 absent";
    const { code, stdout } = await runShell(line, { cwd });
    expect(code).toBe(2);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 4)).toEqual([
      'good.json: ok, 2 CPUs online, 4 possible, nr_cpu_ids 4',
      'bad.json: cpus.possible is "3-0": the range 3-0 runs down',
      'two\\nlines: malformed JSON at line 1, column 2: "}" expected',
      '250cpu: ok, 250 CPUs online, nr_cpu_ids 250, 125 cores, 2 packages, 2 NUMA nodes',
    ]);
    expect(lines[4]).toMatch(/^xml: ok, /);
    expect(lines[5]).toBe('pu:4: ok, 4 CPUs online, nr_cpu_ids 4, 1 NUMA node');
    expect(lines[6]).toMatch(/^absent: no such file, /);
    expect(lines).toHaveLength(7);
  });

  it('succeeds where all are sound', async () => {
    const { code, stdout, stderr } = await runCli(['topology', 'validate', '1cpu', '8cpu']);
    expect({ code, stderr, lines: stdout.split('\n').length }).toEqual({
      code: 0,
      stderr: '',
      lines: 3,
    });
  });

  it('ends quietly where its reader has gone', async () => {
    const names = Array.from({ length: 50 }, () => '8192cpu').join(' ');
    const { stderr } = await runShell(`rss-err topology validate ${names} | head -1 > /dev/null`);
    expect(stderr).toBe('');
  });
});
