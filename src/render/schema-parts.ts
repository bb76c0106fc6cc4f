/** Forms that several results have in common. */
import * as z from 'zod';
import { MEMBERS } from '../kernel/rss-stat.ts';
import { PARAMETER_KEYS, parameterTexts, parseScheme, SCHEME_NAMES } from '../schemes/registry.ts';
import { PAGE_SIZES } from '../units.ts';
import type { Parameter, Parameters } from '../workload/contract/parameter.ts';
import { PATTERNS, type Pattern, POLICIES, type Policy } from '../workload/registry.ts';
import { type Cells, type Note, noted } from './result.ts';

export const count = noted(z.int().min(0), { unit: 'count' });
export const nodeCount = count.nullable().describe('null where no nodes are described');
export const pages = noted(z.int().min(0).describe('pages'), { unit: 'pages' });
export const bytes = noted(z.int().min(0).describe('bytes'), { unit: 'bytes' });
export const pageSize = noted(z.literal(PAGE_SIZES).describe('bytes'), { unit: 'bytes' });
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const cpulist = z.string().describe('a cpulist as in sysfs');

/** Both sides of an error. */
export const sides = z.strictObject({ under: pages, over: pages });

/** Of a bound: without end where there is none, which JSON has no number for and writes as null. */
export const boundPages = noted(
  z.int().min(0).nullable().describe('pages; null: there is no bound') as unknown as z.ZodInt,
  { unit: 'pages', is: '' },
);

export const boundSides = z.strictObject({ under: boundPages, over: boundPages });

export const program = noted(
  z.strictObject({ version: noted(z.string(), { is: 'of the program' }) }),
  { as: '' },
);

/** A machine: name, hash and counts. */
export const topology = noted(
  z.strictObject({
    name: noted(z.string(), { is: 'name of the machine' }),
    sha256: noted(sha256.describe('of the normalised topology'), { as: 'topology_sha256' }),
    nrCpuIds: noted(count, { is: 'of the machine' }),
    possibleCpus: noted(count, { is: 'of the machine' }),
    presentCpus: noted(count, { as: false }),
    onlineCpus: noted(count, { is: 'of the machine' }),
    numaNodes: noted(nodeCount, { is: 'of the machine; empty where none are described' }),
    pageSize: noted(pageSize, { is: "base page of the run: the machine's, or --page-size" }),
  }),
  { as: '' },
);

const evidence = z.literal(['measured', 'source', 'inferred']);

/** What --reader gets on --kernel: src/kernel/seen.ts. */
const seenReader = z.strictObject({
  word: noted(z.string().describe('as --reader takes it'), { as: '' }),
  label: noted(z.string(), { as: false }),
  reads: z.string().describe('the file and its field'),
  sums: z.literal(['approximate', 'precise', 'raw', 'mark', 'walk', 'own', 'none']),
  clamped: noted(z.boolean().describe('each member below 0 counts as 0'), { as: false }),
  isPeak: noted(z.boolean().describe('the highest so far, not what is now'), { as: false }),
  members: z.array(z.literal(MEMBERS)).describe('whose counters it adds up; none: no counter'),
  evidence: noted(evidence, { as: false }),
  source: noted(z.string(), { as: false }),
});

/** With --kernel: whose counters they are, and who reads them. */
export const seen = noted(
  z
    .strictObject({
      kernel: z.string().describe('as --kernel has it'),
      scheme: noted(z.literal(['atomic', 'per-thread', 'per-cpu']), { as: false }),
      evidence: noted(evidence, { as: false }),
      source: noted(z.string().describe('whence the scheme is known'), { as: false }),
      reader: seenReader.nullable().describe('of --reader; null: nobody in particular'),
      approximate: z.array(z.string()).describe('readers of the whole of RSS that are approximate'),
      precise: z.array(z.string()).describe('readers of the whole of RSS that get the truth'),
    })
    .exactOptional()
    .describe('with --kernel: whose counters they are, and who reads them'),
  { as: '', added: 200 },
);

/** A column for each of these parameters of schemes. */
function parameterCells(keys: readonly string[], added: number): Cells {
  return {
    columns: keys.map((key) => `scheme_${key}`).join('`, `'),
    added,
    of(parameters: Readonly<Record<string, unknown>>) {
      const texts = parameterTexts(parameters);
      return Object.fromEntries(keys.map((key) => [`scheme_${key}`, texts[key] ?? '']));
    },
  };
}

/** The parameters that first had columns; those of later ones came later. */
const FIRST_PARAMETERS: readonly string[] = ['batch', 'version', 'arity', 'mapping'];

const LATER_PARAMETERS = PARAMETER_KEYS.filter((key) => !FIRST_PARAMETERS.includes(key));

/** Beside a scheme's text the columns of its parameters, behind all others. */
export const schemeCells: Cells = {
  columns: PARAMETER_KEYS.map((key) => `scheme_${key}`).join('`, `'),
  added: 300,
  is: 'as in compare',
  of(text: string) {
    const { scheme: _, ...parameters } = parseScheme(text);
    return parameterCells(PARAMETER_KEYS, 0).of(parameters as never, {} as never);
  },
};

/** A scheme as it is named. */
export const named = {
  scheme: noted(z.literal(SCHEME_NAMES), { as: false }),
  name: z.string().describe('as --scheme takes it'),
  parameters: noted(z.record(z.string(), z.unknown()), {
    cells: [parameterCells(FIRST_PARAMETERS, 20), parameterCells(LATER_PARAMETERS, 202)],
    is: "the scheme's parameters; empty where it has none of that name, or the kernel computes it",
  }),
};

export const perMillion = z.int().min(0).max(1_000_000);

function valueSchema(parameter: Parameter): z.ZodType {
  switch (parameter.kind) {
    case 'count':
      return z.int().min(parameter.low);
    case 'share':
      return perMillion;
    case 'pages':
      return pages;
    case 'word':
      return z.literal(parameter.words);
  }
}

/** Columns that came first stand beside their policy's or pattern's. */
const FIRST_COLUMNS = [
  ...['mean_run_operations', 'local_to', 'stay_per_million'],
  ...['slots', 'target_pages'],
];

/** Then came these; those of later policies and patterns stand behind all other columns. */
const SECOND_COLUMNS = ['busy_per_million', 'balance_every_operations'];

/** The first came when what surrounds them did. */
function addedOf(column: string): Pick<Note, 'added'> {
  if (FIRST_COLUMNS.includes(column)) return {};
  return { added: SECOND_COLUMNS.includes(column) ? 1 : 100 };
}

interface Choice {
  readonly name: string;
  readonly parameters: Parameters;
}

/** As their records say; a column for each parameter that any of them has. */
function chosenSchema<T>(records: readonly Choice[]): z.ZodType<T> {
  const forms = records.map(({ name, parameters }) => {
    const values = Object.entries(parameters).map(([key, parameter]) => {
      const { description, column, help } = parameter;
      const value = valueSchema(parameter);
      return [
        key,
        noted(description === undefined ? value : value.describe(description), {
          as: column,
          ...addedOf(column),
          is: `${whose(records, key)}: ${help}`,
        }),
      ];
    });
    return z.strictObject({ name: z.literal(name), ...Object.fromEntries(values) });
  });
  const union = z.discriminatedUnion('name', forms as never) as unknown as z.ZodType<T>;
  return noted(union, { as: '' });
}

function whose(records: readonly Choice[], key: string): string {
  return records.flatMap(({ name, parameters }) => (key in parameters ? [name] : [])).join(', ');
}

export const policy = chosenSchema<Policy>(POLICIES);
export const pattern = chosenSchema<Pattern>(PATTERNS);
