/** What of the declarations a shell offers and a manual tells: commands, their options, and values that are known. */
import type { CommandGroup, CommandSpec } from '../../cli/command.ts';
import type { Option, Options } from '../../cli/options.ts';
import { bundledNames } from '../../topology/bundled.ts';

/** What may stand in a place of a command line. */
export interface Offer {
  readonly words: readonly string[];
  readonly paths: 'none' | 'files' | 'folders';
}

export interface OfferedOption {
  /** "--policy" */
  readonly flag: string;
  readonly description: string;
  /** Null: it stands alone. `optional`: it may. */
  readonly value: (Offer & { readonly name: string; readonly optional: boolean }) | null;
  readonly repeatable: boolean;
}

export interface OfferedCommand {
  /** "topology tree", of a group its name alone. */
  readonly path: string;
  readonly description: string;
  readonly options: readonly OfferedOption[];
  readonly operand: Offer;
  /** Commands below it: the last words of their paths. */
  readonly below: readonly (readonly [name: string, description: string])[];
}

export type Declared = CommandSpec<Options> | CommandGroup;

/** By what the place is called: "file|-" is a file, "machine" a file or a bundled name. */
function offerOf(name: string, words: readonly string[]): Offer {
  const isMachine = /machine/.test(name);
  return {
    words: isMachine ? [...words, ...bundledNames()] : words,
    paths: isMachine || /file/.test(name) ? 'files' : /\bdir/.test(name) ? 'folders' : 'none',
  };
}

function offeredOption({ flags, description, value, list }: Option<unknown>): OfferedOption {
  const [, flag = '', bracket, name = ''] = /^(--[\w-]+)(?: ([<[])(.*)[>\]])?$/.exec(flags) ?? [];
  const offer = offerOf(name, value?.words?.() ?? []);
  return {
    ...{ flag, description, repeatable: list !== undefined },
    value: bracket === undefined ? null : { ...offer, name, optional: bracket === '[' },
  };
}

const HELP: OfferedOption = {
  ...{ flag: '--help', description: 'display help for command' },
  ...{ value: null, repeatable: false },
};

function offeredSpec(spec: CommandSpec<Options>, parent: string): OfferedCommand {
  return {
    path: `${parent}${spec.name}`,
    description: spec.description,
    options: [...Object.values(spec.options).map(offeredOption), HELP],
    operand: offerOf(spec.argument?.[0] ?? '', spec.operands ?? []),
    below: [],
  };
}

const NOTHING: Offer = { words: [], paths: 'none' };

const summaries = (commands: readonly Declared[]) => [
  ...commands.map(({ name, description }) => [name, description] as const),
  ['help', HELP.description] as const,
];

/** Every command, the program itself first, whose path is "". */
export function offeredCommands(declared: readonly Declared[]): OfferedCommand[] {
  const version = { ...HELP, flag: '--version', description: 'print the version' };
  const all = { options: [HELP], operand: NOTHING };
  return [
    { ...all, path: '', description: '', options: [HELP, version], below: summaries(declared) },
    ...declared.flatMap((each) =>
      'commands' in each
        ? [
            {
              ...all,
              path: each.name,
              description: each.description,
              below: summaries(each.commands),
            },
            ...each.commands.map((spec) => offeredSpec(spec, `${each.name} `)),
          ]
        : [offeredSpec(each, '')],
    ),
  ];
}

export const isNothing = ({ words, paths }: Offer) => words.length === 0 && paths === 'none';

interface SharedOffer {
  /** "compare --policy", the command's path and the option's flag. */
  readonly places: readonly string[];
  readonly offer: Offer;
}

/** Every option that takes a value, also where nothing of it is known. */
export function byOffer(commands: readonly OfferedCommand[]): readonly SharedOffer[] {
  const shared = new Map<string, { places: string[]; offer: Offer }>();
  for (const { path, options } of commands) {
    for (const { flag, value } of options) {
      if (value === null) continue;
      const offer: Offer = { words: value.words, paths: value.paths };
      const key = JSON.stringify(offer);
      const known = shared.get(key) ?? { places: [], offer };
      known.places.push(`${path} ${flag}`);
      shared.set(key, known);
    }
  }
  return [...shared.values()];
}
