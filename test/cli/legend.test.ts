/** The help of a command explains each head of its tables. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { SCHEME_NAMES } from '../../src/schemes/registry.ts';
import { runCli } from '../support/cli.ts';

const golden = (path: string) => fileURLToPath(new URL(`../golden/${path}`, import.meta.url));

/** The heads of Markdown's tables, their numbers as N, without names of schemes. */
function headsOf(markdown: string): string[] {
  const lines = markdown.split('\n');
  const heads = lines.flatMap((line, i) => (/^\| :?-/.test(line) ? [lines[i - 1]!] : []));
  const words = heads
    .flatMap((line) => line.split(/(?<!\\)\|/))
    .flatMap((cell) => cell.replaceAll('\\', '').trim().split(', '));
  return [...new Set(words)]
    .map((word) => word.replace(/[\d,]+ (?=used|run|stalled)/, 'N '))
    .map((word) => word.replace(/^\w+(?= p\d\d$)/, 'PROGRAM'))
    .filter((word) => !/^(?:|scheme|--scheme|formula|total|(?:\d+ )?CPUs)$/.test(word))
    .filter((word) => !SCHEME_NAMES.some((name) => word.startsWith(name)));
}

it.each([
  ['bound', '--topology pu:8 --used 0-3 --size 100MiB --oom --reader ps --kernel 6.8'],
  ['bound', '--cpus 8..64'],
  ['compare', '--topology pu:8 --operations 1000'],
  ['design', '--topology pu:8 --used 0-3 --operations 1000 --in-flight 2'],
  ['processes', '--topology pu:8 --preset server --operations 1000 --processes 3'],
  ['watchdog', '--topology pu:8 --operations 1000 --every 10 --leak-after 10 --runs 2'],
  ['oom', '--model --topology pu:4 --runs 2 --memory 64MiB'],
  ['compare', '--topology 250cpu --operations 1000 --cost'],
  ['compare', '--topology pu:8 --operations 1000 --runs 3'],
  ['compare', '--topology pu:8 --operations 1000 --series 10'],
  ['replay', `${golden('traces/perf-script-rss_stat.txt')} --cost`],
  ['replay', `${golden('observed/node.ndjson')} --spread sticky`],
  ['replay', `--against ${golden('kernels/6.1-cpus-64-threads-5-advthr.json')}`],
  ['oom', `${golden('oom/kernel-6.12-cpus-64-s2.1.txt')} --topology pu:64`],
  ['explain', '--kernel 6.8 --topology pu:4 --value 400MiB --and statm=402MiB'],
  ['observe', `--from ${golden('observed/node.ndjson')}`],
])('%s %s', async (command, line) => {
  const help = await runCli([command, '--help']);
  const { code, stdout, stderr } = await runCli([
    command,
    ...line.split(' '),
    '--format',
    'markdown',
  ]);
  expect({ code, stderr: stderr.replace(/^rss-err: (?:note|warning):.*\n/gm, '') }).toEqual({
    code: 0,
    stderr: '',
  });
  const heads = headsOf(stdout);
  expect(heads.length).toBeGreaterThan(3);
  const [, words = ''] = /\n\n?((?:Objectives|Words)[\s\S]*)/.exec(help.stdout) ?? [];
  expect(heads.filter((head) => !words.replace(/\s+/g, ' ').includes(head))).toEqual([]);
});
