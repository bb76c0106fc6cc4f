/** Options and the lines that reproduce results: what is read from a line is what wrote it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CommandSpec, flagsOfWords, makeCommand } from '../../src/cli/command.ts';
import {
  demandTogether,
  type FlagsOf,
  keyOf,
  type Options,
  reproduceLine,
} from '../../src/cli/options.ts';
import { POPULATION_NAMES } from '../../src/commands/oom/population.ts';
import { InputError } from '../../src/errors.ts';
import { neededCommands } from '../../src/program.ts';
import type { Parameter } from '../../src/workload/contract/parameter.ts';
import { PATTERNS, POLICIES } from '../../src/workload/registry.ts';
import { runCli } from '../support/cli.ts';

type Spec = CommandSpec<Options>;

/** Every command, by its words. */
const commands = new Map<string, Spec>();
for (const declared of await neededCommands([])) {
  if (!('commands' in declared)) commands.set(declared.name, declared);
  else for (const spec of declared.commands) commands.set(`${declared.name} ${spec.name}`, spec);
}

const number = (low: number, high: number) => fc.integer({ min: low, max: high }).map(String);
const percent = fc.constantFrom('0', '12.5%', '50%', '99.9999%', '100');
const words = fc.constantFrom('plain', "it's", 'two words', '--dashes', '$HOME');
const size = fc.constantFrom('128', '400pages', '1MiB', '512KiB');
const pages = fc.constantFrom('16', '4-64', '7-7');
const seed = fc.constantFrom('0', '1', '42', `${Number.MAX_SAFE_INTEGER}`);
const scheme = fc.constantFrom(
  'per-cpu',
  'per-cpu:batch=64',
  'per-thread',
  'per-numa',
  'tree',
  'tree:batch=16,version=17',
);
const machine = fc.constantFrom('numa:2 l3:2 pu:2', 'pu:6', '8cpu');
const policy = fc.constantFrom(...POLICIES.map(({ name }) => name));

/** Values of a parameter of a policy or a pattern, among them the least. */
function parameterTexts(parameter: Parameter): fc.Arbitrary<string> {
  switch (parameter.kind) {
    case 'count':
      return number(parameter.low, Math.min(parameter.high, parameter.low + 200));
    case 'share':
      return percent;
    case 'pages':
      return size;
    case 'word':
      return fc.constantFrom(...parameter.words);
  }
}

const parameters = [...POLICIES, ...PATTERNS].flatMap((record): Parameter[] =>
  Object.values<Parameter>(record.parameters),
);

