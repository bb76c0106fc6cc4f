/** The house: imports run one way, and each library and Node module stays where it belongs. */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = resolve(root, 'src');

/** The layers, each above those before it; folders of one layer do not know each other. */
const LAYERS: readonly (readonly string[])[] = [
  ['kernel'],
  ['input'],
  ['topology'],
  ['update'],
  ['schemes', 'recorded', 'workload', 'proc'],
  ['process', 'replay'],
  ['render'],
  ['cli'],
  ['commands'],
];

/** Everyone's. */
const SHARED = new Set(['errors.ts', 'suggestion.ts', 'units.ts', 'version.ts']);

/** Where a package or Node module may be imported; patterns of paths below src/. */
const HOME: Record<string, RegExp> = {
  commander: /^(program|cli\/(command|meant|options)|commands\/completion\/manual-page)\.ts$/,
  chalk: /^(cli|render|commands)\//,
  'cli-table3': /^render\/text\.ts$/,
  sparkly: /^render\/amounts\.ts$/,
  'csv-stringify/sync': /^(render\/columns|commands\/(replay\/readings-lines|observe\/lines))\.ts$/,
  'csv-parse/sync': /^recorded\/read-recorded\.ts$/,
  'markdown-table': /^render\/markdown\.ts$/,
  xastscript: /^render\/svg\.ts$/,
  vega: /^render\/draw\.ts$/,
  'vega-scenegraph': /^render\/draw\.ts$/,
  'vega-lite': /^render\/(draw|picture)\.ts$/,
  '@resvg/resvg-wasm': /^render\/rasterise\.ts$/,
  hastscript: /^render\/page\.ts$/,
  'hast-util-to-html': /^render\/page\.ts$/,
  hast: /^render\/page\.ts$/,
  'xast-util-to-xml': /^render\/svg\.ts$/,
  zod: /^(topology\/schema|input\/conform|schemes\/latency|recorded\/kernel-run\/kernel-run|render\/.*|commands\/.*)\.ts$/,
  'jsonc-parser': /^input\/json\.ts$/,
  'fastest-levenshtein': /^suggestion\.ts$/,
  workerpool: /^(worker|cli\/jobs)\.ts$/,
  sax: /^input\/xml\.ts$/,
  'tar/parse': /^topology\/import\/sysfs-tar\.ts$/,
  'tar/read-entry': /^topology\/import\/sysfs-tar\.ts$/,
  'node:fs':
    /^(topology\/(bundled|import\/(sysfs-directory|running-system))|input\/whole|render\/rasterise|proc\/proc-directory|cli\/(input|journal|output|read-machine|write-stream))\.ts$/,
  'node:os': /^(cli\/(jobs|output|this-machine)|commands\/observe\/target)\.ts$/,
  'node:child_process': /^commands\/observe\/target\.ts$/,
  'node:events': /^(cli\/jobs|commands\/observe\/target)\.ts$/,
  'node:worker_threads': /^cli\/jobs\.ts$/,
  'node:util': /^(errors|render\/text)\.ts$/,
  'node:url': /^(topology\/bundled|cli\/jobs)\.ts$/,
  'node:path': /^(cli\/|commands\/|topology\/import\/sysfs-directory)/,
  'node:stream': /^(cli\/|commands\/|recorded\/read-recorded)/,
  'node:timers/promises': /^(cli|commands)\//,
  'node:zlib': /^input\/gunzip\.ts$/,
  'node:crypto': /^(topology\/normal-form|render\/page)\.ts$/,
};

interface Import {
  readonly from: string;
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** It is an import(), which loads when it is reached. */
  readonly dynamic: boolean;
}

const files = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => path.replaceAll('\\', '/'));

const sourceOf = (path: string) => readFileSync(resolve(src, path), 'utf8');

