/** What real shells complete with the scripts that `rss-err completion` prints. */
import { execFileSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { offeredCommands } from '../../src/commands/completion/offers.ts';
import { neededCommands } from '../../src/program.ts';
import { POLICIES } from '../../src/workload/registry.ts';
import { runCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/shell.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const commands = offeredCommands(await neededCommands([]));

const policies = POLICIES.map(({ name }) => name);

/** A command line up to the cursor, and all that completes its last word. */
const LINES: readonly (readonly [line: string, completed: readonly string[]])[] = [
  ['rss-err ', commands[0]!.below.map(([name]) => name)],
  ['rss-err comp', ['compare', 'completion']],
  ['rss-err help comp', ['compare', 'completion']],
  ['rss-err topology tr', ['tree']],
  ['rss-err compare --poli', ['--policy']],
  ['rss-err compare --policy ', policies],
  ['rss-err sweep compare --policy ro', ['round-robin']],
  ['rss-err compare --policy=st', ['--policy=sticky']],
  ['rss-err compare --topology epyc-9', ['epyc-9654-2s', 'epyc-9654-2s-nps4', 'epyc-9754-2s']],
  ['rss-err compare --scheme two-level:b', ['two-level:batch=']],
  [
    'rss-err compare --scheme tree:mapping=',
    ['high', 'kernel', 'logical'].map((word) => `tree:mapping=${word}`),
  ],
  [
    'rss-err compare --scheme tree:version=17,map',
    ['high', 'kernel', 'logical'].map((word) => `tree:version=17,mapping=${word}`),
  ],
  ['rss-err compare --page-size ', ['4K', '16K', '64K']],
  ['rss-err oom --model --population le', ['leak']],
  ['rss-err observe --reader ', []],
  ['rss-err explain --reader ps', ['ps', 'ps:pss', 'psutil', 'psutil:uss']],
  ['rss-err replay docs/gall', ['docs/gallery', 'docs/gallery.md']],
  ['rss-err completion ', ['bash', 'zsh', 'fish']],
  ['rss-err compare --threads ', []],
];

const isThere = (shell: string) => [`/bin/${shell}`, `/usr/bin/${shell}`].some(existsSync);

async function scriptFor(shell: string): Promise<string> {
  const { code, stdout } = await runCli(['completion', shell]);
  expect(code).toBe(0);
  const file = join(temporaryFolder(), `rss-err.${shell}`);
  writeFileSync(file, stdout);
  return file;
}

const sorted = (words: Iterable<string>) => [...new Set(words)].sort();

/** The whole words that bash puts in: behind ":" and "=" it parts words, as readline does. */
async function bashCompletes(lines: readonly string[]): Promise<string[][]> {
  const program = `
    source "$1"
    cd "$2"
    shift 2
    compopt() { :; }
    for COMP_LINE in "$@"; do
      COMP_POINT=\${#COMP_LINE}
      COMPREPLY=()
      _rss_err
      printf '%s\\n' "\${COMPREPLY[@]}" ---
    done`;
  const words = ['--norc', '-c', program, 'bash', await scriptFor('bash'), root, ...lines];
  const replies = execFileSync('bash', words, { encoding: 'utf8' }).split('---\n');
  return lines.map((line, index) => {
    const typed = line.split(' ').at(-1)!;
    const kept = /^.*[:=]/.exec(typed)?.[0] ?? '';
    return replies[index]!.split('\n')
      .filter((word) => word !== '')
      .map((word) => kept + word);
  });
}

async function fishCompletes(lines: readonly string[]): Promise<string[][]> {
  const program = `
    source $argv[1]
    cd $argv[2]
    for line in $argv[3..-1]
      complete -C $line
      echo ---
    end`;
  const words = ['-N', '-c', program, await scriptFor('fish'), root, ...lines];
  const env = { ...process.env, HOME: temporaryFolder() };
  const replies = execFileSync('fish', words, { encoding: 'utf8', env }).split('---\n');
  // A tab parts a word from its description; a folder has a stroke.
  return lines.map((_, index) =>
    replies[index]!.split('\n').flatMap((line) => {
      const word = line.split('\t')[0]!;
      return word === '' ? [] : [word.replace(/\/$/, '')];
    }),
  );
}

describe('completion', () => {
  it('of another shell is refused', async () => {
    expect(await runCli(['completion', 'ksh'])).toMatchObject({
      code: 2,
      stdout: '',
      stderr:
        'rss-err: completion: "ksh" is not one of bash, zsh, fish (see rss-err completion --help)\n',
    });
  });

  it.each(['bash', 'zsh', 'fish'])('for %s has every command and option', async (shell) => {
    const { stdout } = await runCli(['completion', shell]);
    for (const { path, options } of commands) {
      expect(stdout).toContain(`'${shell === 'fish' ? `__rss_err_at ${path}`.trim() : path}'`);
      const missing = options.filter(
        ({ flag }) => !stdout.includes(shell === 'fish' ? `-l ${flag.slice(2)}` : flag),
      );
      expect(missing).toEqual([]);
    }
  });

  for (const [shell, complete] of [
    ['bash', bashCompletes],
    ['fish', fishCompletes],
  ] as const) {
    it.skipIf(!isThere(shell))(`in ${shell} is what fits`, async () => {
      const completed = await complete(LINES.map(([line]) => line));
      for (const [index, [line, expected]] of LINES.entries()) {
        expect(sorted(completed[index]!), `${shell}: ${line}`).toEqual(sorted(expected));
      }
    });
  }

  it.skipIf(!isThere('zsh'))('in zsh is what fits, typed at a prompt', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, '_rss-err'), (await runCli(['completion', 'zsh'])).stdout);
    const program = `
      zmodload zsh/zpty
      zpty shell 'zsh -f -i'
      zpty -w shell "PROMPT='%% ' fpath=($1 \\$fpath); cd $2; autoload -Uz compinit; compinit -D -u; PROMPT_SP= ; stty cols 400"
      zpty -w shell 'rss-err() { print -r -- "GIV""EN[$*]" }'
      for line in \${@[3,-1]}; do
        zpty -w -n shell "$line"$'\\t'
        zpty -w -n shell $'\\r'
        zpty -r shell answer "*GIVEN\\[*\\]*"
        print -r -- "\${\${answer##*GIVEN\\[}%%\\]*}"
      done
      zpty -d shell`;
    const typed = [
      'rss-err watchd',
      'rss-err topology tr',
      'rss-err compare --policy round',
      'rss-err compare --topology power',
      'rss-err compare --scheme tree:version=17,b',
      'rss-err compare --scheme=tree:mapping=k',
      'rss-err completion fi',
      'rss-err replay docs/gallery.m',
    ];
    const words = ['-f', '-c', program, 'zsh', folder, root, ...typed];
    const printed = execFileSync('zsh', words, { encoding: 'utf8', timeout: 30_000 });
    expect(
      printed
        .trimEnd()
        .split('\n')
        .map((line) => line.trimEnd()),
    ).toEqual([
      'watchdog',
      'topology tree',
      'compare --policy round-robin',
      'compare --topology power10-e1080',
      'compare --scheme tree:version=17,batch=',
      'compare --scheme=tree:mapping=kernel',
      'completion fish',
      'replay docs/gallery.md',
    ]);
  });
});
