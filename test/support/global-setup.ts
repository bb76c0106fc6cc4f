/**
 * Before all tests the bundle of src as it is, and a folder for what they write, in which bin/rss-err
 * is this checkout's program; after them that folder is gone.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The folder. */
    scratch: string;
  }
}

const bin = fileURLToPath(new URL('../../bin/', import.meta.url));

export default function setUp(project: TestProject): () => void {
  execFileSync(process.execPath, [join(bin, 'setup.js')], { stdio: 'inherit' });
  const scratch = mkdtempSync(join(tmpdir(), 'rss-err-test-'));
  mkdirSync(join(scratch, 'bin'));
  writeFileSync(
    join(scratch, 'bin', 'rss-err'),
    `#!/bin/sh\nexec '${process.execPath}' '${join(bin, 'rss-err.js')}' "$@"\n`,
    { mode: 0o755 },
  );
  project.provide('scratch', scratch);
  return () => rmSync(scratch, { recursive: true });
}
