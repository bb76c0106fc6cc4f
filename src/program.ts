/** The commander program: commands, help, and one line for every usage error. */
import { Command, CommanderError } from 'commander';
import {
  type CommandGroup,
  type CommandSpec,
  demandFlags,
  makeCommand,
  runCommand,
} from './cli/command.ts';
import { EXIT } from './cli/exit-code.ts';
import { columnsOf, helpWidth } from './cli/help-width.ts';
import type { Options } from './cli/options.ts';
import type { Streams } from './cli/streams.ts';
import { writeToStream } from './cli/write-stream.ts';
import { InputError, middleCut } from './errors.ts';
import { version } from './version.ts';

export const DESCRIPTION = 'How wrong is the RSS that Linux reports, and how wrong can it get?';

/** "rss-err topology list" */
function nameOf(command: Command): string {
  const name = command.name();
  return command.parent === null ? name : `${nameOf(command.parent)} ${name}`;
}

/** "error: unknown option '--fromat'\n(Did you mean --format?)" on one line. */
async function oneLine(text: string, command: Command, argv: readonly string[]): Promise<string> {
  const { meantIn } = await import('./cli/meant.ts');
  const lines = text.split('\n').map((part) => part.trim());
  const line = lines
    .join(' ')
    .trim()
    .replace(/^error: /, '');
  const meant = meantIn(line, command, argv);
  const said =
    meant === undefined ? line : line.replace(/ \(Did you mean .*|$/, ` (Did you mean ${meant}?)`);
  return `rss-err: ${middleCut(said)} ${helpOf(command)}\n`;
}

const helpOf = (command: Command) => `(see ${nameOf(command)} --help)`;

/** A fault of the command line's own words points to where it is said what they may be. */
function pointed(error: unknown, command: Command | null): unknown {
  if (command === null || !(error instanceof InputError) || !error.isOfWords) return error;
  return new InputError(`${error.message} ${helpOf(command)}`);
}

interface Saying {
  readonly stderr: Streams['stderr'];
  readonly say: (text: string) => void;
  /** Columns of the help. */
  readonly width: number;
  /** Hears of the fault that ends the reading. */
  readonly fail: (text: string, command: Command) => void;
  /** Hears of each command that is read next. */
  readonly enter: (command: Command) => void;
}

/** Settings are inherited only by commands made afterwards, so every command gets them. */
function settle(command: Command, saying: Saying): void {
  const { stderr, say, width, fail, enter } = saying;
  command.hook('preSubcommand', (_, child) => enter(child));
  command.exitOverride().configureOutput({
    writeOut: say,
    getOutHelpWidth: () => width,
    writeErr: (text) => stderr.write(text),
    outputError: (text) => fail(text, command),
  });
  for (const child of command.commands) settle(child, saying);
}

/**
 * Help of a command that is not there is an error, for commander the help of all; so is a word that
 * names no command of a group, for commander one of the command that is meant where none is named.
 */
function demandCommands(program: Command, argv: readonly string[]): void {
  let at = program;
  let asked = false;
  for (const word of argv) {
    const child = at.commands.find((command) => command.name() === word);
    if (word === 'help') asked = true;
    else if (child !== undefined) at = child;
    else if (at.commands.length === 0 || (word.startsWith('-') && !asked)) return;
    else if (asked || at !== program) at.error(`error: unknown command '${word}'`);
    else return;
  }
}

/** "help sweep compare" as "sweep compare --help": commander's own help takes one word. */
function wordsRead(argv: readonly string[]): readonly string[] {
  const [first, ...named] = argv;
  return first === 'help' && named.length > 1 ? [...named, '--help'] : argv;
}

type Declared = CommandSpec<Options> | CommandGroup;

/** In the order of the help. */
const COMMANDS: Readonly<Record<string, () => Promise<Declared>>> = {
  compare: async () => (await import('./commands/compare/command.ts')).compareCommand,
  bound: async () => (await import('./commands/bound/command.ts')).boundCommand,
  design: async () => (await import('./commands/design/command.ts')).designCommand,
  replay: async () => (await import('./commands/replay/command.ts')).replayCommand,
  processes: async () => (await import('./commands/processes/command.ts')).processesCommand,
  watchdog: async () => (await import('./commands/watchdog/command.ts')).watchdogCommand,
  witness: async () => (await import('./commands/witness/command.ts')).witnessCommand,
  oom: async () => (await import('./commands/oom/command.ts')).oomCommand,
  sweep: async () => (await import('./commands/sweep/command.ts')).loadSweepCommand(),
  explain: async () => (await import('./commands/explain/command.ts')).explainCommand,
  observe: async () => (await import('./commands/observe/command.ts')).observeCommand,
  readers: async () => (await import('./commands/readers/command.ts')).readersCommand,
  claims: async () => (await import('./commands/claims/command.ts')).claimsCommand,
  topology: async () => (await import('./commands/topology/command.ts')).topologyCommand,
  completion: async () =>
    (await import('./commands/completion/command.ts')).completionCommand(() => neededCommands([])),
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
  let reading: Command | null = null;
  const enter = (command: Command) => {
    reading = command;
  };
  const program = new Command('rss-err')
    .description(DESCRIPTION)
    .version(version, '-V, --version', 'print the version');
  for (const declared of await neededCommands(argv)) {
    const command = makeCommand(declared, async (spec, flags, args) => {
      demandFlags(spec, flags);
      exitCode = await runCommand(spec, flags, args, streams);
    });
    program.addCommand(command);
  }
  let said = '';
  const say = (text: string) => {
    said += text;
  };
  let fault: readonly [text: string, command: Command] | null = null;
  const fail = (...found: readonly [string, Command]) => {
    fault = found;
  };
  const columns = columnsOf(streams);
  settle(program, { stderr: streams.stderr, say, width: helpWidth(columns), fail, enter });
  try {
    demandCommands(program, argv);
    await program.parseAsync(wordsRead(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw pointed(error, reading);
    if (said !== '') {
      const { fitted } = await import('./cli/narrow-help.ts');
      await writeToStream(streams.stdout, fitted(said, columns));
    }
    if (fault !== null) streams.stderr.write(await oneLine(...(fault as [string, Command]), argv));
    return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  }
  return exitCode;
}
