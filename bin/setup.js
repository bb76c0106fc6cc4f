// Makes a checkout ready to run on a machine that has Node and npm alone: dependencies from the
// lock file, then the bundle. What it does it says on stderr; `node bin/setup.js` also makes ready
// for tests, `--force` builds anew.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const lockFile = join(root, 'package-lock.json');
const bundle = join(root, 'dist', 'main.js');
const installed = join(root, 'node_modules', '.installed-lock.json');
const busy = join(root, '.setup-busy');

const LONGEST_WAIT = 300_000;

/**
 * The newest change below a folder, in milliseconds; folders count, so deletions do too. Every start
 * in a checkout waits for this: path.join() would double the time.
 */
function newestChange(folder) {
  let newest = statSync(folder).mtimeMs;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = `${folder}/${entry.name}`;
    newest = Math.max(newest, entry.isDirectory() ? newestChange(path) : statSync(path).mtimeMs);
  }
  return newest;
}

function isBuilt() {
  if (!existsSync(bundle)) return false;
  const sources = [join(root, 'package.json'), lockFile, join(root, 'bin', 'build.js')];
  const newest = Math.max(
    newestChange(join(root, 'src')),
    ...sources.map((file) => statSync(file).mtimeMs),
  );
  return statSync(bundle).mtimeMs >= newest;
}

/** The lock file that node_modules was installed from is kept inside it. */
function isInstalled() {
  return (
    existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(lockFile, 'utf8')
  );
}

class SetupError extends Error {}

async function install() {
  const { spawnSync } = await import('node:child_process');
  process.stderr.write('rss-err: installing dependencies from package-lock.json\n');
  const npm = spawnSync(
    'npm',
    ['ci', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 2, 2],
      shell: process.platform === 'win32',
    },
  );
  if (npm.status !== 0) throw new SetupError('npm ci failed; its output above says why');
  writeFileSync(installed, readFileSync(lockFile));
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** One process at a time sets up: in a pipe of two, the second waits for the first. */
async function exclusively(work) {
  const start = Date.now();
  for (;;) {
    try {
      mkdirSync(busy);
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    let pid = Number.NaN;
    try {
      pid = Number(readFileSync(join(busy, 'pid'), 'utf8'));
    } catch {
      // Between the other's mkdir and its write, or after its end.
    }
    const waited = Date.now() - start;
    if ((pid > 0 && !isAlive(pid)) || waited > LONGEST_WAIT)
      rmSync(busy, { recursive: true, force: true });
    else await new Promise((resolve) => setTimeout(resolve, 100));
  }
  try {
    writeFileSync(join(busy, 'pid'), String(process.pid));
    await work();
  } finally {
    rmSync(busy, { recursive: true, force: true });
  }
}

/** Installs and builds where needed. `forTests`: dependencies are needed even if the bundle is new. */
async function setUp({ forTests = false, force = false } = {}) {
  const isReady = () => !force && isBuilt() && (!forTests || isInstalled());
  if (isReady()) return;
  await exclusively(async () => {
    if (isReady()) return;
    if (!isInstalled()) await install();
    if (!force && isBuilt()) return;
    process.stderr.write('rss-err: building dist/\n');
    const { build } = await import('./build.js');
    await build(root);
  });
}

/** As setUp(); where it fails, one line on stderr and false. */
export async function trySetUp(options) {
  try {
    await setUp(options);
    return true;
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    process.stderr.write(`rss-err: ${error.message}\n`);
    return false;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const force = process.argv.includes('--force');
  if (!(await trySetUp({ forTests: true, force }))) process.exitCode = 1;
}
