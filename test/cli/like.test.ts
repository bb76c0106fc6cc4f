/** `compare --like`: a workload of the size and threads that a record of observe has. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

const file = fileURLToPath(new URL('../golden/observed/node.ndjson', import.meta.url));
const record = readFileSync(file, 'utf8');

const compare = (...words: string[]) => runCli(['compare', '--operations', '20000', ...words]);

describe('a workload like a process', () => {
  it('has its size, threads, CPUs and page size, and says what was observed of it', async () => {
    const { stdout, stderr } = await compare('--like', file, '--format', 'json');
    // Nobody named the machine, and the record tells its page size.
    expect(stderr).not.toContain('note');
    const { like, workload, topology } = JSON.parse(stdout);
    const largest = [...record.matchAll(/"precise":(\d+)/g)].map(([, pages]) => Number(pages));
    expect(like).toMatchObject({
      ...{ kernel: '6.18.44', scheme: 'per-cpu', precise: 'statm', mostThreads: 7 },
      largestPages: Math.max(...largest),
      process: { pid: 2089, readings: 11, lowest: { low: -33, high: -33 }, highest: { low: 14 } },
    });
    expect(workload).toMatchObject({ threads: 7, pattern: { targetPages: like.largestPages } });
    expect(topology).toMatchObject({ onlineCpus: 2, pageSize: 4096 });
  });

  it('takes no figures of another process that has had the PID', async () => {
    const others = record
      .split('\n')
      .slice(1)
      .map((line) => line.replace('"start":2976059', '"start":2999999').replace('"node"', '"bash"'))
      .join('\n')
      .replaceAll('"precise":10803', '"precise":20803')
      .replaceAll('"threads":7', '"threads":3');
    const stdin = `${record.trimEnd()}\n${others}`;
    const words = ['compare', '--operations', '20000', '--like', '-', '--format', 'json'];
    const { stdout } = await runCli(words, { stdin });
    expect(JSON.parse(stdout).like).toMatchObject({
      ...{ largestPages: 20_803, mostThreads: 3 },
      process: { pid: 2089, life: 2, command: 'bash', readings: 11 },
    });
  });

  it('keeps to what is told, and its line gives the same again', async () => {
    // Five threads are the preset's.
    const told = ['--threads', '5', '--topology', '8cpu', '--size', '4MiB', '--like', file];
    const { stdout } = await compare(...told);
    expect(stdout).toMatch(/service: 5 threads, .*steady at 1,024\s+pages/s);
    const again = stdout.slice(stdout.indexOf('reproduce:') + 11).replaceAll('\\\n', '');
    const words = again.trim().split(/\s+/).slice(1);
    expect((await runCli(words)).stdout).toBe(stdout);
  });

  it('has as many bytes in larger pages', async () => {
    const { stdout } = await compare('--like', file, '--page-size', '64K', '--format', 'json');
    const { like, workload, topology } = JSON.parse(stdout);
    expect(topology.pageSize).toBe(65_536);
    expect(workload.pattern.targetPages).toBe(Math.ceil(like.largestPages / 16));
  });

  it('says the observed error beside the others, as of its own kernel', async () => {
    const { stdout } = await compare('--like', file);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      'Observed in the record, by per-cpu counters of 6.18.44, in pages of 4 KiB process readings lowest highest mean node 2089 11 -33 +14 -14',
    );
  });

  it.each([
    [['--pid', '3'], record, 'no precise figure of process 3'],
    [['--pattern', 'leak-and-die'], record, '--pattern'],
    [['--pattern', 'leak', '--size', '9'], 'nonsense', 'line 1'],
    [[], record.replaceAll(/"precise":(\d+|"statm")/g, '"precise":null'), 'no precise figure'],
    [['--topology', '-'], record, 'standard input is either'],
  ])('is refused in one line: %j', async (words, stdin, expected) => {
    const { code, stderr } = await runCli(['compare', '--like', '-', ...words], { stdin });
    expect(code).toBe(2);
    expect(stderr).toContain(expected);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });
});
