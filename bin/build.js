// Bundles src/ and the libraries it uses into dist/, with the libraries' licences beside them.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { build as bundle } from 'esbuild';

/** The folders of the packages that went into the bundle. */
function packagesOf(metafile) {
  const folders = Object.keys(metafile.inputs).flatMap((path) => {
    const match = /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path);
    return match === null ? [] : [match[0]];
  });
  return [...new Set(folders)].sort();
}

function licenceOf(root, folder) {
  const path = join(root, folder);
  const file = readdirSync(path).find((name) => /^licen[cs]e/i.test(name));
  const { name, version, license } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'));
  const text = file === undefined ? '' : readFileSync(join(path, file), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/** Writes dist/: chunks first and the entry last by renaming, so that no one starts half a build. */
export async function build(root) {
  const dist = join(root, 'dist');
  const { outputFiles, metafile } = await bundle({
    absWorkingDir: root,
    entryPoints: ['src/main.ts', 'src/worker.ts'],
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    minifySyntax: true,
    minifyWhitespace: true,
    metafile: true,
    write: false,
    // Some libraries are CommonJS and ask for Node's modules by require().
    banner: {
      js: "import{createRequire as makeRequire}from'node:module';const require=makeRequire(import.meta.url);",
    },
  });
  mkdirSync(dist, { recursive: true });
  const entry = outputFiles.find(({ path }) => basename(path) === 'main.js');
  for (const { path, contents } of outputFiles) {
    if (path === entry.path) continue;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, contents);
  }
  const licences = packagesOf(metafile).map((folder) => licenceOf(root, folder));
  writeFileSync(join(dist, 'THIRD-PARTY-LICENSES'), licences.join(`\n${'-'.repeat(72)}\n\n`));
  writeFileSync(`${entry.path}.new`, entry.contents);
  renameSync(`${entry.path}.new`, entry.path);
  removeOldChunks(dist, new Set(outputFiles.map(({ path }) => basename(path))));
}

function removeOldChunks(dist, current) {
  for (const name of existsSync(dist) ? readdirSync(dist) : []) {
    if (name.endsWith('.js') && !current.has(name)) rmSync(join(dist, name));
  }
}
