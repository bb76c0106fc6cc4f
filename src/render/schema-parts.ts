/** Forms that several results have in common. */
import * as z from 'zod';
import { PARAMETER_KEYS, parameterTexts, SCHEME_NAMES } from '../schemes/registry.ts';
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

/** Parameters that always have a column; those of later ones stand behind all others. */
const FIRST_KEYS = ['batch', 'version', 'arity', 'mapping'];

type Parameterised = { readonly parameters: Readonly<Record<string, unknown>> };

/** A run, or machines each with all schemes. */
interface WithSchemes {
  readonly schemes?: readonly Parameterised[];
  readonly rows?: readonly { readonly schemes: readonly Parameterised[] }[];
}

/** A column for each of these parameters, or for those that a scheme of the result gives a value. */
function parameterCells(keys: readonly string[], always: boolean): Cells {
  return {
    columns: keys.map((key) => `scheme_${key}`).join('`, `'),
    of(parameters: Parameterised['parameters'], { schemes, rows }: WithSchemes) {
      const all = (schemes ?? rows?.[0]?.schemes ?? []).map((one) =>
        parameterTexts(one.parameters),
      );
      const shown = keys.filter((key) => always || all.some((texts) => key in texts));
      const texts = parameterTexts(parameters);
      return Object.fromEntries(shown.map((key) => [`scheme_${key}`, texts[key] ?? '']));
    },
  };
}

/** A scheme as it is named. */
export const named = {
  scheme: noted(z.literal(SCHEME_NAMES), { as: false }),
  name: z.string().describe('as --scheme takes it'),
  parameters: noted(z.record(z.string(), z.unknown()), {
    added: 20,
    cells: [
      parameterCells(FIRST_KEYS, true),
      {
        ...parameterCells(
          PARAMETER_KEYS.filter((key) => !FIRST_KEYS.includes(key)),
          false,
        ),
        added: 200,
        is: 'only where a scheme of the run has a value for it',
      },
    ],
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
