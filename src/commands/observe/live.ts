/** The live block of a terminal, drawn over itself, and the keys that end it. */
import type { Session } from '../../cli/streams.ts';

export interface LiveBlock {
  /** Draws the block in place of the one before. */
  draw(text: string): void;
  /** Takes the block away, and gives the keyboard back. */
  end(): void;
  /** Aborts at q or Ctrl-C. */
  readonly quit: AbortSignal;
}

/** DECAWM, off and on. */
const NO_WRAP = '\x1b[?7l';
const WRAP = '\x1b[?7h';

const CTRL_C = '\x03';

/** As many lines as the terminal has room for: what has scrolled away cannot be drawn over. */
function cut(text: string, rows: number): string[] {
  const lines = text.trimEnd().split('\n');
  return lines.length < rows ? lines : [...lines.slice(0, rows - 2), '…'];
}

export function openLiveBlock({
  stdout,
  openStdin,
}: Pick<Session, 'stdout' | 'openStdin'>): LiveBlock {
  const quit = new AbortController();
  const stdin = openStdin();
  const onKey = (key: Buffer) => {
    if (key.includes('q') || key.includes(CTRL_C)) quit.abort();
  };
  const hasKeys = stdin.isTTY === true;
  if (hasKeys) stdin.setRawMode(true).on('data', onKey).resume();
  let drawn = 0;
  const clear = () => {
    if (drawn > 0) stdout.write(`\x1b[${drawn}A\r\x1b[J`);
    drawn = 0;
  };
  return {
    quit: quit.signal,
    draw(text) {
      clear();
      const lines = cut(text, stdout.rows ?? Number.POSITIVE_INFINITY);
      // A line that is too wide is cut: over two it could not be counted.
      stdout.write(`${NO_WRAP}${lines.join('\n')}\n${WRAP}`);
      drawn = lines.length;
    },
    end() {
      clear();
      if (hasKeys) stdin.setRawMode(false).off('data', onKey).pause();
    },
  };
}
