/** Feeds the program what is meant to hurt it, and measures time and memory of its process. */
import { spawn } from 'node:child_process';
import { program } from './cli.ts';

export interface Measured {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Of the program alone, start and end included. */
  readonly seconds: number;
  /** The most physical memory that its process held at a time, in MiB (VmHWM of /proc/PID/status). */
  readonly peakMiB: number;
}

/**
 * Prints the peak on a descriptor of its own as the process ends. Not ru_maxrss, in which Linux counts
 * what the parent held at the fork: the tests themselves hold more than the program may.
 */
const REPORTER = `data:text/javascript,${encodeURIComponent(
  `import{readFileSync,writeSync}from'node:fs';
   process.on('exit',()=>writeSync(3,/VmHWM:\\s*(\\d+) kB/.exec(readFileSync('/proc/self/status','utf8'))[1]));`,
)}`;

/** Standard input piece by piece, so that what is large is never whole in the test's memory. */
export type Pieces = Iterable<string | Buffer>;

/** Runs the program with its input written as fast as it takes it. */
export function measure(args: readonly string[], input: Pieces = []): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const child = spawn(process.execPath, ['--import', REPORTER, program, ...args], {
      env: { ...process.env, LC_ALL: 'C', NO_COLOR: '1' },
      stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    });
    const [stdin, ...outputs] = child.stdio;
    const texts = ['', '', ''];
    outputs.forEach((output, i) => {
      output?.on('data', (chunk: Buffer) => {
        texts[i] += chunk.toString('latin1');
      });
    });
    child.on('error', reject);
    child.on('close', (code) => {
      const [stdout = '', stderr = '', kib = ''] = texts;
      const seconds = (performance.now() - started) / 1000;
      resolve({ code, stdout, stderr, seconds, peakMiB: Number(kib) / 1024 });
    });
    // The program closes its end once it has seen enough.
    stdin?.on('error', () => {});
    const pieces = input[Symbol.iterator]();
    const feed = () => {
      for (let next = pieces.next(); ; next = pieces.next()) {
        if (next.done === true) return void stdin?.end();
        if (stdin?.destroyed !== false || !stdin.writable) return;
        if (!stdin.write(next.value)) return void stdin.once('drain', feed);
      }
    };
    feed();
  });
}