/** Values of each option, as small as a quick run needs; where a command reads it otherwise, of it. */
const TEXTS: Texts = {
  ...Object.fromEntries(parameters.map((each) => [each.flag, parameterTexts(each)])),
  '--topology': machine,
  '--scheme': scheme,
  '--page-size': fc.constantFrom('4K', '16KiB', '65536'),
  '--reading': fc.constantFrom('clamped', 'raw'),
  '--fail-above': size,
  '--cost': null,
  '--latency': words,
  '--preset': fc.constantFrom('service', 'hop'),
  'processes --preset': fc.constantFrom('fork-exec', 'server', 'mixed'),
  '--threads': number(1, 8),
  '--policy': policy,
  '--spread': policy,
  '--used': fc.constantFrom('0', '0-2', '1,3', 'node:0', 'node:1'),
  'bound --cpus': fc.constantFrom('1..16', '2,4,8', '1..3,7'),
  '--pattern': fc.constantFrom(...PATTERNS.map(({ name }) => name)),
  '--size': size,
  '--mapping': pages,
  '--huge-share': percent,
  '--operations': number(1, 60),
  '--switch-every': number(1, 60),
  '--seed': seed,
  '--runs': number(1, 3),
  '--jobs': number(1, 2),
  '--series': number(1, 80),
  '--write-stream': words,
  '--warm-up': fc.constantFrom('0', '1', 'auto'),
  '--processes': number(0, 5),
  '--parallel': number(1, 4),
  '--process-pages': pages,
  '--servers': number(0, 2),
  '--reclaimed': percent,
  '--failing-forks': fc.constantFrom('0%', '30%'),
  '--write-trace': words,
  '--trace-form': fc.constantFrom('ftrace', 'perf'),
  '--nodes': number(1, 4),
  '--in-flight': number(1, 3),
  '--update-pages': number(1, 4),
  '--direction': fc.constantFrom('under', 'over'),
  '--memory': fc.constantFrom('1GiB', '100000'),
  '--verify': null,
  '--oom': null,
  '--budget': size,
  '--every': number(1, 50),
  '--for': number(1, 4),
  '--seconds': number(1, 3),
  '--mm': fc.constantFrom('1', '0xebdb97e', '247315454#2'),
  '--comm': fc.constantFrom('cc1', "it's", 'two words'),
  '--size-is': fc.constantFrom('precise', 'approximate'),
  '--readings': null,
  '--member': fc.constantFrom('anon', 'file', 'swap', 'shmem'),
  '--against': words.filter((word) => !word.startsWith('-')),
  '--level': number(1, 3),
  '--all': null,
  '--from': fc.constantFrom('synthetic', 'qemu'),
  '--name': words,
  '--nr-cpu-ids': number(1, 64),
  '--numbering': fc.constantFrom('adjacent'),
  '--format': fc.constantFrom('json'),
  '--unit': fc.constantFrom('pages', 'MiB'),
  '--output': words,
  '--kernel': fc.constantFrom('6.1.0', '6.12.117-generic'),
  '--reader': fc.constantFrom('ps', 'statm', 'VmHWM', 'java'),
  '--value': fc.constantFrom('128', '43MiB', '44032kB', '4096B'),
  '--and': fc.constantFrom('statm=43MiB', 'node=128', 'ru_maxrss=4096B'),
  '--offlined': number(0, 6),
  'oom --cpus': number(1, 64),
  'sweep oom --cpus': number(1, 64),
  'oom --threads': fc.constantFrom('300', 'mysqld=300,766=2', "it's=3"),
  '--fail-uncertain': null,
  '--model': null,
  '--population': fc.constantFrom(...POPULATION_NAMES),
  'oom --processes': number(2, 9),
  '--free': size,
  '--turnover': number(1, 3),
  '--threads-each': number(1, 6),
  '--age': fc.constantFrom('oldest', 'mixed', 'youngest'),
  '--color': fc.constantFrom('auto', 'never'),
  '--interval': fc.constantFrom('500ms', '1', '2.5s', '1h'),
  'observe --for': fc.constantFrom('0', '10s', '5m'),
  '--cheap': null,
  '--record': words,
  '--proc': words,
  'observe --from': words,
  '--top': number(1, 50),
  '--where': fc.constantFrom('threads<=online-cpus', 'policy != local'),
  '--skip-refused': null,
  '--shard': fc.constantFrom('1/1', '3/40'),
  '--like': words,
  '--pid': number(1, 99),
  '--list': null,
  '--resume': null,
  '--figure': fc.constantFrom('clamped_p99_pages', 'mean_pages'),
  'sweep merge --format': fc.constantFrom('json', 'csv'),
  '--grid': words,
  '--by': fc.constantFrom('threads', 'threads,topology'),
  '--distribution': null,
  'design --cpus': fc.constantFrom('1,4', '2..4', '8'),
  'design --resume': words,
  'design --operations': number(0, 40),
  '--space': fc.constantFrom('tree', 'per-cpu,stash', 'two-level'),
  '--batch': fc.constantFrom('8', '4,16', '32,48'),
  '--middle': fc.constantFrom('8', '2,64'),
  '--levels': number(1, 4),
  '--objective': fc.constantFrom('worst', 'used,memory', 'in-flight,touches,busiest,reads'),
  '--max-error': size,
  '--max-memory': fc.constantFrom('4KiB', '2', '1MiB'),
  '--max-touches': fc.constantFrom('0.05', '1'),
  '--workload': fc.constantFrom('hop', 'service,hop'),
};

const longOf = (flags: string) => flags.split(' ')[0]!;

type Texts = Readonly<Record<string, fc.Arbitrary<string> | null>>;

const textsOf = (name: string, flag: string, texts: Texts = TEXTS) =>
  texts[`${name} ${flag}`] ?? texts[flag];

/** What a command cannot do without behind its name. */
const operandOf = ({ argument }: Spec) => (argument?.[0].startsWith('<') ? ['machine'] : []);

/** The flags that commander reads; null where it or an option refuses. */
async function parse(name: string, spec: Spec, args: readonly string[]) {
  let parsed: FlagsOf<Options> | null = null;
  const program = new Command().exitOverride().configureOutput({ writeErr() {} });
  const command = makeCommand(spec, async (_, flags) => {
    parsed = flags;
  });
  program.addCommand(command.exitOverride().configureOutput({ writeErr() {} }));
  const operand = operandOf(spec);
  try {
    const last = name.split(' ').at(-1)!;
    await program.parseAsync([last, ...operand, ...args], { from: 'user' });
  } catch {
    return null;
  }
  const flags: FlagsOf<Options> | null = parsed;
  return flags;
}

function goTogether({ options, settle }: Spec, flags: FlagsOf<Options>): boolean {
  try {
    demandTogether(options, flags, { ...flags, ...settle?.(flags) });
    return true;
  } catch {
    return false;
  }
}

