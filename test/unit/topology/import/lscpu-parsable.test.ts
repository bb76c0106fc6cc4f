import { describe, expect, it } from 'vitest';
import { describeLscpuParsable } from '../../../../src/topology/import/lscpu-table.ts';
import { told } from '../../../support/machine-files.ts';

const read = (text: string) => told(describeLscpuParsable(text));

describe('describeLscpuParsable', () => {
  it('reads any columns, by the last comment above the values', () => {
    const text = '# made by\r\n# Node,CPU,MHZ\r\n1,0,800.5\r\n\r\n1,4,\r\n0,2,-\r\n';
    expect(read(text)).toMatchObject({
      online: '0,2,4',
      cores: [],
      numaNodes: [
        [0, '2', null],
        [1, '0,4', null],
      ],
    });
  });

  it('reads caches in one column or in one each', () => {
    const apart = '# CPU,Core,,L1d,L1i,L2\n0,0,,0,0,0\n1,0,,0,0,0\n2,1,,1,1,0\n';
    const together = '# CPU,Core,L1d:L1i:L2\n0,0,0:0:0\n1,0,0:0:0\n2,1,1:1:0\n';
    expect(read(apart)).toEqual(read(together));
    expect(read(apart).caches).toEqual({ 1: ['0-1', '2'], 2: ['0-2'] });
  });

  it('takes the last caches as missing where a line is short, wherever caches stand', () => {
    const expected = {
      online: '0-1',
      caches: { 1: ['0', '1'], 2: ['0'] },
      numaNodes: [[3, '0-1', null]],
    };
    expect(read('# CPU,Node,,L1d,L2\n0,3,,0,0\n1,3,,1\n')).toMatchObject(expected);
    expect(read('# CPU,,L1d,L2,Node\n0,,0,0,3\n1,,1,3\n')).toMatchObject(expected);
    expect(describeLscpuParsable('# CPU,Node,,L1d,L2\n0,3,,0,0\n1,3,,1\n').remarks).toEqual([
      'where a CPU has fewer caches than the table has columns, those of the highest levels are taken as missing: 1',
    ]);
  });

  it('keeps the node of a CPU that is off-line, where it is told', () => {
    const text = '# CPU,Core,Socket,Node,,L1d,L1i,L2,L3\n4,2,0,1,,2,2,2,0\n5,,,1,,,,,\n';
    const description = describeLscpuParsable(text);
    expect(told(description)).toMatchObject({
      online: '4',
      present: '4-5',
      numaNodes: [[1, '4-5', null]],
    });
    expect(description.remarks).toEqual([
      'CPUs without core, socket and cache are taken as off-line: 5',
    ]);
  });

  it('says that off-line CPUs are left out, unless there are some', () => {
    expect(describeLscpuParsable('# CPU,Core\n0,0\n')).toMatchObject({
      present: null,
      missing: [...['offline', 'packages', 'dies', 'caches', 'nodes']],
    });
    expect(describeLscpuParsable('# CPU,Core\n0,0\n1,\n').missing).not.toContain('offline');
  });

  it.each(['0,0,0,0,,0,0,0,0\n1,0,0,0,,0,0,0,0\n', '0,0,0,0,,0,0,0\n1,1,0,0,,1,1,1\n'])(
    'reads the columns of its own without the comment, and says so: %j',
    (rows) => {
      const header = '# CPU,Core,Socket,Node,,L1d,L1i,L2,L3\n';
      const { remarks, ...read } = describeLscpuParsable(rows);
      const { remarks: others, ...named } = describeLscpuParsable(header + rows);
      expect(read).toEqual(named);
      expect(remarks).toEqual([
        ...others,
        'no comment names the columns of lscpu -p: taken as its own, CPU,Core,Socket,Node,,L1d,L1i,L2,L3',
      ]);
    },
  );

  it.each([
    ['0,0,0,0\n', 'no comment that names the columns, CPU among them'],
    ['# Core,Socket\n0,0\n', 'no comment that names the columns, CPU among them'],
    ['# CPU,Core\n', 'no row of an on-line CPU; expected at least one'],
    ['# CPU,Core\n0\n', 'line 2: "0" has fewer values than the header has columns, 2'],
    ['# CPU,Core\n0,0,0\n', 'line 2: "0,0,0" has more values than the header has columns, 2'],
    ['# CPU,L1d,L2,Node\n0,0\n', 'line 2: "0,0" has fewer values than the header has columns, 4'],
    ['# CPU,Core\n0,0\n\nx,0\n', 'line 4: CPU is "x"; expected a number from 0 to 1048575'],
    ['# CPU,Core\n0,0\n0,1\n', 'line 3: CPU 0 has been on line 2 already'],
    ['# CPU,Core\n,0\n', 'line 2: no number of a CPU'],
    ['# CPU,Online\n0,J\n', 'line 2: ONLINE is "J"; expected yes or no'],
  ])('refuses %j', (text, message) => {
    expect(() => describeLscpuParsable(text)).toThrow(message);
  });

  it('ends soon on lines, columns and values without number', () => {
    expect(() => describeLscpuParsable('x\n'.repeat(2_000_000))).toThrow(
      'more than 33768 lines; expected one for each CPU',
    );
    const header = `#${' CPU,'.repeat(1_000_000)}`;
    expect(() => describeLscpuParsable(`${header}\n0\n`)).toThrow('has fewer values');
    expect(() => describeLscpuParsable(`# CPU\n${'0,'.repeat(10_000_000)}`)).toThrow(
      'has more values than the header has columns, 1',
    );
  });
});
