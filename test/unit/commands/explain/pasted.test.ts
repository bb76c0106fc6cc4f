/** Figures as people paste them: of /proc/PID/status, ps, top and htop, and texts that have none. */
import { describe, expect, it } from 'vitest';
import { pastedFigures } from '../../../../src/commands/explain/pasted.ts';

const STATUS = `Name:\tnode
VmPeak:\t 1024 kB
VmHWM:\t    2048 kB
VmRSS:\t    1648 kB
RssAnon:\t    1000 kB
VmSwap:\t       0 kB
Threads:\t7
`;

const TOP = '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND';
const HTOP = '  PID USER      PRI  NI  VIRT   RES   SHR S CPU% MEM%   TIME+  Command';

function toldBy(text: string) {
  const pasted = pastedFigures(text);
  return pasted?.figures.map(({ who, size: { amount, bytesEach } }) => [
    who.word,
    amount * (bytesEach ?? 0),
  ]);
}

describe('a pasted text', () => {
  it.each([
    ['VmRSS: 44032 kB', [['VmRSS', 44_032 * 1024]]],
    ['vmrss:\t44,032 kB', [['VmRSS', 44_032 * 1024]]],
    ['RssFile: 4 kB', [['RssFile', 4096]]],
    [
      STATUS,
      [
        ['VmRSS', 1648 * 1024],
        ['VmHWM', 2048 * 1024],
      ],
    ],
    ['PID   RSS COMMAND\n 71  4184 bash\n', [['ps', 4184 * 1024]]],
    ['RSS\n4184', [['ps', 4184 * 1024]]],
    [`${TOP}\n 1 root 20 0 22.0g 1.5g 11024 S 0.0 0.1 0:01.12 systemd`, [['top', 1.5 * 1024 ** 3]]],
    [`${TOP}\n 1 root 20 0 22.0g 14464 11024 S 0.0 0.1 0:01.12 a b`, [['top', 14_464 * 1024]]],
    [`${HTOP}\n 1 root 20 0 164M 234M 8208 S 0.0 0.0 0:01.12 init`, [['htop', 234 * 1024 ** 2]]],
  ])('tells %j', (text, figures) => {
    expect(toldBy(text)).toEqual(figures);
  });

  it('of a whole status tells the threads too', () => {
    expect(pastedFigures(STATUS)?.threads).toBe(7);
    expect(pastedFigures('VmRSS: 4 kB')?.threads).toBeNull();
  });

  it.each(['', 'VmRSS', 'VmPeak: 4 kB', 'the RSS of it is 4 kB', 'kernel: RSS limit\nof 3'])(
    '%j shows nothing',
    (text) => {
      expect(pastedFigures(text)).toBeNull();
    },
  );

  it('with several processes, or none, is refused', () => {
    expect(() => pastedFigures('PID RSS\n1 4\n2 8')).toThrow('its head and one row');
    expect(() => pastedFigures('PID RSS\n')).toThrow('its head and one row');
    expect(() => pastedFigures('PID RSS\n1 ?')).toThrow('ps ?');
  });

  it.each([
    ['  PID STAT   RSS COMMAND\n    7 Zl       0 python3 <defunct>', 'ps shows state Zl'],
    [`${TOP}\n 7 root 20 0 0 0 0 Z 0.0 0.0 0:00.14 python3`, 'top shows state Z'],
  ])('of a process whose first thread has exited is refused: %j', (text, fault) => {
    expect(() => pastedFigures(text)).toThrow(`${fault}: the first thread has exited`);
  });
});
