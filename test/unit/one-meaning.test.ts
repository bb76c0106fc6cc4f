/** One word, one meaning: what options, fields and columns of one name are in every command. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { neededCommands } from '../../src/program.ts';
import { describeColumns } from '../../src/render/columns.ts';
import { bare, fieldsOf } from '../../src/render/result.ts';
import { PARAMETER_KEYS } from '../../src/schemes/registry.ts';
import { RESULTS } from '../support/published.ts';

const commands = (await neededCommands([])).flatMap((declared) =>
  'commands' in declared ? declared.commands : [declared],
);

interface Field {
  readonly path: string;
  readonly schema: z.ZodType;
}

function fieldsBelow(schema: z.ZodType, path: string): Field[] {
  const inner = bare(schema);
  if (inner instanceof z.ZodArray) return fieldsBelow(inner.element as z.ZodType, path);
  return fieldsOf(inner).flatMap(([key, field]) => {
    const own = `${path}.${key}`;
    return [{ path: own, schema: bare(field) }, ...fieldsBelow(field, own)];
  });
}

/** Descriptions of machines say `cpus` as their files do. */
const studies = Object.entries(RESULTS).filter(
  ([name]) => name !== 'topologies' && name !== 'counter-tree',
);
const fields = studies.flatMap(([name, schema]) => fieldsBelow(schema, name));
const named = (key: string) => fields.filter(({ path }) => path.endsWith(`.${key}`));

describe('options', () => {
  it.each([
    ['--used', /^<cpulist>$/],
    ['--cpus', /^<(n|counts)>$/],
  ])('%s takes the same in every command', (flag, value) => {
    const flags = commands.flatMap(({ options }) =>
      Object.values(options).map((option) => option.flags.split(' ')),
    );
    const values = flags.flatMap(([long, text]) => (long === flag ? [text] : []));
    expect(values.length).toBeGreaterThan(1);
    for (const text of values) expect(text).toMatch(value);
  });
});

describe('fields of JSON', () => {
  it.each(['exact', 'exactUsed', 'stated'])('%s has the sides of one counter itself', (key) => {
    const found = named(key);
    expect(found.length).toBeGreaterThan(2);
    for (const { path, schema } of found) {
      const keys = fieldsOf(schema).map(([name]) => name);
      expect(keys.slice(0, 2), path).toEqual(['under', 'over']);
      expect(keys, path).not.toContain('member');
    }
  });

  it('cpus is a number of CPUs, or from which to which, and cpulist a list', () => {
    expect(named('cpulist').length).toBeGreaterThan(4);
    for (const { path, schema } of named('cpulist')) expect(schema.def.type, path).toBe('string');
    for (const { path, schema } of named('cpus')) {
      // What --cpus was given, and the sizes that a machine that is not known may have.
      if (['bound.range.cpus', 'oom.reports.cpus'].includes(path)) continue;
      expect(schema.def.type, path).toBe('number');
    }
  });
});

it('no column is called cpus', () => {
  for (const [name, schema] of studies) {
    expect(
      describeColumns(schema).map(([column]) => column),
      name,
    ).not.toContain('cpus');
  }
});

/** The scheme is a kernel's there, which has no parameters to choose. */
const KERNELS = ['oom', 'observe', 'observed', 'readers', 'against'];

it('rows that name a scheme have its parameters in columns of their own', () => {
  const naming = studies.filter(
    ([name, schema]) =>
      !KERNELS.includes(name) && describeColumns(schema).some(([column]) => column === 'scheme'),
  );
  expect(naming.length).toBeGreaterThan(8);
  for (const [name, schema] of naming) {
    const columns = describeColumns(schema).map(([column]) => column);
    const parameters = columns.flatMap((text) => text!.split('`, `'));
    for (const key of PARAMETER_KEYS) expect(parameters, name).toContain(`scheme_${key}`);
  }
});

it.each(commands.filter(({ name }) => name !== 'grid' && name !== 'merge'))(
  'the help of $name has an example that names it',
  ({ name, examples = [] }) => {
    expect(examples.some((line) => line.includes(` ${name}`))).toBe(true);
  },
);
