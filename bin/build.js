// Bundles src/ and the libraries it uses into dist/, with the libraries' licences beside them.
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

/** The folders of the packages that went into the bundle. */
function packagesOf(moduleIds) {
  const folders = moduleIds.flatMap((path) => {
    const match = /^.*node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+/.exec(path);
    return match === null ? [] : [match[0]];
  });
  return [...new Set(folders)].sort();
}

function licenceOf(path) {
  const file = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const text = file === undefined ? '' : readFileSync(join(path, file), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/**
 * What starts load, in few files: each costs Node some 0.5 ms to find, read and link. In the order of
 * loading: a module goes with the first that needs it, and the bundler sees to those that none needs.
 * Other commands use most of what the first of them, `compare`, does.
 */
const TOGETHER = [
  ['start', 'src/main.ts'],
  ['program', 'src/program.ts'],
  ['compare', 'src/commands/compare/command.ts'],
  ['table', 'src/render/text.ts'],
];

/** The name of the file that a module is to be in, or null. */
function togetherOf(root) {
  const names = new Map();
  function claim(id, name, context) {
    if (names.has(id)) return;
    names.set(id, name);
    for (const needed of context.getModuleInfo(id)?.importedIds ?? []) claim(needed, name, context);
  }
  return (id, context) => {
    if (names.size === 0) {
      for (const [name, file] of TOGETHER) claim(join(root, file), name, context);
    }
    return names.get(id) ?? null;
  };
}

/** How sources are read, the benchmark's too. */
export const FOR_NODE = {
  platform: 'node',
  resolve: { mainFields: ['module', 'main'] },
  transform: { target: 'node20' },
  checks: { ineffectiveDynamicImport: false },
};

/** The files of dist/: name and text. */
async function bundle(root) {
  const made = await rolldown({
    ...FOR_NODE,
    cwd: root,
    input: { main: 'src/main.ts', worker: 'src/worker.ts' },
    preserveEntrySignatures: 'allow-extension',
  });
  const { output } = await made.generate({
    format: 'esm',
    minify: { compress: true, mangle: false, codegen: { removeWhitespace: true } },
    comments: false,
    codeSplitting: {
      includeDependenciesRecursively: false,
      groups: [{ name: togetherOf(root), debugName: 'together' }],
    },
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
  await made.close();
  return output;
}

/** What stands beside the bundle as it is: what PNGs are drawn by, and their font. */
const SHIPPED = {
  'resvg.wasm': '@resvg/resvg-wasm/index_bg.wasm',
  'DejaVuSans.ttf': 'dejavu-fonts-ttf/ttf/DejaVuSans.ttf',
  'DejaVuSans-Bold.ttf': 'dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf',
};

/** Writes dist/: chunks first and the entry last by renaming, so that no one starts half a build. */
export async function build(root) {
  const dist = join(root, 'dist');
  const files = await bundle(root);
  mkdirSync(dist, { recursive: true });
  const entry = files.find(({ fileName }) => fileName === 'main.js');
  for (const { fileName, code } of files) {
    if (fileName !== entry.fileName) writeFileSync(join(dist, fileName), code);
  }
  for (const [name, path] of Object.entries(SHIPPED)) {
    copyFileSync(join(root, 'node_modules', path), join(dist, name));
  }
  const licences = packagesOf([
    ...files.flatMap(({ moduleIds }) => moduleIds),
    ...Object.values(SHIPPED).map((path) => join(root, 'node_modules', path)),
  ]).map(licenceOf);
  writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licences.join(`\n${'-'.repeat(72)}\n\n`));
  writeFileSync(join(dist, 'main.js.new'), entry.code);
  renameSync(join(dist, 'main.js.new'), join(dist, 'main.js'));
  removeOldChunks(dist, new Set(files.map(({ fileName }) => fileName)));
}

function removeOldChunks(dist, current) {
  for (const name of existsSync(dist) ? readdirSync(dist) : []) {
    if (name.endsWith('.js') && !current.has(name)) rmSync(join(dist, name));
  }
}
