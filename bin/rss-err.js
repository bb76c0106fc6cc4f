#!/usr/bin/env node
// Starts the bundled program; a checkout, which has src/, installs and builds what it needs first.
import { existsSync } from 'node:fs';

async function isReady() {
  if (!existsSync(new URL('../src', import.meta.url))) return true;
  const { trySetUp } = await import('./setup.js');
  return trySetUp({});
}

if (await isReady()) {
  const { main } = await import('../dist/main.js');
  process.exitCode = await main(process.argv.slice(2), process);
  // Interrupted, and something still waits for a pipe that no one opens: die of it after all.
  if (process.exitCode > 128) setTimeout(() => process.kill(process.pid, 'SIGINT'), 100).unref();
} else {
  process.exitCode = 1;
}
