/** The forms that the project publishes: those that the commands' results declare, and those of files it reads. */
import { readdirSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { markdownTable } from 'markdown-table';
import * as z from 'zod';
import { observedLine } from '../../src/commands/observe/record.ts';
import { gridSchema } from '../../src/commands/sweep/grid-file.ts';
import { describeColumns } from '../../src/render/columns.ts';
import { lineSchemaOf, noteOf } from '../../src/render/result.ts';
import { latencySchema } from '../../src/schemes/latency.ts';
import { topologySchema } from '../../src/topology/schema.ts';

const commands = fileURLToPath(new URL('../../src/commands/', import.meta.url));

const INPUTS: Readonly<Record<string, z.ZodType>> = {
  'topologies/topology.schema.json': topologySchema,
  'docs/schemas/latency.schema.json': latencySchema,
  'docs/schemas/observed-line.schema.json': observedLine,
  'docs/schemas/grid.schema.json': gridSchema,
};

/** Every result, by the name of its format: "compare" of rss-err/compare@2. */
async function declaredResults(): Promise<Record<string, z.ZodObject>> {
  const paths = readdirSync(commands, { recursive: true, encoding: 'utf8' });
  const modules = await Promise.all(
    paths
      .filter((path) => path.endsWith('result.ts'))
      .map((path): Promise<object> => import(pathToFileURL(`${commands}${path}`).href)),
  );
  const schemas = modules.flatMap((module) =>
    Object.values(module).filter((value) => value instanceof z.ZodObject),
  );
  return Object.fromEntries(
    schemas.flatMap((schema) => {
      const { format } = schema.shape;
      if (!(format instanceof z.ZodLiteral)) return [];
      return [[/^rss-err\/(.*)@\d+$/.exec(String(format.value))![1], schema]];
    }),
  );
}

export const RESULTS = await declaredResults();

/** Each form by the path of its JSON Schema. */
export const PUBLISHED_SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  ...INPUTS,
  ...Object.fromEntries(
    Object.entries(RESULTS).flatMap(([name, schema]) => {
      const line = lineSchemaOf(schema);
      const whole = [`docs/schemas/${name}.schema.json`, schema];
      return line === undefined
        ? [whole]
        : [whole, [`docs/schemas/${name}-line.schema.json`, line]];
    }),
  ),
};

/**
 * The JSON Schema of a published form. Results may gain fields without a new version, so theirs
 * allow fields they do not know; files that are read are refused with a key that no one knows.
 */
export function publishedSchema(path: string): unknown {
  return z.toJSONSchema(PUBLISHED_SCHEMAS[path]!, {
    override: ({ jsonSchema }) => {
      if (INPUTS[path] === undefined) delete jsonSchema.additionalProperties;
    },
  });
}

/** The columns of a result as a table of Markdown, those together of which the same is said. */
function columnsTable(schema: z.ZodObject): string {
  const rows: string[][] = [];
  for (const [name, unit = '', is = ''] of describeColumns(schema)) {
    const last = rows.at(-1);
    if (last !== undefined && is !== '' && last[1] === unit && last[2] === is) {
      last[0] += `, \`${name}\``;
    } else {
      rows.push([`\`${name}\``, unit, is]);
    }
  }
  return markdownTable([['column', 'unit', 'is'], ...rows], { alignDelimiters: false });
}

/** A section for each result that has lines, and so rows. */
export function columnsOfAll(): string {
  return Object.values(RESULTS)
    .filter((schema) => lineSchemaOf(schema) !== undefined && noteOf(schema).as !== false)
    .map((schema) => {
      const command = schema.description?.replace(' --format json', '') ?? '';
      return `\n## ${command}\n\n${columnsTable(schema)}\n`;
    })
    .sort()
    .join('');
}
