/**
 * Cases of the command line as Markdown that reads well on the web: a title; inputs, "```json NAME"
 * for a file and "```json (stdin)" for standard input; then each command in a "```sh" block, with
 * what is expected of it below. Standard output and standard error that are not there are empty.
 */
import type { CliResult } from './cli.ts';

export interface CaseStep {
  readonly command: string;
}

export interface CaseFile {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly stdin: string;
  readonly steps: readonly CaseStep[];
  /** The text of the whole file with these results in place of those that it expects. */
  render(results: readonly CliResult[]): string;
}

const EXPECTED = ['Exit code', 'Standard output', 'Standard error'] as const;

interface Piece {
  readonly kind: 'prose' | 'input' | 'command' | 'expected';
  readonly text: string;
  readonly info: string;
  readonly content: string;
}

const FENCED = /^(`{3,})([^\n`]*)\n([\s\S]*?)^\1$\n?/m;

/** The label of an expected block stands on the line before it: "Exit code:". */
const LABEL = new RegExp(`(?:^|\\n)(?:${EXPECTED.join('|')})[^\\n]*:\\n\\n$`);

function kindOf(info: string, before: string): Piece['kind'] {
  if (LABEL.test(before)) return 'expected';
  return info === 'sh' ? 'command' : 'input';
}

function piecesOf(text: string): Piece[] {
  const pieces: Piece[] = [];
  let rest = text;
  for (;;) {
    const match = FENCED.exec(rest);
    if (match === null) break;
    const [whole, , info = '', content = ''] = match;
    const before = rest.slice(0, match.index);
    const kind = kindOf(info, before);
    const prose = kind === 'expected' ? before.replace(LABEL, '') : before;
    pieces.push({ kind: 'prose', text: prose, info: '', content: '' });
    pieces.push({ kind, text: whole, info, content });
    rest = rest.slice(match.index + whole.length);
  }
  return [...pieces, { kind: 'prose', text: rest, info: '', content: '' }];
}

function expectedBlock(label: string, text: string): string {
  const open = text.endsWith('\n') ? '' : ' (without a line end)';
  const fence = text.includes('```') ? '````' : '```';
  return `\n${label}${open}:\n\n${fence}text\n${text}${open === '' ? '' : '\n'}${fence}\n`;
}

function expectedBlocks({ code, signal, stdout, stderr }: CliResult): string {
  return [
    expectedBlock(EXPECTED[0], `${code ?? signal}\n`),
    stdout === '' ? '' : expectedBlock(EXPECTED[1], stdout),
    stderr === '' ? '' : expectedBlock(EXPECTED[2], stderr),
  ].join('');
}

/** @throws Error where the text is no case. */
export function parseCase(text: string): CaseFile {
  const title = /^# (.+)\n/.exec(text)?.[1];
  const pieces = piecesOf(text);
  const steps = pieces.filter(({ kind }) => kind === 'command');
  if (title === undefined) throw new Error('a case begins with "# " and its title');
  if (steps.length === 0) throw new Error('a case has a command in a "```sh" block');
  for (const { content } of steps) {
    if (!content.startsWith('rss-err')) throw new Error(`not a command of rss-err: ${content}`);
  }
  const files: Record<string, string> = {};
  let stdin = '';
  for (const { info, content } of pieces.filter(({ kind }) => kind === 'input')) {
    const name = info.split(' ').slice(1).join(' ');
    if (name === '') throw new Error(`an input is "json NAME" or "json (stdin)": ${info}`);
    if (name === '(stdin)') stdin = content;
    else files[name] = content;
  }
  const render = (results: readonly CliResult[]) => {
    let step = 0;
    return pieces
      .map((piece) => {
        if (piece.kind === 'expected') return '';
        return piece.kind === 'command'
          ? `${piece.text}${expectedBlocks(results[step++]!)}`
          : piece.text;
      })
      .join('');
  };
  return { title, files, stdin, steps: steps.map(({ content }) => ({ command: content })), render };
}
