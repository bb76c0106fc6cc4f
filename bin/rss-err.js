#!/usr/bin/env node
// Starts the bundled program; a checkout, which has src/, installs and builds what it needs first.

// Importing it would load all that it exports, streams too.
const { existsSync, fstatSync, readFileSync, statSync, writeSync } =
  process.getBuiltinModule('node:fs');

const words = process.argv.slice(2);

const textOf = (path) => readFileSync(path, 'utf8');

/** In milliseconds; 0 where there is no such file. */
function changedAt(path) {
  return statSync(new URL(path, import.meta.url), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** --version says what package.json says: it need not wait until all of src/ has been looked at. */
function knowsVersion() {
  const asks = words.length === 1 && (words[0] === '--version' || words[0] === '-V');
  return asks && changedAt('../dist/main.js') >= changedAt('../package.json');
}

/** For writing alone, or no device: not the /dev/null that stands for a descriptor that is closed. */
function isPlain(descriptor) {
  if (!fstatSync(descriptor).isCharacterDevice()) return true;
  const [, flags] = /^flags:\s*(\d+)/m.exec(textOf(`/proc/self/fdinfo/${descriptor}`));
  return (Number.parseInt(flags, 8) & 3) === 1;
}

/** Whether the version could be told without the program, which is left to tell faults. */
function toldVersion() {
  if (!knowsVersion()) return false;
  try {
    if (!isPlain(1)) return false;
    writeSync(1, `${JSON.parse(textOf(new URL('../package.json', import.meta.url))).version}\n`);
    return true;
  } catch {
    return false;
  }
}

async function isReady() {
  if (!existsSync(new URL('../src', import.meta.url)) || knowsVersion()) return true;
  const { trySetUp } = await import('./setup.js');
  return trySetUp({});
}

async function run() {
  if (toldVersion()) return 0;
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
