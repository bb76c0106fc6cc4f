/** The forms of migration policies and memory patterns, as results name them: as their records say. */
import * as z from 'zod';
import { pages } from '../../render/schema-parts.ts';
import type { Parameter, Parameters } from '../../workload/parameter.ts';
import { PATTERNS, type Pattern, POLICIES, type Policy } from '../../workload/registry.ts';

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

function chosenSchema({ name, parameters }: { name: string; parameters: Parameters }) {
  const values = Object.entries(parameters).map(([key, parameter]) => {
    const { description } = parameter;
    const schema = valueSchema(parameter);
    return [key, description === undefined ? schema : schema.describe(description)] as const;
  });
  return z.strictObject({ name: z.literal(name), ...Object.fromEntries(values) });
}

type Forms = [ReturnType<typeof chosenSchema>, ...ReturnType<typeof chosenSchema>[]];

export const policy = z.discriminatedUnion(
  'name',
  POLICIES.map(chosenSchema) as Forms,
) as unknown as z.ZodType<Policy>;

export const pattern = z.discriminatedUnion(
  'name',
  PATTERNS.map(chosenSchema) as Forms,
) as unknown as z.ZodType<Pattern>;
