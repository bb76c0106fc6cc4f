/** What words of a command line that nothing takes may have meant: options, commands, machines. */
import type { Command } from 'commander';
import { succeeds } from '../errors.ts';
import { schemeTaking } from '../schemes/registry.ts';
import { meantBy } from '../suggestion.ts';
import { bundledStem, loadBundled, machinesMeantBy } from '../topology/bundled.ts';
import { DEFAULT_TOPOLOGY, selectCpus } from './machine.ts';

/** What is --version or --help for other tools. */
const MEANT_BY: Readonly<Record<string, string>> = {
  ...{ version: '--version', '-v': '--version', usage: '--help', man: '--help' },
};

/** Whether the machine that none names has these CPUs: what a hint may suggest. */
export function areUsable(text: string): boolean {
  return succeeds(() => selectCpus('--used', text, loadBundled(DEFAULT_TOPOLOGY)));
}

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
export function meantIn(
  text: string,
  command: Command,
  argv: readonly string[],
): string | undefined {
  const [, kind, word = ''] = /(unknown (?:option|command)) '([^']*)'/.exec(text) ?? [];
  if (command.parent === null && Object.hasOwn(MEANT_BY, word)) return MEANT_BY[word];
  if (text.includes('Did you mean')) return undefined;
  if (text.includes('too many arguments')) return wordsMeant(command);
  if (kind === 'unknown command') return meantBy(word, namesIn(command))[0];
  if (!word.startsWith('--')) return undefined;
  return optionMeant(word.slice(2), argv[argv.indexOf(word) + 1] ?? '', command);
}
