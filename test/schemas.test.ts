/** The published JSON Schemas are those of the code, and real output conforms to them. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../src/commands/compare/result.ts';
import { bundledNames } from '../src/topology/bundled.ts';
import { runCli } from './support/cli.ts';
import { columnsOfAll, PUBLISHED_SCHEMAS, publishedSchema } from './support/published.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

function published(path: string): unknown {
  return JSON.parse(readFileSync(`${root}${path}`, 'utf8'));
}

const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false });

const compiled = new Map<string, ValidateFunction>();

/** The check by a published schema, compiled once. */
function checkOf(path: string): ValidateFunction {
  const check = compiled.get(path) ?? ajv.compile(published(path) as object);
  compiled.set(path, check);
  return check;
}

function validate(path: string, value: unknown): string | null {
  // Strictly: what the code's own form does not know is a fault here, if not for users.
  const strict = PUBLISHED_SCHEMAS[path]!.safeParse(value);
  if (!strict.success) return strict.error.message;
  const check = checkOf(path);
  return check(value) ? null : ajv.errorsText(check.errors);
}

describe.each(Object.keys(PUBLISHED_SCHEMAS))('%s', (path) => {
  it('is the schema of the code (npm run schemas writes it)', () => {
    const made = `${JSON.stringify(publishedSchema(path), null, 2)}\n`;
    if (process.env.UPDATE_SNAPSHOTS) {
      mkdirSync(dirname(`${root}${path}`), { recursive: true });
      writeFileSync(`${root}${path}`, made);
    }
    expect(readFileSync(`${root}${path}`, 'utf8')).toBe(made);
  });
});

it('docs/columns.md has the columns of the code (npm run schemas writes them)', () => {
  const path = `${root}docs/columns.md`;
  const [head = ''] = readFileSync(path, 'utf8').split(/(?<=made\. -->\n)/);
  const made = `${head}${columnsOfAll()}`;
  if (process.env.UPDATE_SNAPSHOTS) writeFileSync(path, made);
  expect(readFileSync(path, 'utf8')).toBe(made);
});

const variants: [string, ...string[]][] = [
  ['the default'],
  ['other policies', '--preset', 'hop', '--policy', 'local', '--threads', '3'],
  [
    'variants',
    '--scheme',
    'tree:batch=16,version=17',
    '--scheme',
    'atomic',
    '--scheme',
    'per-numa',
  ],
  ['waking up', '--policy', 'wake-affine', '--run-length', '20', '--busy', '75%'],
  ['balancing', '--policy', 'load-balance', '--balance-every', '3'],
  ['other patterns', '--pattern', 'grow', '--policy', 'round-robin', '--huge-share', '2.5%'],
  ['a warm-up', '--warm-up', 'auto'],
  ['costs', '--cost', '--scheme', 'atomic', '--scheme', 'tree', '--scheme', 'per-thread'],
  ['modelled times', '--cost', '--latency', `${root}docs/latency-example.json`],
];

const few = ['--operations', '2000'];

const latency = `${root}docs/latency-example.json`;

