/** Commands as they are declared, and the commander commands that follow. */
import { Command, CommanderError } from 'commander';
import { InputError } from '../errors.ts';
import type { Report } from '../render/formats.ts';
import { interruptible } from './interruption.ts';
import type { Spreading } from './jobs.ts';
import {
  addOptions,
  demandTogether,
  type FlagsOf,
  flagsOfCommand,
  type Options,
} from './options.ts';
import type { Session, Streams } from './streams.ts';

/** What a command finds, before it is shown. */
export type Found = Pick<Report, 'result' | 'schema'>;

/** The work that flags ask for, all of them read and found good. */
export interface Study<F extends Found = Found> extends Pick<Found, 'schema'> {
  /** The schemes that it is of, as rows name them. */
  readonly schemes: readonly string[];
  /** As the heartbeat counts them; null where nobody knows beforehand. */
  readonly steps: number | null;
  find(spreading: Spreading): Promise<F>;
}

export interface CommandSpec<O extends Options> {
  readonly name: string;
  readonly description: string;
  /** What stands behind the name, as commander takes it: "[file|-]". */
  readonly argument?: readonly [name: string, description: string];
  /** What may stand there, where it is one of a few words. */
  readonly operands?: readonly string[];
  readonly options: O;
  /** Command lines that the help shows. */
  readonly examples?: readonly string[];
  /** Further lines of the help, before the examples. */
  helpLines?(): readonly string[];
  /** What stands for options that were not given, as far as others go with it: a preset's choices. */
  settle?(flags: NoInfer<FlagsOf<O>>): Partial<Record<string, unknown>>;
  /** What it finds, for who runs many: run() shows the same. @throws InputError as run(). */
  study?(flags: NoInfer<FlagsOf<O>>, session: Session): Promise<Study>;
  /** Runs it; `args` is what stands behind the name. @returns the exit code. */
  run(flags: NoInfer<FlagsOf<O>>, session: Session, args: readonly string[]): Promise<number>;
}

/** Commands below a name of their own. */
export interface CommandGroup {
  readonly name: string;
  readonly description: string;
  readonly commands: readonly CommandSpec<Options>[];
  /** The command that is meant where none is named. */
  readonly byDefault?: string;
}

export function defineCommand<O extends Options>(spec: CommandSpec<O>): CommandSpec<O> {
  return spec;
}

/** Runs a command that commander has parsed. @returns its exit code. */
type Run = (
  spec: CommandSpec<Options>,
  flags: FlagsOf<Options>,
  args: readonly string[],
) => Promise<void>;

/** The commander command of a declaration, which hands what it parses to `run`. */
export function makeCommand(declared: CommandSpec<Options> | CommandGroup, run: Run): Command {
  const command = new Command(declared.name).description(declared.description);
  if ('commands' in declared) {
    for (const child of declared.commands) {
      command.addCommand(makeCommand(child, run), { isDefault: child.name === declared.byDefault });
    }
    return command;
  }
  if (declared.argument !== undefined) command.argument(...declared.argument);
  addOptions(command, declared.options);
  command.addHelpText('after', () => helpEnd(declared));
  return command.action(() =>
    run(declared, flagsOfCommand(command, declared.options), command.args),
  );
}

/** What stands below the options in the help. */
function helpEnd({ examples = [], helpLines }: CommandSpec<Options>): string {
  const lines = helpLines?.() ?? [];
  const shown =
    examples.length === 0 ? [] : ['', 'Examples:', ...examples.map((line) => `  ${line}`)];
  return [...(lines.length === 0 ? [] : ['', ...lines]), ...shown].join('\n');
}

/**
 * What a command's words say, as if they had been typed.
 * @throws InputError where commander or an option refuses them.
 */
export function flagsOfWords(
  spec: CommandSpec<Options>,
  words: readonly string[],
): FlagsOf<Options> {
  let flags: FlagsOf<Options> = {};
  const command = makeCommand(spec, async (_, parsed) => {
    flags = parsed;
  });
  command.exitOverride().configureOutput({ writeErr() {}, outputError() {} });
  try {
    command.parse(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new InputError(error.message.replace(/^error: /, ''));
  }
  demandFlags(spec, flags);
  return flags;
}

/** @throws InputError where the flags do not go together. */
export function demandFlags(
  { options, settle }: CommandSpec<Options>,
  flags: FlagsOf<Options>,
): void {
  demandTogether(options, flags, { ...flags, ...settle?.(flags) });
}

/** Runs the command itself, on flags that go together; a signal ends it. */
export function runCommand(
  { run }: CommandSpec<Options>,
  flags: FlagsOf<Options>,
  args: readonly string[],
  streams: Streams,
): Promise<number> {
  return interruptible((signal, killable) => run(flags, { ...streams, signal, killable }, args));
}