const imports: Import[] = files.flatMap((from) =>
  [
    ...sourceOf(from).matchAll(
      /(?:^|\n)\s*(?:import|export)\s(?:(type\s)?[^'"]*?from\s*)?'([^']+)'|import\('([^']+)'\)/g,
    ),
  ].map(([, type, specifier, dynamic]) => ({
    from,
    specifier: specifier ?? dynamic ?? '',
    typeOnly: type !== undefined,
    dynamic: dynamic !== undefined,
  })),
);

const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.indexOf('/')) : '');

const resolvedFrom = (from: string, specifier: string) =>
  relative(src, resolve(src, dirname(from), specifier)).replaceAll('\\', '/');

type Edge = readonly [from: string, to: string];

/** Every import of a file by a file, types included. */
const edges: readonly Edge[] = imports
  .filter(({ specifier }) => specifier.startsWith('.'))
  .map(({ from, specifier }) => [from, resolvedFrom(from, specifier)] as const);

/** What is left when all that imports nothing that is left is taken away: circles, and what leads to them. */
function circlesOf(all: readonly Edge[]): readonly Edge[] {
  const sources = new Set(all.map(([from]) => from));
  const left = all.filter(([from, to]) => from !== to && sources.has(to));
  return left.length === all.length ? left : circlesOf(left);
}

/** Folders, but for the files that look down from above: the root's, registries and commands. */
function roomOf(path: string): string {
  const [, folder = '', file = ''] = /^(?:(.*)\/)?([^/]+)$/.exec(path) ?? [];
  return folder === '' || file === 'registry.ts' || file === 'command.ts' ? path : folder;
}

describe('imports', () => {
  it('make no circle, types included: between files, and between folders at any depth', () => {
    expect(circlesOf(edges)).toEqual([]);
    const rooms = edges.map(([from, to]): Edge => [roomOf(from), roomOf(to)]);
    expect(circlesOf(rooms.filter(([from, to]) => from !== to))).toEqual([]);
  });

  it('that make a circle are found', () => {
    const chain: Edge[] = [
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'd'],
    ];
    expect(circlesOf(chain)).toEqual([]);
    expect(circlesOf([...chain, ['c', 'b']])).toEqual([
      ['a', 'b'],
      ['b', 'c'],
      ['c', 'b'],
    ]);
  });

  it('of a result are of no view and no command, and those of a view of no command', () => {
    const wrong = edges
      .filter(([from]) => /^commands\/.*\b(result|view)\.ts$/.test(from))
      .filter(([from, to]) =>
        from.endsWith('result.ts') ? /\b(view|command)\.ts$/.test(to) : to.endsWith('/command.ts'),
      );
    expect(wrong).toEqual([]);
  });

  it('are found at all', () => {
    expect(files.length).toBeGreaterThan(50);
    expect(imports.length).toBeGreaterThan(150);
  });

  it('run one way between the folders', () => {
    const layerOf = (folder: string) => LAYERS.findIndex((layer) => layer.includes(folder));
    const wrong = imports
      .filter(({ specifier }) => specifier.startsWith('.'))
      .map(({ from, specifier }) => ({
        from,
        to: resolvedFrom(from, specifier),
      }))
      .filter(({ from, to }) => {
        const [here, there] = [folderOf(from), folderOf(to)];
        if (there === here || here === '' || SHARED.has(to)) return false;
        return there === '' || layerOf(there) >= layerOf(here);
      })
      .map(({ from, to }) => `${from} -> ${to}`);
    expect(wrong).toEqual([]);
  });

  it('replay knows the contract of schemes, no concrete scheme', () => {
    const known = imports
      .filter(
        ({ from, specifier }) => folderOf(from) === 'replay' && specifier.includes('/schemes/'),
      )
      .map(({ specifier }) => specifier);
    expect(new Set(known)).toEqual(new Set(['../schemes/scheme.ts']));
  });

  it('keep the formula, simulation and cost of a scheme apart: only its record sees all three', () => {
    const schemeFolder = (path: string) => /^(schemes\/[^/]+)\//.exec(path)?.[1];
    const ofAllSchemes = imports
      .filter(({ from, specifier }) => from.startsWith('schemes/') && specifier.startsWith('.'))
      .map(({ from, specifier, dynamic }) => ({
        from,
        to: resolvedFrom(from, specifier),
        dynamic,
      }));
    const folders = new Set(files.map(schemeFolder).filter((folder) => folder !== undefined));
    const registered = ofAllSchemes
      .filter(({ from, to }) => from === 'schemes/registry.ts' && schemeFolder(to) !== undefined)
      .map(({ to }) => to);
    expect(new Set(registered)).toEqual(new Set([...folders].map((path) => `${path}/index.ts`)));
    for (const folder of folders) {
      for (const role of ['bound', 'counters', 'cost'].map((name) => `${folder}/${name}.ts`)) {
        // Of another scheme's, a bound may know the bound, counters the counters, a cost the cost.
        const ofSchemes = ofAllSchemes.filter(
          ({ from, to }) => from === role && schemeFolder(to) && basename(to) !== basename(role),
        );
        expect(ofSchemes, role).toEqual([]);
        const known = ofAllSchemes.filter(
          ({ from, to }) => from === `${folder}/index.ts` && to === role,
        );
        expect(
          known.map(({ dynamic }) => dynamic),
          role,
        ).toEqual([role.endsWith('/cost.ts')]);
      }
    }
  });

  it('of packages and Node modules stay in their homes', () => {
    const wrong = imports
      .filter(({ specifier }) => !specifier.startsWith('.'))
      .filter(({ from, specifier }) => !(HOME[specifier]?.test(from) ?? false));
    expect(wrong).toEqual([]);
  });
});