describe('real output', () => {
  it.each(variants)('of compare --format json conforms: %s', async (_, ...options) => {
    const { stdout } = await runCli(['compare', ...few, ...options, '--format', 'json']);
    expect(validate('docs/schemas/compare.schema.json', JSON.parse(stdout))).toBeNull();
  });

  it.each(variants)('of compare --format ndjson conforms: %s', async (_, ...options) => {
    const { stdout } = await runCli(['compare', ...few, ...options, '--format', 'ndjson']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) {
      expect(validate('docs/schemas/compare-line.schema.json', JSON.parse(line))).toBeNull();
    }
  });

  it('of replay --cost conforms, whole and in lines, also where nothing moves', async () => {
    const header = 'thread,cpu,pages,kind\n';
    for (const stdin of [`${header}0,0,99,fault\n`, `${header}0,0,0,remote\n`]) {
      const words = ['replay', '-', '--cost', '--latency', latency];
      const json = await runCli([...words, '--format', 'json'], { stdin });
      expect(validate('docs/schemas/replay.schema.json', JSON.parse(json.stdout))).toBeNull();
      const { stdout } = await runCli([...words, '--format', 'ndjson'], { stdin });
      for (const line of stdout.trimEnd().split('\n')) {
        expect(validate('docs/schemas/replay-line.schema.json', JSON.parse(line))).toBeNull();
      }
    }
  });

  it.each([
    [
      'explain',
      ...['--kernel', '6.12.40', '--topology', '8cpu', '--operations', '99'],
      ...['--reader', 'VmHWM', '--value', '97155', '--and', 'VmRSS=97277', '--and', 'stat=7'],
    ],
    ['explain', '--kernel', '6.1', '--topology', '8cpu', '--threads', '3', '--operations', '99'],
    ['explain', '--kernel', '5.1', '--topology', '8cpu', '--threads', '3', '--reader', 'rss_stat'],
    ['bad-counter', 'BUG: Bad rss-counter state mm:(ptrval) idx:9 val:-1'],
  ])('of explain conforms, whole and in lines: %s %s', async (name, ...words) => {
    const whole = await runCli(['explain', ...words, '--format', 'json']);
    expect(validate(`docs/schemas/${name}.schema.json`, JSON.parse(whole.stdout))).toBeNull();
    const { stdout } = await runCli(['explain', ...words, '--format', 'ndjson']);
    for (const line of stdout.trimEnd().split('\n')) {
      expect(validate(`docs/schemas/${name}-line.schema.json`, JSON.parse(line))).toBeNull();
    }
  });

  it('of compare --runs conforms, whole and in lines', async () => {
    const words = ['compare', ...few, '--runs', '3', '--format'];
    const whole = await runCli([...words, 'json']);
    expect(validate('docs/schemas/compare-runs.schema.json', JSON.parse(whole.stdout))).toBeNull();
    const { stdout } = await runCli([...words, 'ndjson']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBe(1 + 4 + 3);
    for (const line of lines) {
      expect(validate('docs/schemas/compare-runs-line.schema.json', JSON.parse(line))).toBeNull();
    }
  });

  it('of compare --series conforms, whole and in lines, with a warm-up and without', async () => {
    for (const more of [[], ['--warm-up', '100']]) {
      const words = ['compare', ...few, '--series', '5', ...more, '--format'];
      const whole = await runCli([...words, 'json']);
      const path = 'docs/schemas/compare-series.schema.json';
      expect(validate(path, JSON.parse(whole.stdout))).toBeNull();
      const { stdout } = await runCli([...words, 'ndjson']);
      const lines = stdout.trimEnd().split('\n');
      expect(lines.length).toBe(1 + 4 + 4 * 5);
      for (const line of lines) {
        expect(
          validate('docs/schemas/compare-series-line.schema.json', JSON.parse(line)),
        ).toBeNull();
      }
    }
  });

  it('that lacks a figure does not conform', async () => {
    const { stdout } = await runCli(['compare', ...few, '--format', 'json']);
    const result = JSON.parse(stdout);
    delete result.schemes[0].observed.raw.p99;
    expect(validate('docs/schemas/compare.schema.json', result)).toMatch(/p99/);
  });

  it.each([
    ['csv', ','],
    ['tsv', '\t'],
  ])('of compare --format %s says what the JSON says', async (format, delimiter) => {
    const json = await runCli(['compare', ...few, '--format', 'json']);
    const comparison: Comparison = JSON.parse(json.stdout);
    const { stdout } = await runCli(['compare', ...few, '--format', format]);
    const rows: Record<string, string>[] = parseCsv(stdout, { columns: true, delimiter });
    expect(rows.map((row) => row.scheme)).toEqual(comparison.schemes.map(({ name }) => name));
    rows.forEach((row, i) => {
      const { stated, exact, exactUsed, observed } = comparison.schemes[i]!;
      expect(row).toMatchObject({
        format: comparison.format,
        topology_sha256: comparison.topology.sha256,
        seed: `${comparison.seed}`,
        operations: `${comparison.operations}`,
        stated_under_pages: `${stated.under}`,
        stated_over_pages: `${stated.over}`,
        exact_under_pages: `${exact?.under}`,
        exact_used_over_pages: `${exactUsed?.over}`,
        clamped_under_pages: `${observed.clamped.under}`,
        clamped_mean_pages: `${observed.clamped.mean}`,
        raw_p99_pages: `${observed.raw.p99}`,
        raw_under_at_operation: `${observed.raw.underAtOperation ?? ''}`,
      });
    });
  });

  it.each([
    ['one machine', '--size', '100MiB'],
    ['some of its CPUs', '--topology', '64cpu-2n', '--used', 'node:1', '--in-flight', '0'],
    ['a range', '--cpus', '1..300', '--nodes', '64', '--in-flight', '7', '--update-pages', '512'],
    ['variants', '--cpus', '8,64', '--scheme', 'tree:batch=16,version=17', '--scheme', 'atomic'],
  ])('of bound conforms, whole and in lines: %s', async (_, ...options) => {
    const json = await runCli(['bound', ...options, '--format', 'json']);
    expect(validate('docs/schemas/bound.schema.json', JSON.parse(json.stdout))).toBeNull();
    const { stdout } = await runCli(['bound', ...options, '--format', 'ndjson']);
    for (const line of stdout.trimEnd().split('\n')) {
      expect(validate('docs/schemas/bound-line.schema.json', JSON.parse(line))).toBeNull();
    }
  });

  it('of design conforms, whole and in lines', async () => {
    for (const options of [
      ['--topology', '8cpu', '--used', '0-3'],
      ['--cpus', '1,8'],
    ]) {
      const words = ['design', ...options, '--batch', '32', '--operations', '500'];
      const json = await runCli([...words, '--latency', latency, '--format', 'json']);
      expect(validate('docs/schemas/design.schema.json', JSON.parse(json.stdout))).toBeNull();
      const { stdout } = await runCli([...words, '--format', 'ndjson']);
      for (const line of stdout.trimEnd().split('\n')) {
        expect(validate('docs/schemas/design-line.schema.json', JSON.parse(line))).toBeNull();
      }
    }
  });

  it('the documentation shows a table of latencies that conforms; another key does not', () => {
    const schema = 'docs/schemas/latency.schema.json';
    const table = published('docs/latency-example.json') as object;
    expect(validate(schema, table)).toBeNull();
    const check = new Ajv2020({ strict: true }).compile(published(schema) as object);
    expect(check({ ...table, atomics: 5 })).toBe(false);
  });

  it.each([
    ['perf-script-lost-events.txt'],
    ['ftrace-rss_stat.txt', '--spread', 'local', '--local-to', 'node', '--seed', '3'],
    ['trace-cmd-report.txt', '--size-is', 'approximate', '--comm', 'rssload'],
  ])('of replay of a trace conforms, whole and in lines: %s', async (name, ...options) => {
    const words = ['replay', `${root}test/golden/traces/${name}`, ...options];
    const { stdout: whole } = await runCli([...words, '--format', 'json']);
    const result = JSON.parse(whole);
    expect(validate('docs/schemas/replay.schema.json', result)).toBeNull();
    const { stdout } = await runCli([...words, '--format', 'ndjson']);
    const lines = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    for (const line of lines) {
      expect(validate('docs/schemas/replay-line.schema.json', line)).toBeNull();
    }
    expect(lines.map(({ type }) => type)).toEqual([
      'run',
      ...result.schemes.map(() => 'scheme'),
      ...result.processes.map(() => 'process'),
    ]);
  });

  it.each([
    ['the default preset', '--processes', '30'],
    ['servers', '--preset', 'server', '--operations', '200', '--reclaimed', '5%'],
    [
      'variants',
      '--preset',
      'mixed',
      '--processes',
      '9',
      '--operations',
      '50',
      '--scheme',
      'atomic',
    ],
    ['failing forks', '--processes', '40', '--failing-forks', '20%', '--policy', 'pinned'],
  ])('of processes conforms, whole and in lines: %s', async (_, ...options) => {
    const json = await runCli(['processes', ...options, '--format', 'json']);
    expect(validate('docs/schemas/processes.schema.json', JSON.parse(json.stdout))).toBeNull();
    const { stdout } = await runCli(['processes', ...options, '--format', 'ndjson']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.length).toBeGreaterThan(1);
    for (const line of lines) {
      expect(validate('docs/schemas/processes-line.schema.json', JSON.parse(line))).toBeNull();
    }
  });

  it.each([
    ['6.12', 'kernel-6.12-cpus-64-s1.1'],
    ['of before 6.8, with threads', 'kernel-6.1-cpus-64-t1-threads', '--threads', '1,B-hider=300'],
    ['precise', 'kernel-7.2-cpus-64-o1-over', '--cpus', '64'],
  ])('of oom conforms, whole and in lines: %s', async (_, name, ...options) => {
    const words = ['oom', `${root}test/golden/oom/${name}.txt`, ...options, '--format'];
    const { stdout: whole } = await runCli([...words, 'json']);
    expect(validate('docs/schemas/oom.schema.json', JSON.parse(whole))).toBeNull();
    const { stdout: line } = await runCli([...words, 'ndjson']);
    expect(validate('docs/schemas/oom-line.schema.json', JSON.parse(line))).toBeNull();
  });

  it('of oom --model conforms, whole and in lines', async () => {
    const words = ['oom', '--model', '--runs', '1', '--memory', '64MiB', '--format'];
    const { stdout: whole } = await runCli([...words, 'json']);
    expect(validate('docs/schemas/oom-model.schema.json', JSON.parse(whole))).toBeNull();
    const { stdout } = await runCli([...words, 'ndjson']);
    for (const line of stdout.trimEnd().split('\n')) {
      expect(validate('docs/schemas/oom-model-line.schema.json', JSON.parse(line))).toBeNull();
    }
  });

  it('of topology list --format ndjson conforms, and of csv has a row a machine', async () => {
    const { stdout: lines } = await runCli(['topology', 'list', '--format', 'ndjson']);
    for (const line of lines.trimEnd().split('\n')) {
      expect(validate('docs/schemas/topologies-line.schema.json', JSON.parse(line))).toBeNull();
    }
    const { stdout: csv } = await runCli(['topology', 'list', '--format', 'csv']);
    const rows = parseCsv(csv, { columns: true }) as Record<string, string>[];
    expect(rows.map(({ topology }) => topology)).toEqual(bundledNames());
    expect(
      rows.every((row) => row.page_size_bytes === '4096' || row.page_size_bytes === '65536'),
    ).toBe(true);
  });

  it('of topology list --format json conforms', async () => {
    const { stdout } = await runCli(['topology', 'list', '--format', 'json']);
    expect(validate('docs/schemas/topologies.schema.json', JSON.parse(stdout))).toBeNull();
  });

  it.each([
    ['the default'],
    ['variants', '--topology', 'xeon-6980p-2s', '--scheme', 'tree:version=17,mapping=logical'],
    ['given arities', '--topology', '8cpu', '--scheme', 'tree:arity=4x2'],
    ['parts not described', '--topology', 'pu:3'],
    ['one CPU', '--topology', '1cpu'],
  ])('of topology tree --format json conforms: %s', async (_, ...options) => {
    const { stdout } = await runCli(['topology', 'tree', ...options, '--format', 'json']);
    expect(validate('docs/schemas/counter-tree.schema.json', JSON.parse(stdout))).toBeNull();
  });

  it.each([
    ['without caches', '-smp 8,sockets=2,dies=2,maxcpus=16'],
    ['with all that a string can tell', 'pack:2 die:2 [numa(memory=1GiB)] l3:1 core:2 pu:2'],
    ['of its own form', '8cpu'],
  ])('of topology import conforms: %s', async (_, machine) => {
    const { stdout } = await runCli(['topology', 'import', '--', machine]);
    expect(validate('topologies/topology.schema.json', JSON.parse(stdout))).toBeNull();
  });

  it('of a machine without described nodes conforms', async () => {
    const on = ['--topology', '-smp 8', '--format', 'json'];
    const compared = await runCli(['compare', ...few, ...on]);
    expect(validate('docs/schemas/compare.schema.json', JSON.parse(compared.stdout))).toBeNull();
    const bounds = await runCli(['bound', ...on]);
    expect(validate('docs/schemas/bound.schema.json', JSON.parse(bounds.stdout))).toBeNull();
  });

  it('of witness --verify --format json conforms', async () => {
    const words = ['--scheme', 'tree:batch=2', '--topology', 'pu:4', '--in-flight', '2'];
    const { stdout } = await runCli(['witness', '--verify', ...words, '--format', 'json']);
    expect(validate('docs/schemas/verify.schema.json', JSON.parse(stdout))).toBeNull();
  });

  it.each(bundledNames())(
    'topologies/%s.json conforms, and so does what show prints',
    async (name) => {
      const schema = 'topologies/topology.schema.json';
      expect(validate(schema, published(`topologies/${name}.json`))).toBeNull();
      const { stdout } = await runCli(['topology', 'show', name, '--format', 'json']);
      expect(validate(schema, JSON.parse(stdout))).toBeNull();
    },
  );
});
