/** Whether to colour, and how much. */
import type { Streams } from './streams.ts';

export const COLOUR_CHOICES = ['auto', 'always', 'never'] as const;

export type ColourChoice = (typeof COLOUR_CHOICES)[number];

/** chalk's levels: none, and the 16 colours that every terminal has. */
export type ColourLevel = 0 | 1;

/** In this order: --color, NO_COLOR, FORCE_COLOR, TERM=dumb, whether stdout is a terminal. */
export function colourLevel(
  choice: ColourChoice,
  { stdout, env }: Pick<Streams, 'stdout' | 'env'>,
): ColourLevel {
  if (choice !== 'auto') return choice === 'always' ? 1 : 0;
  if (env.NO_COLOR) return 0;
  const forced = env.FORCE_COLOR;
  if (forced !== undefined) return forced === '0' || forced === 'false' ? 0 : 1;
  return drawsBoxes({ stdout, env }) ? 1 : 0;
}

/** A terminal that can do more than plain text. */
export function drawsBoxes({ stdout, env }: Pick<Streams, 'stdout' | 'env'>): boolean {
  return stdout.isTTY === true && env.TERM !== 'dumb';
}
