#!/usr/bin/env node
// Starts the bundled program; a checkout, which has src/, installs and builds what it needs first.
import { existsSync, statSync } from 'node:fs';

const words = process.argv.slice(2);

/** In milliseconds; 0 where there is no such file. */
function changedAt(path) {
  return statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** --version says what package.json says: it need not wait until all of src/ has been looked at. */
function knowsVersion() {
  const asks = words.length === 1 && (words[0] === '--version' || words[0] === '-V');
  return asks && changedAt('../dist/main.js') >= changedAt('../package.json');
}

async function isReady() {
  if (!existsSync(new URL('../src', import.meta.url)) || knowsVersion()) return true;
  const { trySetUp } = await import('./setup.js');
  return trySetUp({});
}

async function run() {
  if (!(await isReady())) return 1;
  const { main } = await import('../dist/main.js');
  return main(words, process);
}

try {
  process.exitCode = await run();
  // Interrupted, and something still waits for a pipe that no one opens: die of it after all.
  const signal = process.exitCode - 128;
  if (signal > 0) setTimeout(() => process.kill(process.pid, signal), 100).unref();
} catch (error) {
  // Node opens the program's own files, many at once.
  if (error.code !== 'EMFILE' && error.code !== 'ENFILE') throw error;
  process.stderr.write('rss-err: too many open files\n');
  process.exitCode = 2;
}
