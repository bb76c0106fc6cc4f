// Bundles the benchmark as the program is: dist/bench.js.
import { rolldown } from 'rolldown';
import { FOR_NODE } from '../../bin/build.js';

const made = await rolldown({ ...FOR_NODE, input: 'test/bench/bench.ts' });
await made.write({ file: 'dist/bench.js', format: 'esm', codeSplitting: false });
await made.close();
