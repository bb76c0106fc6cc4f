/**
 * Operating-system numbers of the objects of a level, as indexes= gives them: a list "0,2,1,3", loops
 * "2*4:1*2", or the levels to number over, "core:pack" (hwloc 2.9, hwloc_synthetic_process_indexes()).
 * hwloc ignores a list that is wrong; here it is refused.
 */
import { InputError, quote } from '../../errors.ts';
import { typeName, typeOf } from './synthetic-types.ts';

/** A level as loops see it: its name, and how many there are of it in the machine. */
export interface CountedLevel {
  readonly name: string;
  readonly width: number;
}

interface Loop {
  readonly step: number;
  readonly count: number;
}

function listed(text: string, total: number, highest: number, place: string): Int32Array {
  const words = text.split(',');
  if (words.length !== total) {
    throw new InputError(`${place}: ${words.length} indexes: expected ${total}, one each`);
  }
  const seen = new Set<number>();
  return Int32Array.from(words, (word) => {
    const index = /^\d{1,7}$/.test(word) ? Number(word) : Number.NaN;
    if (!(index <= highest)) {
      throw new InputError(`${place}: ${quote(word)} is no index from 0 to ${highest}`);
    }
    if (seen.has(index)) throw new InputError(`${place}: index ${index} is there twice`);
    seen.add(index);
    return index;
  });
}

/** 2^20 CPUs need twenty of two each. */
const MOST_LOOPS = 64;

function numberedLoops(text: string, place: string): Loop[] {
  const words = text.split(':', MOST_LOOPS + 1);
  if (words.length > MOST_LOOPS) {
    throw new InputError(`${place}: more than ${MOST_LOOPS} loops`);
  }
  return words.map((word) => {
    const [, step = '', count = ''] = /^([1-9]\d{0,6})\*([1-9]\d{0,6})$/.exec(word) ?? [];
    if (step === '') {
      throw new InputError(
        `${place}: ${quote(word)} is no loop: expected STEP*COUNT, both at least 1`,
      );
    }
    return { step: Number(step), count: Number(count) };
  });
}

/** "core:pack": over the cores of a package first, then over the packages. */
function namedLoops(
  text: string,
  total: number,
  levels: readonly CountedLevel[],
  place: string,
): Loop[] {
  const depths = text.split(':').map((word) => {
    const name = typeName(typeOf(word, place));
    const depth = levels.findIndex((level) => level.name === name);
    if (depth < 0) throw new InputError(`${place}: there is no ${name} level above`);
    return depth;
  });
  if (new Set(depths).size < depths.length) {
    throw new InputError(`${place}: a level is there twice`);
  }
  return depths.map((depth) => {
    const outer = Math.max(0, ...depths.filter((other) => other < depth));
    const { width } = levels[depth]!;
    return { step: total / width, count: width / levels[outer]!.width };
  });
}

/** One loop may be left out where it is the innermost. */
function completed(loops: readonly Loop[], total: number, place: string): readonly Loop[] {
  const covered = loops.reduce((product, { count }) => product * count, 1);
  if (covered === total) return loops;
  const smallest = Math.min(...loops.map(({ step }) => step));
  if (smallest * covered !== total) {
    throw new InputError(`${place}: the loops number ${covered} objects: expected ${total}`);
  }
  return [...loops, { step: 1, count: smallest }];
}

/**
 * For each object of a level its number.
 * @param levels The levels above, from the machine inwards.
 * @throws InputError where not every object gets a number of its own, from 0 to `highest`.
 */
export function indexesOf(
  text: string,
  total: number,
  highest: number,
  levels: readonly CountedLevel[],
): Int32Array {
  const place = `indexes=${text.length > 60 ? `${text.slice(0, 60)}…` : text}`;
  if (/^[\d,]+$/.test(text)) return listed(text, total, highest, place);
  const written = /^\d/.test(text)
    ? numberedLoops(text, place)
    : namedLoops(text, total, levels, place);
  const loops = completed(written, total, place);
  const seen = new Uint8Array(total);
  return Int32Array.from({ length: total }, (_, object) => {
    let index = 0;
    let scale = 1;
    for (const { step, count } of loops) {
      index += (Math.floor(object / step) % count) * scale;
      scale *= count;
    }
    if (seen[index] !== 0) throw new InputError(`${place}: index ${index} comes twice`);
    seen[index] = 1;
    return index;
  });
}
