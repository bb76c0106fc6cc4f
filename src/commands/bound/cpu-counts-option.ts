/** Numbers of CPUs as --cpus of `bound` takes them: "8..8192", "64,250,256,384", "1..8,64". */
import { InputError, quote } from '../../errors.ts';
import type { CountSpan, CpuCounts } from './cpu-counts.ts';

function spanOf(flag: string, text: string, part: string, most: number): CountSpan {
  const [, lowDigits = '', highDigits = lowDigits] =
    /^(\d{1,7})(?:\.\.(\d{1,7}))?$/.exec(part) ?? [];
  const [from, to] = [Number(lowDigits), Number(highDigits)];
  if (lowDigits === '' || from < 1 || to > most || from > to) {
    throw new InputError(
      `${flag} ${text}: ${quote(part)} is no number of CPUs from 1 to ${most} or range such as 8..8192`,
    );
  }
  return { from, to };
}

/** Parser for commander. @throws InputError where a part is wrong or two of them overlap. */
export function cpuCounts(flag: string, most: number) {
  return (text: string): CpuCounts => {
    const spans = text
      .split(',')
      .map((part) => spanOf(flag, text, part, most))
      .sort((a, b) => a.from - b.from);
    const twice = spans.find(({ from }, i) => from <= (spans[i - 1]?.to ?? 0));
    if (twice !== undefined) throw new InputError(`${flag} ${text}: ${twice.from} is there twice`);
    return { text, spans };
  };
}