/** An option as it is given, with its values where it takes any. */
type Given = readonly [flag: string, words: readonly string[]];

function givenOption(
  name: string,
  { flags, list }: Options[string],
  from: Texts,
): fc.Arbitrary<Given> {
  const flag = longOf(flags);
  const text = textsOf(name, flag, from);
  if (text === null || text === undefined) return fc.constant([flag, [flag]]);
  if (list === undefined) return text.map((one) => [flag, [flag, one]]);
  const texts = fc.uniqueArray(text, { minLength: 1, maxLength: 2 });
  return list === 'variadic'
    ? texts.map((all) => [flag, [flag, ...all]])
    : texts.map((all) => [flag, all.flatMap((one) => [flag, one])]);
}

/** Some options of a command, in any order. */
function givenOptions(
  name: string,
  spec: Spec,
  without: readonly string[] = [],
  from: Texts = TEXTS,
): fc.Arbitrary<Given[]> {
  const options = Object.values(spec.options).filter(
    ({ flags }) => !without.includes(longOf(flags)),
  );
  // Most options go with few others: half of the time few are there.
  return fc
    .boolean()
    .chain((few) =>
      fc.shuffledSubarray(options, {
        maxLength: few ? Math.min(4, options.length) : options.length,
      }),
    )
    .chain((chosen) => fc.tuple(...chosen.map((option) => givenOption(name, option, from))));
}

/** All that goes together, in two rounds: what an option goes with may stand behind it. */
async function sound(
  name: string,
  spec: Spec,
  begun: readonly string[],
  given: readonly Given[],
): Promise<string[]> {
  let args = [...begun];
  const left = new Map(given);
  for (let round = 0; round < 2; round++) {
    for (const [flag, more] of left) {
      const flags = await parse(name, spec, [...args, ...more]);
      if (flags === null || !goTogether(spec, flags)) continue;
      args = [...args, ...more];
      left.delete(flag);
    }
  }
  return args;
}

/** The words of a line that a shell would read. */
function shellSplit(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|\\.|[^\s'\\])+/g)].map(([word]) =>
    word.replace(/'([^']*)'|\\(.)/g, (_, quoted, escaped) => quoted ?? escaped),
  );
}

/** Options that a command cannot do without. */
const NEEDED: Readonly<Record<string, readonly string[]>> = {
  witness: ['--scheme', 'tree'],
};

describe.each([...commands])('the options of %s', (name, spec) => {
  it('are named as commander names them, each with values to try', () => {
    for (const [key, { flags, value }] of Object.entries(spec.options)) {
      const flag = longOf(flags);
      expect(keyOf(flag)).toBe(key);
      expect(textsOf(name, flag), flag).not.toBe(undefined);
      expect(textsOf(name, flag) === null, flag).toBe(value === null);
    }
  });

  it('are read back from the line that gives them', async () => {
    if (Object.keys(spec.options).length === 0) return;
    const needed = NEEDED[name] ?? [];
    const texts = givenOptions(
      name,
      spec,
      needed.filter((word) => word.startsWith('--')),
    );
    await fc.assert(
      fc.asyncProperty(texts, async (given) => {
        const args = await sound(name, spec, needed, given);
        const flags = await parse(name, spec, args);
        const line = reproduceLine(name.split(' '), spec.options, flags!);
        const [program, ...again] = shellSplit(line);
        expect(program).toBe('rss-err');
        expect(await parse(name, spec, again.slice(name.split(' ').length))).toEqual(flags);
      }),
      { numRuns: 15 },
    );
  });
});

describe.each([...commands])('one value of each option of %s', (name, spec) => {
  const words = [...operandOf(spec), ...(NEEDED[name] ?? [])];
  const single = Object.values(spec.options).filter(
    ({ value, list }) => value !== null && list === undefined,
  );

  it('is taken, and a second one refused', () => {
    for (const { flags } of single) {
      const flag = longOf(flags);
      const [text = ''] = fc.sample(textsOf(name, flag)!, { numRuns: 1, seed: 1 });
      expect(() => flagsOfWords(spec, [flag, text, flag, text])).toThrow(
        new InputError(`${flag} ${text}: ${flag} is given twice: expected it once`),
      );
    }
  });

  const FILES = ['--output', '--write-stream', '--write-trace', '--record', 'design --resume'];
  const files = single
    .map(({ flags }) => longOf(flags))
    .filter((flag) => FILES.includes(flag) || FILES.includes(`${name} ${flag}`));

  it.each(files)('%s: a name that promises another format is refused', (flag) => {
    for (const ending of ['pdf', 'YAML', 'json.gz', 'svgz']) {
      expect(() => flagsOfWords(spec, [...words, flag, `x.${ending}`])).toThrow(
        /^--.*: there is no [A-Z]+ of this: expected a name for one of /,
      );
    }
  });

  it.each(files)('%s: "-" makes no file of that name', (flag) => {
    if (flag === '--output') {
      expect(flagsOfWords(spec, [...words, flag, '-'])).toEqual(flagsOfWords(spec, words));
    } else {
      expect(() => flagsOfWords(spec, [...words, flag, '-'])).toThrow(
        new InputError(`${flag} -: standard output has the result: expected a file`),
      );
    }
  });
});

