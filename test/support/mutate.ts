/** Mutations of texts, the same for the same seed: what a file suffers on its way, and what means harm. */

/** Draws of 32 bits, by Marsaglia's xorshift: chance that can be had again. */
export function drawsOf(seed: number): (below: number) => number {
  let state = (seed ^ 0x9e3779b9) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

/** Words that are wrong somewhere in every form. */
const WORDS = [
  ...['-1', '0', '4294967295', '1048576', '1e9', '0x', 'NaN', '-', ',', ':', '=', '"', "'", '\\'],
  ...['{', '}', '[', ']', '<', '>', '</', '&x;', '#', '\n', '\r\n', '\t', ' ', '\u0000', '\u00a0'],
  ...[
    'undefined',
    '__proto__',
    'hasOwnProperty',
    'toString',
    'all',
    'N',
    '0-N',
    '0-1048575',
    '0-7:2',
  ],
  ...['> ', '$ lscpu\n', '```\n', 'node 0 cpus: 0\n', '# CPU,Core\n', 'CPU(s): 1\n', ' -smp 4 '],
];

type Draw = (below: number) => number;

const splice = (text: string, at: number, length: number, piece: string) =>
  text.slice(0, at) + piece + text.slice(at + length);

const MUTATIONS: readonly ((text: string, draw: Draw, other: string) => string)[] = [
  (text, draw) => splice(text, draw(text.length + 1), 1 + draw(8), ''),
  (text, draw) => splice(text, draw(text.length + 1), draw(60), ''),
  (text, draw) => text.slice(0, draw(text.length + 1)),
  (text, draw) => text.slice(draw(text.length + 1)),
  (text, draw) => splice(text, draw(text.length + 1), draw(4), WORDS[draw(WORDS.length)]!),
  (text, draw) => splice(text, draw(text.length + 1), 1, String.fromCodePoint(32 + draw(0x2fff))),
  (text, draw) => {
    const at = draw(text.length + 1);
    return splice(text, at, 0, text.slice(at, at + 1 + draw(80)));
  },
  (text, draw) => {
    const lines = text.split('\n');
    const [from, to] = [draw(lines.length), draw(lines.length)];
    return lines.toSpliced(to, draw(2), lines[from]!).join('\n');
  },
  (text, draw) => {
    const lines = text.split('\n');
    return lines.toSpliced(draw(lines.length), 1 + draw(3)).join('\n');
  },
  (text, draw) => {
    const numbers = [...text.matchAll(/\d+/g)];
    const hit = numbers[draw(Math.max(1, numbers.length))];
    if (hit === undefined) return text;
    const by = ['', '-1', '00', String(Number(hit[0]) + 1), '99999999999999999999', '1.5'];
    return splice(text, hit.index, hit[0].length, by[draw(by.length)]!);
  },
  (text, draw, other) => text.slice(0, draw(text.length + 1)) + other.slice(draw(other.length + 1)),
  (text, draw, other) => `${text}\n${other}`.slice(draw(20)),
  (text, draw) =>
    splice(
      text,
      draw(text.length + 1),
      0,
      WORDS[draw(WORDS.length)]!.repeat(1 + draw(draw(20) === 0 ? 3000 : 30)),
    ),
];

/** One to four mutations of the text; `other` lends pieces. */
export function mutated(text: string, other: string, draw: Draw): string {
  let result = text;
  for (let left = 1 + draw(4); left > 0; left--) {
    result = MUTATIONS[draw(MUTATIONS.length)]!(result, draw, other);
  }
  return result;
}

/** How many inputs a parser gets: FUZZ=N (`.ci/run` has 2,000), else so many that all tests together stay quick. */
export const INPUTS = Number(process.env.FUZZ ?? 250);

/** Words that no message says by itself. */
const WORDS_OF_A_FAULT = ['undefined', 'NaN', '[object'];

/** Such a word in a message; one that its input has is the input's, which a message may echo. */
export function wordOfAFault(message: string, input: string): string | undefined {
  return WORDS_OF_A_FAULT.find((word) => message.includes(word) && !input.includes(word));
}
