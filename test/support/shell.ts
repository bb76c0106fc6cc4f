/**
 * Runs shell lines in which `rss-err` is this checkout's program, in folders of their own. Processes
 * have no terminal and no colour in the way, as command lines of cli.ts; lines that are commands of
 * rss-err alone are run as those.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inject } from 'vitest';
import { type CliResult, runCli } from './cli.ts';
import { plainLine } from './plain-line.ts';

/** Everything that tests leave lying about, removed after the last of them. */
const scratch = inject('scratch');

/** A new folder with these files in it. */
export function temporaryFolder(files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(scratch, 'folder-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

export interface ShellOptions {
  readonly cwd?: string;
  /** Null leaves standard input open and silent. */
  readonly stdin?: string | null;
  readonly env?: Readonly<Record<string, string>>;
  /** What goes to standard error stands in `stdout`, in its place. */
  readonly merged?: boolean;
}

export interface Running {
  readonly child: ChildProcessWithoutNullStreams;
  /** Stdout so far. */
  output(): string;
  readonly result: Promise<CliResult>;
}

/** Starts a line of POSIX shell. Begun with `exec`, the child is rss-err itself. */
export function startShell(
  line: string,
  { cwd, stdin = '', env = {}, merged = false }: ShellOptions = {},
): Running {
  const { NO_COLOR: _n, FORCE_COLOR: _f, PATH, ...inherited } = process.env;
  const child = spawn('/bin/sh', ['-c', merged ? `exec 2>&1\n${line}` : line], {
    ...(cwd === undefined ? {} : { cwd }),
    env: { ...inherited, LC_ALL: 'C', PATH: [join(scratch, 'bin'), PATH].join(delimiter), ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  // A program that fails before it reads closes its end: no fault of the test's.
  child.stdin.on('error', () => {});
  if (stdin !== null) child.stdin.end(stdin);
  const result = new Promise<CliResult>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      child.stdin.destroy();
      resolve({ code, signal, stdout, stderr });
    });
  });
  return { child, output: () => stdout, result };
}

/** A pipe of commands in this process, each begun when the one before it has ended. */
async function runPipe(
  commands: readonly (readonly string[])[],
  options: ShellOptions,
  input: string,
): Promise<CliResult> {
  let stdin = input;
  let stderr = '';
  let result: CliResult = { code: 0, signal: null, stdout: '', stderr };
  for (const words of commands) {
    result = await runCli(words, { ...options, stdin });
    stdin = result.stdout;
    stderr += result.stderr;
  }
  return { ...result, stderr };
}

/** What a line of shell comes to; a shell and processes are started where it needs them. */
export function runShell(line: string, options: ShellOptions = {}): Promise<CliResult> {
  const plain = plainLine(line);
  const { merged = false } = options;
  if (plain === null || options.stdin === null || (merged && plain.commands.length > 1))
    return startShell(line, options).result;
  return runPipe(plain.commands, options, plain.stdin ?? options.stdin ?? '');
}

/**
 * Milliseconds of processor time that a process has had, and whether it sleeps: one that waits for a
 * processor does not. Null where /proc does not tell.
 */
function statusOf(pid: number): { readonly time: number; readonly sleeps: boolean } | null {
  const path = `/proc/${pid}/stat`;
  if (!existsSync(path)) return null;
  const fields = readFileSync(path, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return { time: 10 * (Number(fields[11]) + Number(fields[12])), sleeps: fields[0] === 'S' };
}

/** Resolves when the process is past its start and computes, or has done so for longer. */
export async function untilBusy({ child }: Running, milliseconds = 250): Promise<void> {
  for (let waited = 0; waited < 15_000; waited += 50) {
    await sleep(50);
    const status = statusOf(child.pid!);
    if (status === null ? waited > 2000 : status.time > milliseconds) return;
  }
}

/** Resolves when the process is past its start and has waited for something for 400 ms. */
export async function untilIdle({ child }: Running): Promise<void> {
  let last = -1;
  let quiet = 0;
  for (let waited = 0; waited < 15_000 && quiet < 400; waited += 100) {
    await sleep(100);
    const status = statusOf(child.pid!);
    if (status === null) {
      if (waited > 2000) return;
      continue;
    }
    const { time, sleeps } = status;
    quiet = sleeps && time > 0 && time === last ? quiet + 100 : 0;
    last = time;
  }
}
