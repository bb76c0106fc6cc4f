/** Manual pages in the macros of man(7): what the help says of the same declarations, and what belongs to a page besides. */
import { Command, type Help } from 'commander';
import { type CommandSpec, makeCommand } from '../../cli/command.ts';
import type { Options } from '../../cli/options.ts';
import type { Declared } from './offers.ts';

export interface ManualPage {
  /** "rss-err-compare" */
  readonly name: string;
  readonly text: string;
}

/** A line of text as roff has it: hyphens that can be typed, and no line that begins as a request does. */
function plain(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(
      /[^ -~]/gu,
      (sign) => `\\[u${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0')}]`,
    )
    .replace(/^([.'])/, '\\&$1');
}

/** An argument of a macro. */
const argument = (text: string) => `"${plain(text).replaceAll('"', '\\(dq')}"`;

/** Lines that stand as they are. */
const asTyped = (lines: readonly string[]) => ['.nf', ...lines.map(plain), '.fi'];

function entries(terms: readonly (readonly [term: string, description: string])[]): string[] {
  return terms.flatMap(([term, description]) => ['.TP', `.B ${plain(term)}`, plain(description)]);
}

/** Below a command of a group the page has no headings left. */
function title(text: string, heading: '.SH' | '.SS'): string[] {
  return heading === '.SH' ? [`.SH ${argument(text.toUpperCase())}`] : ['.PP', plain(`${text}:`)];
}

const noRun = async () => {};

/** Options below the headings of the help. */
function optionLines(command: Command, help: Help, heading: '.SH' | '.SS'): string[] {
  const groups = new Map<string, (readonly [string, string])[]>();
  for (const option of help.visibleOptions(command)) {
    const group = (option.helpGroupHeading ?? 'Options').replace(/:$/, '');
    const told = [help.optionTerm(option), help.optionDescription(option)] as const;
    groups.set(group, [...(groups.get(group) ?? []), told]);
  }
  return Array.from(groups, ([group, terms]) => [
    ...title(group, heading),
    ...entries(terms),
  ]).flat();
}

/** What one command has: its line, its options, what else the help says, examples. */
function commandLines(
  spec: CommandSpec<Options>,
  parent: Command,
  heading: '.SH' | '.SS',
): { usage: string; lines: string[] } {
  const command = makeCommand(spec, noRun);
  parent.addCommand(command);
  const help = command.createHelp();
  const operands = help.visibleArguments(command);
  const more = (spec.helpLines?.() ?? []).filter((line, index) => index > 0 || line !== '');
  return {
    usage: help.commandUsage(command),
    lines: [
      ...(operands.length === 0
        ? []
        : [
            ...title('Arguments', heading),
            ...entries(
              operands.map((each) => [help.argumentTerm(each), help.argumentDescription(each)]),
            ),
          ]),
      ...optionLines(command, help, heading),
      ...(more.length === 0 ? [] : [...title('Notes', heading), ...asTyped(more)]),
      ...(spec.examples === undefined
        ? []
        : [...title('Examples', heading), ...asTyped(spec.examples)]),
    ],
  };
}

/** The head of a page, and what it is of in a line. */
function headLines(name: string, description: string, version: string): string[] {
  return [
    `.TH ${argument(name.toUpperCase())} 1 "" ${argument(`rss-err ${version}`)} "User Commands"`,
    '.SH NAME',
    `${plain(name)} \\- ${plain(description)}`,
  ];
}

const synopsis = (lines: readonly string[]) => [
  '.SH SYNOPSIS',
  ...lines.flatMap((line, index) => [...(index === 0 ? [] : ['.br']), `.B ${plain(line)}`]),
];

const seeAlso = (names: readonly string[]) => [
  '.SH "SEE ALSO"',
  names.map((name) => `.BR ${plain(name)} (1)`).join(' ,\n'),
];

const EXIT_STATUS = entries([
  ['0', 'done'],
  ['1', 'a claim, a bound or a verification failed, or a limit such as --fail-above was exceeded'],
  ['2', 'the command line or the input is wrong: one line on standard error says where'],
  [
    '129, 130, 143',
    'ended by SIGHUP, Ctrl-C or SIGTERM: a file that was being written is not there',
  ],
]);

function commandPage(declared: Declared, version: string, program: string): ManualPage {
  const name = `${program}-${declared.name}`;
  const head = headLines(name, declared.description, version);
  const tail = ['.SH "EXIT STATUS"', ...EXIT_STATUS, ...seeAlso([program])];
  const parent = new Command(program);
  const page = (lines: readonly string[]) => ({ name, text: `${lines.join('\n')}\n` });
  if (!('commands' in declared)) {
    const { usage, lines } = commandLines(declared, parent, '.SH');
    return page([...head, ...synopsis([usage]), ...lines, ...tail]);
  }
  const group = new Command(declared.name);
  parent.addCommand(group);
  const told = declared.commands.map((spec) => ({ spec, ...commandLines(spec, group, '.SS') }));
  return page([
    ...head,
    ...synopsis(told.map(({ usage }) => usage)),
    '.SH COMMANDS',
    ...told.flatMap(({ spec, lines }) => [
      `.SS ${argument(`${program} ${declared.name} ${spec.name}`)}`,
      plain(spec.description),
      ...lines,
    ]),
    ...tail,
  ]);
}

/** A page of the program and one of each command. */
export function manualPages(
  declared: readonly Declared[],
  {
    name,
    description,
    version,
  }: { readonly name: string; readonly description: string; readonly version: string },
): ManualPage[] {
  const pages = declared.map((each) => commandPage(each, version, name));
  const text = [
    ...headLines(name, description, version),
    ...synopsis([`${name} <command> [options]`, `${name} help <command>`]),
    '.SH COMMANDS',
    ...entries(declared.map((each) => [each.name, each.description])),
    '.SH OPTIONS',
    ...entries([
      ['-V, --version', 'print the version'],
      ['-h, --help', 'display help; behind a command, of that command'],
    ]),
    '.SH "EXIT STATUS"',
    ...EXIT_STATUS,
    '.SH ENVIRONMENT',
    ...entries([
      ['NO_COLOR', 'no colour, where --color does not say otherwise'],
      ['FORCE_COLOR', 'colour without a terminal too; 0: none'],
      ['TERM', 'dumb: neither colour nor boxes'],
      ['LC_ALL, LC_CTYPE, LANG', 'UTF-8: charts of Unicode blocks'],
    ]),
    ...seeAlso(pages.map((page) => page.name)),
  ];
  return [{ name, text: `${text.join('\n')}\n` }, ...pages];
}
