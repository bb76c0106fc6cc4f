/** The commander program: commands, help, and one line for every usage error. */
import { Command, CommanderError } from 'commander';
import { type CommandGroup, type CommandSpec, makeCommand, runCommand } from './cli/command.ts';
import { EXIT } from './cli/exit-code.ts';
import type { Options } from './cli/options.ts';
import { writeToStream } from './cli/output.ts';
import type { Streams } from './cli/streams.ts';
import { middleCut } from './errors.ts';
import { version } from './version.ts';

/** "error: unknown option '--fromat'\n(Did you mean --format?)" on one line. */
function oneLine(text: string): string {
  const lines = text.split('\n').map((part) => part.trim());
  const line = lines
    .join(' ')
    .trim()
    .replace(/^error: /, '');
  return `rss-err: ${middleCut(line)} (see rss-err --help)\n`;
}

/** Settings are inherited only by commands made afterwards, so every command gets them. */
function settle(command: Command, stderr: Streams['stderr'], say: (text: string) => void): void {
  command.exitOverride().configureOutput({
    writeOut: say,
    writeErr: (text) => stderr.write(text),
    outputError: (text, write) => write(oneLine(text)),
  });
  for (const child of command.commands) settle(child, stderr, say);
}

type Declared = CommandSpec<Options> | CommandGroup;

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<Declared>>> = {
  compare: async () => (await import('./commands/compare/command.ts')).compareCommand,
  bound: async () => (await import('./commands/bound/command.ts')).boundCommand,
  replay: async () => (await import('./commands/replay/command.ts')).replayCommand,
  processes: async () => (await import('./commands/processes/command.ts')).processesCommand,
  watchdog: async () => (await import('./commands/watchdog/command.ts')).watchdogCommand,
  witness: async () => (await import('./commands/witness/command.ts')).witnessCommand,
  oom: async () => (await import('./commands/oom/command.ts')).oomCommand,
  readers: async () => (await import('./commands/readers/command.ts')).readersCommand,
  claims: async () => (await import('./commands/claims/command.ts')).claimsCommand,
  topology: async () => (await import('./commands/topology/command.ts')).topologyCommand,
};

/** The command that the first word names, for a quick start; for help and mistakes all of them. */
export function neededCommands([first = '']: readonly string[]): Promise<Declared[]> {
  const named = Object.hasOwn(COMMANDS, first) ? COMMANDS[first] : undefined;
  const needed = named === undefined ? Object.values(COMMANDS) : [named];
  return Promise.all(needed.map((load) => load()));
}

/** Runs one command line. @returns its exit code. @throws what the study throws. */
export async function runProgram(argv: readonly string[], streams: Streams): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = new Command('rss-err')
    .description('How wrong is the RSS that Linux reports, and how wrong can it get?')
    .version(version, '-V, --version', 'print the version');
  for (const declared of await neededCommands(argv)) {
    const command = makeCommand(declared, async (spec, flags, args) => {
      exitCode = await runCommand(spec, flags, args, streams);
    });
    program.addCommand(command);
  }
  let said = '';
  settle(program, streams.stderr, (text) => {
    said += text;
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (said !== '') await writeToStream(streams.stdout, said);
    return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  }
  return exitCode;
}
