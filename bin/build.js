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
import { isBuiltin } from 'node:module';
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
 * What starts load, in few files: each costs Node some 0.5 ms to find, read and link, and each kilobyte
 * 30 µs. In the order of loading: a module goes with the first that needs it; where there are several files,
 * with those of all that all of them need. The bundler sees to modules that none needs.
 */
const TOGETHER = [
  ['start', 'src/main.ts'],
  ['program', 'src/program.ts'],
  // What two commands need that have little in common, most do.
  ['command', 'src/commands/compare/command.ts', 'src/commands/oom/command.ts'],
  ['compare', 'src/commands/compare/command.ts'],
  ['oom', 'src/commands/oom/command.ts'],
  ['machine', 'src/topology/bundled.ts'],
  ['table', 'src/render/text.ts'],
];

/** A module and all that it needs at once. */
function closureOf(id, context, seen = new Set()) {
  if (seen.has(id)) return seen;
  seen.add(id);
  for (const needed of context.getModuleInfo(id)?.importedIds ?? []) {
    closureOf(needed, context, seen);
  }
  return seen;
}

/** The name of the file that a module is to be in, or null. */
function togetherOf(root) {
  const names = new Map();
  return (id, context) => {
    if (names.size === 0) {
      for (const [name, ...files] of TOGETHER) {
        const [first, ...others] = files.map((file) => closureOf(join(root, file), context));
        for (const one of first) {
          const isOfAll = others.every((other) => other.has(one));
          if (isOfAll && !names.has(one)) names.set(one, name);
        }
      }
    }
    return names.get(id) ?? (id.startsWith(MARK) ? 'start' : null);
  };
}

const MARK = '\0node:';

/** Node's own modules are asked for: importing one has Node look at all that it exports, and load it. */
const BUILT_IN = {
  name: 'built-in',
  resolveId(id) {
    // What the bundler itself needs it imports.
    if (!isBuiltin(id) || id === 'node:module') return null;
    return { id: `\0${id.startsWith('node:') ? id : `node:${id}`}` };
  },
  load(id) {
    if (!id.startsWith(MARK)) return null;
    return `module.exports = process.getBuiltinModule(${JSON.stringify(id.slice(1))});`;
  },
};

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
    plugins: [BUILT_IN],
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
