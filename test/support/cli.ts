/**
 * Runs command lines of rss-err: its bundle, in the test's own process. Where the process is the
 * point, for signals, pipes, terminals and memory, shell.ts and hostile.ts start the real program.
 */
import { openSync } from 'node:fs';
import { devNull } from 'node:os';
import { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { main } from '../../src/main.ts';

export const program = fileURLToPath(new URL('../../bin/rss-err.js', import.meta.url));

const bundle = new URL('../../dist/main.js', import.meta.url).href;

export interface CliResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly stdin?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What goes to standard error stands in `stdout`, in its place. */
  readonly merged?: boolean;
  /** Standard output is a terminal of so many columns. */
  readonly columns?: number;
  /** Standard error is a terminal. */
  readonly talks?: boolean;
}

/** The environment without what decides colour, so that a test says what it wants of it. */
function plainEnvironment(): NodeJS.ProcessEnv {
  const { NO_COLOR: _n, FORCE_COLOR: _f, COLUMNS: _c, ...env } = process.env;
  return { ...env, LC_ALL: 'C' };
}

/** A descriptor of nothing that is neither a directory nor a terminal. */
const nothing = openSync(devNull, 'r');

function inputOf(text: string) {
  const stdin = Readable.from(text === '' ? [] : [Buffer.from(text)]);
  return Object.assign(stdin, { fd: nothing }) as unknown as NodeJS.ReadStream & { fd: number };
}

/** A stream that is no terminal, and what has been written to it. */
function outputOf() {
  const pieces: string[] = [];
  const stream = new Writable({
    decodeStrings: false,
    write(piece: string | Buffer, _encoding, done) {
      pieces.push(piece.toString());
      done();
    },
  });
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => pieces.join('') };
}

async function runHere(
  args: readonly string[],
  { stdin = '', cwd = process.cwd(), env = {}, merged = false, columns, talks = false }: CliOptions,
): Promise<CliResult> {
  const bundled: { main: typeof main } = await import(bundle);
  const stdout = outputOf();
  if (columns !== undefined) Object.assign(stdout.stream, { isTTY: true, columns });
  const stderr = outputOf();
  Object.assign(stderr.stream, { isTTY: talks });
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const code = await bundled.main(args, {
      stdin: inputOf(stdin),
      stdout: stdout.stream,
      stderr: (merged ? stdout : stderr).stream,
      env: { ...plainEnvironment(), ...env },
    });
    return { code, signal: null, stdout: stdout.text(), stderr: stderr.text() };
  } finally {
    process.chdir(before);
  }
}

let last: Promise<unknown> = Promise.resolve();

/** One command line after the other, since the folder that they run in is the process's. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const result = last.then(() => runHere(args, options));
  last = result.catch(() => {});
  return result;
}
