/** Options of the commands that tell of machines or draw them. */
import { option, type Rule } from '../../cli/options.ts';
import { choice } from '../../cli/values.ts';

const LIST_FORMATS = ['text', 'json'] as const;

export const LIST_FORMAT = option(
  '--format <name>',
  `output: ${LIST_FORMATS.join(', ')}`,
  choice(LIST_FORMATS),
  { default: 'text' },
);

const DRAWN_FORMATS = ['text', 'json', 'markdown', 'svg'] as const;

export type DrawnFormat = (typeof DRAWN_FORMATS)[number];

export const DRAWN_FORMAT = option(
  '--format <name>',
  `output: ${DRAWN_FORMATS.join(', ')}`,
  choice(DRAWN_FORMATS),
  { default: 'text' },
);

/** Of an option that makes a listing longer: which formats have one, and why the others have none. */
export const LISTED: Rule = {
  on: '--format',
  fits: (format) => format === 'text' || format === 'markdown',
  message(flag, format) {
    const why = format === 'json' ? 'json has everything' : 'a drawing of everything has no end';
    return `${flag} goes with --format text or markdown: ${why}`;
  },
};
