/** --format of the commands that draw a machine or a tree. */
import type { Command } from 'commander';
import { choice } from '../../cli/values.ts';
import { InputError } from '../../errors.ts';

export const DRAWN_FORMATS = ['text', 'json', 'markdown', 'svg'] as const;

export type DrawnFormat = (typeof DRAWN_FORMATS)[number];

export function addDrawnFormat(command: Command): Command {
  return command.option(
    '--format <name>',
    `output: ${DRAWN_FORMATS.join(', ')}`,
    choice('--format', DRAWN_FORMATS),
    'text',
  );
}

/** @throws InputError where the format has no listing that the flag could make longer. */
export function demandListing(format: DrawnFormat, flag: string): void {
  if (format === 'text' || format === 'markdown') return;
  const why = format === 'json' ? 'json has everything' : 'a drawing of everything has no end';
  throw new InputError(`${flag} goes with --format text or markdown: ${why}`);
}
