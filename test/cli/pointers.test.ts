/** Bad calls of every command: one line, exit code 2, and where it is said what the words may be. */
import { expect, it } from 'vitest';
import { neededCommands } from '../../src/program.ts';
import { runCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/shell.ts';

/** By the words of the command: what it cannot do, some of it told only once it runs. */
const CALLS: Readonly<Record<string, readonly string[]>> = {
  compare: [
    '--size 3KiB',
    '--topology epyc',
    '--topology pu:0',
    '--policy numa --topology pu:4',
    '--scheme tree --scheme tree',
    '--batch 16',
    '--latency - --topology -',
    'nope',
  ],
  bound: ['--used 3-0', '--used 0-300', '--cpus 0-9999999', '--reader nope', '--used-cpus 3'],
  design: ['--objective time', '--cpus 0', '--space nope'],
  replay: ['', 'u.csv --readings --format json', 'u.csv --comm cc1', '--nope'],
  processes: ['--processes 0 --servers 0', '--servers 2 --failing-forks 100%', '--topology 384'],
  watchdog: ['--operations 100', '--reader ru_maxrss --kernel 6.12', '--budget 0'],
  witness: ['', '--scheme tree --used 9999', '--scheme tree --format json'],
  oom: ['', '--model x', 'log --threads x'],
  'sweep compare': ['--threads 0', '--topology pu:2 --where threads=9', '--topology ,'],
  'sweep processes': ['--processes 0 --servers 0', '--where nope=1'],
  'sweep oom': ['--nope', '--cpus x'],
  'sweep watchdog': ['--operations 100'],
  'sweep grid': ['', '--grid'],
  'sweep merge': ['', '--format nope s.ndjson'],
  'sweep report': ['', '--figure'],
  explain: ['--value x', '--value 5MiB --used-cpus 3', '--value 5MiB --and x', 'nope'],
  observe: ['', 'abc', '--all 1', '1 --readings --format json', '1 --for x'],
  readers: ['--reader nope', 'nope'],
  claims: ['nope', '--unit nope'],
  'topology list': ['nope'],
  'topology show': ['', 'epyc', "''"],
  'topology tree': ['--level 9', 'pu:2 --topology pu:4', '--scheme per-cpu'],
  'topology import': ['', 'pu:2,2', '8cpu --numbering adjacent'],
  'topology capture': ['nope'],
  'topology validate': [''],
  completion: ['', 'nope'],
};

const cwd = temporaryFolder({
  'u.csv': 'thread,cpu,pages\n0,0,1\n',
  log: 'nothing\n',
  's.ndjson': '{}\n',
});

const calls = Object.entries(CALLS).flatMap(([command, bad]) =>
  bad.map((words) => [command, words] as const),
);

it.each(calls)('%s %s', async (command, words) => {
  const given = words.split(' ').flatMap((word) => (word === "''" ? [''] : word || []));
  const { code, stdout, stderr } = await runCli([...command.split(' '), ...given], { cwd });
  expect({ code, stdout }, stderr).toEqual({ code: 2, stdout: '' });
  expect(stderr).toMatch(/^rss-err: \S[^\n]*\n$/);
  expect(stderr).not.toContain('undefined');
  expect(stderr.endsWith(` (see rss-err ${command} --help)\n`), stderr).toBe(true);
});

it('every command has one', async () => {
  const names = (await neededCommands([])).flatMap((declared) =>
    'commands' in declared
      ? declared.commands.map(({ name }) => `${declared.name} ${name}`)
      : [declared.name],
  );
  expect(Object.keys(CALLS).sort()).toEqual(names.sort());
});

/** Faults of files and of the machine that it runs on: no help says anything of them. */
it.each([
  'replay none.csv',
  'replay log',
  'replay u.csv --topology log',
  'oom log',
  'sweep merge s.ndjson',
  'sweep report s.ndjson',
  'observe 4194999',
  'compare --output nowhere/x.json',
  'compare --latency log --cost',
])('%s points to no help', async (line) => {
  const { code, stderr } = await runCli(line.split(' '), { cwd });
  expect(code).toBe(2);
  expect(stderr).toMatch(/^rss-err: [^\n]*\n$/);
  expect(stderr).not.toContain('--help');
});

it.each([
  ['version', '--version?'],
  ['-v', '--version?'],
  ['usage', '--help?'],
  ['comapre', 'compare?'],
  ['sweep reprot', 'report?'],
  ['topology shwo', 'show?'],
])('%s', async (line, meant) => {
  const { code, stderr } = await runCli(line.split(' '));
  expect(code).toBe(2);
  expect(stderr).toContain(`(Did you mean ${meant}) (see rss-err`);
  expect(stderr.match(/[Dd]id you mean/g)).toHaveLength(1);
});
