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
import { areUsable } from './cli/machine.ts';
import type { Options } from './cli/options.ts';
import type { Streams } from './cli/streams.ts';
import { writeToStream } from './cli/write-stream.ts';
import { InputError, middleCut, succeeds } from './errors.ts';
import { schemeTaking } from './schemes/registry.ts';
import { meantBy } from './suggestion.ts';
import { bundledStem, machinesMeantBy } from './topology/bundled.ts';
import { version } from './version.ts';

export const DESCRIPTION = 'How wrong is the RSS that Linux reports, and how wrong can it get?';

/** "rss-err topology list" */
function nameOf(command: Command): string {
  const name = command.name();
  return command.parent === null ? name : `${nameOf(command.parent)} ${name}`;
}

/** What is --version or --help for other tools. */
const MEANT_BY: Readonly<Record<string, string>> = {
  ...{ version: '--version', '-v': '--version', usage: '--help', man: '--help' },
};

/** What an unknown option and its value may have meant; where the value would be refused, without it. */
function optionMeant(key: string, value: string, command: Command): string | undefined {
  const known = command.options.flatMap(({ long }) => long ?? []);
  // A cpulist; where --cpus is an option, it says how many CPUs machines have.
  if (key === 'cpus' && known.includes('--used')) {
    const { topology } = command.opts();
    return topology === undefined && areUsable(value) ? `--used ${value}` : '--used';
  }
  const scheme = known.includes('--scheme') ? schemeTaking(key, value) : undefined;
  if (scheme !== undefined) return `--scheme ${scheme}`;
  return known.find((flag) => `--${key}`.startsWith(`${flag}-`));
}

/** Whether the option that has this flag takes the word, once more or for the first time. */
function takes({ options }: Command, flag: string, word: string): boolean {
  const parse = options.find(({ long }) => long === flag)?.parseArg;
  return parse !== undefined && succeeds(() => parse(word, undefined));
}

/** What words that stand alone may name, each behind an option of its own. */
function namedBy(command: Command, word: string): string | undefined {
  const { kernel, scheme } = command.opts();
  const hasSchemes = command.options.some(({ long }) => long === '--scheme');
  // Where schemes are chosen, a kernel takes their place, and a reader is one of a kernel's.
  const flags = hasSchemes ? ['--scheme', '--preset'] : ['--reader', '--kernel'];
  const found = flags.find((flag) => takes(command, flag, word));
  return found === '--scheme' && kernel !== undefined && scheme === undefined ? undefined : found;
}

/** A machine, named without its option; a file behind the one that is read is none. */
function isMachine(command: Command, word: string): boolean {
  const isFile = command.registeredArguments.length > 0 && bundledStem(word) === null;
  return takes(command, '--topology', word) && !isFile;
}

/** Words behind those that the command takes. */
function wordsMeant(command: Command): string | undefined {
  const words = command.args.slice(command.registeredArguments.length);
  const flags = words.map((word) => namedBy(command, word));
  if (!flags.includes(undefined)) return words.map((word, i) => `${flags[i]} ${word}`).join(' ');
  const [word = ''] = words;
  const [machine] = isMachine(command, word) ? machinesMeantBy(word) : [];
  return machine === undefined ? undefined : `--topology ${machine}`;
}

const namesIn = ({ commands }: Command) => commands.map((command) => command.name());

/** What a word that no option or argument takes may have meant. */
function meantIn(text: string, command: Command, argv: readonly string[]): string | undefined {
  const [, kind, word = ''] = /(unknown (?:option|command)) '([^']*)'/.exec(text) ?? [];
  if (command.parent === null && Object.hasOwn(MEANT_BY, word)) return MEANT_BY[word];
  if (text.includes('Did you mean')) return undefined;
  if (text.includes('too many arguments')) return wordsMeant(command);
  if (kind === 'unknown command') return meantBy(word, namesIn(command))[0];
  if (!word.startsWith('--')) return undefined;
  return optionMeant(word.slice(2), argv[argv.indexOf(word) + 1] ?? '', command);
}

/** "error: unknown option '--fromat'\n(Did you mean --format?)" on one line. */
function oneLine(text: string, command: Command, argv: readonly string[]): string {
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
  readonly argv: readonly string[];
  readonly stderr: Streams['stderr'];
  readonly say: (text: string) => void;
  /** Hears of each command that is read next. */
  readonly enter: (command: Command) => void;
}

/** Settings are inherited only by commands made afterwards, so every command gets them. */
function settle(command: Command, saying: Saying): void {
  const { argv, stderr, say, enter } = saying;
  command.hook('preSubcommand', (_, child) => enter(child));
  command.exitOverride().configureOutput({
    writeOut: say,
    writeErr: (text) => stderr.write(text),
    outputError: (text, write) => write(oneLine(text, command, argv)),
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
  settle(program, { argv, stderr: streams.stderr, say, enter });
  try {
    demandCommands(program, argv);
    await program.parseAsync(wordsRead(argv), { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw pointed(error, reading);
    if (said !== '') await writeToStream(streams.stdout, said);
    return error.exitCode === 0 ? EXIT.done : EXIT.badInput;
  }
  return exitCode;
}