describe('what a run says to reproduce it', () => {
  let folder = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'rss-err-options-'));
    const run = ['--topology', '8cpu', '--processes', '3', '--process-pages', '8-64'];
    const { code } = await runCli(['processes', ...run, '--write-trace', 'it is.trace'], {
      cwd: folder,
    });
    expect(code).toBe(0);
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  /** What changes where a result goes, or the exit code, but not the result. */
  const AROUND = ['--output', '--color', '--jobs', '--fail-above'];
  /** The formats that have the line. */
  const TOLD: Texts = {
    ...TEXTS,
    '--format': fc.constantFrom('table', 'ascii', 'markdown'),
    'topology tree --format': fc.constantFrom('text', 'markdown'),
    '--unit': fc.constantFrom('pages', 'KiB', 'MiB', 'auto'),
  };

  /** The words of the command that the result names. */
  function told(stdout: string): string[] {
    const [, again = ''] = stdout.split(/\nreproduce:\n|\nReproduce: `/);
    return shellSplit(again.split(/\n\n|`/)[0]!.replaceAll('\\\n', ' '));
  }

  const SMALL = ['--topology', 'numa:2 l3:2 pu:2', '--operations', '60'];
  const MANY = ['--topology', '8cpu', '--process-pages', '8-32', '--operations', '20'];

  it.each<[command: string, begun: string[], numRuns: number, without: string[]]>([
    ['compare', SMALL, 30, ['--topology', '--operations', '--latency', '--write-stream']],
    ['bound', [], 30, []],
    [
      'processes',
      [...MANY, '--processes', '3', '--servers', '1'],
      20,
      [
        ...['--topology', '--process-pages', '--operations', '--processes', '--servers'],
        ...['--write-trace', '--trace-form', '--huge-share'],
      ],
    ],
    [
      'replay',
      ['it is.trace', '--topology', '8cpu'],
      20,
      ['--topology', '--mm', '--readings', '--member', '--against', '--latency'],
    ],
    ['topology tree', [], 30, []],
    [
      'explain',
      ['--topology', 'pu:8', '--kernel', '6.12.40', '--reader', 'ps', '--value', '43MiB'],
      20,
      ['--topology', '--kernel', '--reader', '--value', '--and'],
    ],
    ['readers', [], 10, []],
    [
      'watchdog',
      [...SMALL.slice(0, 2), '--operations', '900', '--every', '50', '--budget', '200'],
      10,
      ['--topology', '--operations', '--every', '--budget'],
    ],
    [
      'oom',
      ['--model', '--memory', '64MiB', '--topology', '8cpu', '--runs', '2', '--processes', '3'],
      12,
      ['--model', '--memory', '--topology', '--runs', '--processes', '--mapping', '--page-size'],
    ],
    [
      'design',
      ['--topology', 'pu:4', '--jobs', '1'],
      8,
      ['--topology', '--resume', '--latency', '--objective', '--used', '--cpus'],
    ],
    [
      'witness',
      ['--verify', '--topology', 'pu:2', '--scheme', 'per-cpu:batch=2'],
      10,
      ['--verify', '--topology', '--scheme', '--in-flight', '--update-pages', '--used'],
    ],
  ])(
    'gives the same again: %s',
    async (name, begun, numRuns, without) => {
      const spec = commands.get(name)!;
      const path = name.split(' ');
      const operands = begun[0]?.startsWith('--') === false ? begun.slice(0, 1) : [];
      const options = begun.slice(operands.length);
      let ran = 0;
      await fc.assert(
        fc.asyncProperty(givenOptions(name, spec, [...AROUND, ...without], TOLD), async (given) => {
          const args = await sound(name, spec, options, given);
          const first = await runCli([...path, ...operands, ...args], { cwd: folder });
          // A CPU that the machine has not, a size that is no whole page: refused, and rightly so.
          if (first.code === 2) return;
          ran += 1;
          const [program, ...line] = told(first.stdout);
          expect(program).toBe('rss-err');
          const second = await runCli(line, { cwd: folder });
          expect(second).toEqual(first);
        }),
        { numRuns },
      );
      expect(ran).toBeGreaterThan(numRuns / 3);
    },
    60_000,
  );
});
