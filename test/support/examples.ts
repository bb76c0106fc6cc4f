/** Examples of the documentation: a command, and the lines of what it prints that a page shows. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));

export const CLAIMS_PAGE = 'docs/commands/claims.md';

export interface Example {
  readonly page: string;
  readonly command: string;
  readonly shown: readonly string[];
}

/** Where a command ends: after its first line, or after the END of its here-document. */
function commandLength(lines: readonly string[]): number {
  return lines[0]?.includes("<<'END'") ? lines.indexOf('END') + 1 : 1;
}

/** `$ command` and the lines below it. */
export function examplesOf(page: string): Example[] {
  const text = readFileSync(`${root}${page}`, 'utf8');
  return [...text.matchAll(/```console\n([\s\S]*?)```/g)].flatMap(([, block = '']) =>
    block
      .split(/^\$ /m)
      .slice(1)
      .map((example) => {
        const lines = example.trimEnd().split('\n');
        const command = lines.slice(0, commandLength(lines));
        return {
          page,
          command: command.join('\n'),
          shown: lines.slice(command.length).filter((line) => line.trim() !== '' && line !== '…'),
        };
      }),
  );
}

/** The lines shown are among those printed, in their order. */
export function expectShown({ shown }: Example, text: string): void {
  const printed = text.split('\n');
  let at = 0;
  for (const line of shown) {
    const found = printed.indexOf(line, at);
    expect(found, `${JSON.stringify(line)} in\n${text}`).toBeGreaterThanOrEqual(0);
    at = found + 1;
  }
}
