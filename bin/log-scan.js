// Makes src/recorded/oom/log-scan-bytes.ts of log-scan.wat beside it: `npm run log-scan`, which fetches the assembler.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../src/recorded/oom/', import.meta.url));
const made = mkdtempSync(join(tmpdir(), 'rss-err-log-scan-'));
try {
  const binary = join(made, 'log-scan.wasm');
  execFileSync('wat2wasm', [join(folder, 'log-scan.wat'), `--output=${binary}`]);
  const lines = readFileSync(binary)
    .toString('base64')
    .match(/.{1,90}/g);
  writeFileSync(
    join(folder, 'log-scan-bytes.ts'),
    `/** log-scan.wat as WebAssembly, in base 64: made by \`npm run log-scan\`. */\nexport const LOG_SCAN = [\n${lines.map((line) => `  '${line}',\n`).join('')}].join('');\n`,
  );
} finally {
  rmSync(made, { recursive: true, force: true });
}
