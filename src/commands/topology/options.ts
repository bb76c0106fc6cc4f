/** Options of the commands that tell of machines or draw them. */
import { option, type Rule } from '../../cli/options.ts';
import { formatOfName } from '../../cli/output-options.ts';
import { choice } from '../../cli/values.ts';
import { MACHINE_FORMATS } from '../../render/formats.ts';

function formatOption<T extends string>(formats: readonly ['text', ...T[]]) {
  return option('--format <name>', `output: ${formats.join(', ')}`, choice(formats), {
    ...{ default: 'text', terse: true, group: 'Output' },
    implied: formatOfName(formats),
  });
}

export const LIST_FORMAT = formatOption(['text', 'markdown', ...MACHINE_FORMATS]);

export const DRAWN_FORMAT = formatOption(['text', 'json', 'markdown', 'svg']);

/** Of an option that makes a listing longer: which formats have one, and why the others have none. */
export const LISTED: Rule = {
  on: '--format',
  fits: (format) => format === 'text' || format === 'markdown',
  message(flag, format) {
    const why = format === 'json' ? 'json has everything' : 'a drawing of everything has no end';
    return `${flag} goes with --format text or markdown: ${why}`;
  },
};
