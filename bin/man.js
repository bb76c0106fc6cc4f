// Writes the manual pages, from the declarations that the help and the completions come from, into man/.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { rolldown } from 'rolldown';

const root = fileURLToPath(new URL('..', import.meta.url));
const man = join(root, 'man');

const made = await rolldown({
  cwd: root,
  input: 'src/manual.ts',
  platform: 'node',
  resolve: { mainFields: ['module', 'main'] },
});
const { output } = await made.generate({ format: 'esm', codeSplitting: false });
await made.close();

rmSync(man, { recursive: true, force: true });
mkdirSync(man);
// Beside src/, as the program looks for the machines' files from where it is.
const program = join(man, 'manual.mjs');
writeFileSync(program, output[0].code);
const { programPages } = await import(pathToFileURL(program).href);
for (const { name, text } of await programPages()) writeFileSync(join(man, `${name}.1`), text);
rmSync(program);
