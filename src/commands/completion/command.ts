/** `rss-err completion`: a script that makes a shell complete command lines, from the declarations of all commands. */
import { type CommandSpec, defineCommand } from '../../cli/command.ts';
import { EXIT } from '../../cli/exit-code.ts';
import type { Options } from '../../cli/options.ts';
import { writeToStream } from '../../cli/write-stream.ts';
import { InputError, quote } from '../../errors.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import { type Declared, offeredCommands } from './offers.ts';
import { zshScript } from './zsh.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

type Shell = keyof typeof SCRIPTS;

const SHELLS = Object.keys(SCRIPTS) as Shell[];

const isShell = (word: string): word is Shell => Object.hasOwn(SCRIPTS, word);

/** `declared`: every command, this one among them. */
export function completionCommand(declared: () => Promise<Declared[]>): CommandSpec<Options> {
  return defineCommand({
    name: 'completion',
    description:
      'print a script that makes a shell complete rss-err: its commands, options and their values',
    argument: ['<shell>', SHELLS.join(', ')],
    operands: SHELLS,
    options: {},
    examples: [
      'source <(rss-err completion bash)',
      'rss-err completion zsh > ~/.zfunc/_rss-err',
      'rss-err completion fish > ~/.config/fish/completions/rss-err.fish',
    ],
    async run(_, { stdout }, [shell = '']) {
      if (!isShell(shell)) {
        throw new InputError(`completion: ${quote(shell)} is not one of ${SHELLS.join(', ')}`);
      }
      await writeToStream(stdout, SCRIPTS[shell](offeredCommands(await declared())));
      return EXIT.done;
    },
  });
}