describe('source files', () => {
  it('open with a sentence that says what they hold', () => {
    expect(files.filter((path) => !sourceOf(path).startsWith('/**'))).toEqual([]);
  });

  it('keep process, the clock and chance where they belong', () => {
    const uses = (pattern: RegExp) => files.filter((path) => pattern.test(sourceOf(path)));
    expect(uses(/\bprocess\.[a-z]/).filter((path) => !/^(cli|commands)\//.test(path))).toEqual([]);
    expect(uses(/performance\.now|Date\.now|new Date/)).toEqual([
      'cli/clock.ts',
      'cli/heartbeat.ts',
    ]);
    expect(uses(/Math\.random|toLocale|Intl\./)).toEqual([]);
    expect(uses(/process\.exit\(|console\./)).toEqual([]);
  });

  it('have no hidden state: nothing but constants at the top level', () => {
    expect(files.filter((path) => /^(export )?let /m.test(sourceOf(path)))).toEqual([]);
  });

  it('have one subject, so none is long', () => {
    expect(files.filter((path) => sourceOf(path).split('\n').length > 450)).toEqual([]);
  });
});

describe('package.json', () => {
  const lock = JSON.parse(readFileSync(resolve(root, 'package-lock.json'), 'utf8')) as {
    packages: Record<string, { engines?: { node?: string }; resolved?: string }>;
  };

  it('locks packages without the address they came from', () => {
    expect(Object.values(lock.packages).filter(({ resolved }) => resolved !== undefined)).toEqual(
      [],
    );
  });

  it('asks for no package that leaves Node 20 out', () => {
    const excluded = Object.entries(lock.packages)
      .filter(([, { engines }]) => engines?.node !== undefined)
      .filter(([, { engines }]) => !allowsNode20(engines?.node ?? ''))
      .map(([name]) => name);
    expect(excluded).toEqual([]);
  });
});

/** Whether one alternative of an engines range admits 20.19: ">=18", "^20.19.0 || >=22", "10.* || >=12". */
function allowsNode20(range: string): boolean {
  return range.split('||').some((alternative) => {
    const [, operator = '', major = ''] = /^\s*(>=|\^)?\s*v?(\d+)/.exec(alternative) ?? [];
    return operator === '>=' ? Number(major) <= 20 : Number(major) === 20;
  });
}
