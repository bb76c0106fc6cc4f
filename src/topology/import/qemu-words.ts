/** The -smp and -numa options in a QEMU command line, or the words of -smp alone. */
import { InputError, quote } from '../../errors.ts';

/** "8,sockets=2": values by key, in their order; a value without a key has "". */
export interface QemuOption {
  readonly option: string;
  readonly words: readonly (readonly [key: string, value: string])[];
}

export interface QemuWords {
  readonly smp: QemuOption | null;
  readonly numa: readonly QemuOption[];
}

/** Of a longer option messages quote the beginning. */
const LONGEST_QUOTED = 80;

function optionOf(option: string, text: string): QemuOption {
  const whole = `${option} ${text}`;
  return {
    option: whole.length > LONGEST_QUOTED ? `${whole.slice(0, LONGEST_QUOTED)}…` : whole,
    words: text.split(',').map((word): [string, string] => {
      const equals = word.indexOf('=');
      return equals < 0 ? ['', word] : [word.slice(0, equals), word.slice(equals + 1)];
    }),
  };
}

/** @throws InputError where an option has no value, or -smp is there twice. */
export function qemuWords(text: string): QemuWords {
  // A shell's continued lines and quotes around an option's words.
  const words = text
    .replaceAll(/\\\r?\n/g, ' ')
    .split(/\s+/)
    .map((word) => word.replaceAll(/["']/g, ''))
    .filter((word) => word !== '');
  const found: { option: string; value: string }[] = [];
  words.forEach((word, i) => {
    const [, option = '', , attached] = /^-{1,2}(smp|numa)(=(.*))?$/.exec(word) ?? [];
    if (option === '') return;
    const value = attached ?? words[i + 1];
    if (value === undefined || value.startsWith('-')) {
      throw new InputError(
        `-${option} has no value: expected one such as ${option === 'smp' ? '8,sockets=2' : 'node,cpus=0-3'}`,
      );
    }
    found.push({ option, value });
  });
  const first = words[0] ?? '';
  if (found.length === 0 && words.length === 1) found.push({ option: 'smp', value: first });
  if (found.length === 0) {
    throw new InputError(
      `${quote(text.trim().slice(0, 40))} has no -smp: expected words such as -smp 8,sockets=2`,
    );
  }
  const smp = found.filter(({ option }) => option === 'smp');
  if (smp.length > 1) throw new InputError('-smp is there twice: expected it once');
  return {
    smp: smp[0] === undefined ? null : optionOf('-smp', smp[0].value),
    numa: found
      .filter(({ option }) => option === 'numa')
      .map(({ value }) => optionOf('-numa', value)),
  };
}
