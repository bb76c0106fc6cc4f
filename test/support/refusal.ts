/** Command lines with a fault in them, and the answer that each is due. */
import { readdirSync } from 'node:fs';
import { type CliResult, runCli } from './cli.ts';
import { temporaryFolder } from './shell.ts';

export interface Fault {
  readonly fault: string;
  readonly args: readonly string[];
  readonly files?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  /** The whole of stderr after "rss-err: ". */
  readonly line: string;
}

/** What the program did, and which files were there when it had ended. */
export interface Answer extends CliResult {
  readonly files: readonly string[];
}

/** Runs the command in a folder of its own that holds the fault's files. */
export async function answerTo({ args, files = {}, stdin = '' }: Fault): Promise<Answer> {
  const cwd = temporaryFolder(files);
  const result = await runCli(args, { cwd, stdin });
  return { ...result, files: readdirSync(cwd).sort() };
}

/** One line on stderr, nothing on stdout, exit code 2, and no file more or less. */
export function refusal({ line, files = {} }: Fault): Answer {
  const stderr = `rss-err: ${line}\n`;
  return { code: 2, signal: null, stdout: '', stderr, files: Object.keys(files).sort() };
}

/** A machine of four CPUs as JSON, and what is changed of it; what is undefined is left out. */
export function machineText(changes: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({
    name: 'm',
    cpus: { possible: '0-3' },
    numaNodes: [{ id: 0, cpus: '0-3' }],
    ...changes,
  });
}

/** The bundled machines as messages list them. */
export function bundledList(): string {
  return readdirSync(new URL('../../topologies/', import.meta.url))
    .filter((file) => file.endsWith('.json') && file !== 'topology.schema.json')
    .map((file) => file.replace(/\.json$/, ''))
    .sort()
    .join(', ');
}
