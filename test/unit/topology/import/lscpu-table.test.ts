import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withoutHyphens } from '../../../../src/topology/import/lscpu-json.ts';
import { describeLscpuTable } from '../../../../src/topology/import/lscpu-table.ts';
import { told } from '../../../support/machine-files.ts';

const table = (...cpus: readonly string[]) => `{\n  "cpus": [\n${cpus.join(',\n')}\n  ]\n}`;

describe('describeLscpuTable', () => {
  it('reads what old versions printed: strings only', () => {
    const text = table(
      '{"cpu": "0", "node": "0", "socket": "0", "core": "0", "l1d:l1i:l2:l3": "0:0:0:0", "online": "yes", "maxmhz": "3600.0000"}',
      '{"cpu": "1", "node": "0", "socket": "0", "core": "0", "l1d:l1i:l2:l3": "0:0:0:0", "online": "yes", "maxmhz": "3600.0000"}',
      '{"cpu": "2", "node": "-", "socket": "-", "core": "-", "l1d:l1i:l2:l3": ":::", "online": "no", "maxmhz": "-"}',
    );
    expect(told(describeLscpuTable(text))).toMatchObject({
      online: '0-1',
      present: '0-2',
      cores: ['0-1'],
      caches: { 1: ['0-1'], 2: ['0-1'], 3: ['0-1'] },
      numaNodes: [[0, '0-1', null]],
    });
  });

  it.each(['-', '"-"', 'null', '""'])('takes %s for a value that is missing', (missing) => {
    const text = table(
      `{"cpu": 0, "node": ${missing}, "core": 0, "online": true}`,
      `{"cpu": 1, "node": ${missing}, "core": ${missing}, "online": false}`,
    );
    expect(told(describeLscpuTable(text))).toMatchObject({
      online: '0',
      present: '0-1',
      cores: ['0'],
      numaNodes: null,
    });
  });

  it('keeps cores of different models apart, by the model or by the L1 cache', () => {
    const cores = (values: readonly string[]) =>
      told(describeLscpuTable(table(...values.map((value, i) => `{"cpu":${i},"core":0,${value}}`))))
        .cores;
    expect(cores(['"modelname":"A"', '"modelname":"B"'])).toEqual(['0', '1']);
    expect(cores(['"l1d:l2":"0:0"', '"l1d:l2":"1:0"'])).toEqual(['0', '1']);
    expect(cores(['"l1d:l2":"0:0"', '"l1d:l2":"0:1"'])).toEqual(['0-1']);
    // AMD's family 15h has an L1 of data for each thread, and IBM's mainframes number all by the thread.
    expect(cores(['"l1d:l1i:l2":"0:0:0"', '"l1d:l1i:l2":"1:0:0"'])).toEqual(['0-1']);
    expect(cores(['"book":0,"l1d:l1i":"0:0"', '"book":0,"l1d:l1i":"1:1"'])).toEqual(['0-1']);
  });

  it('numbers packages anew where books have sockets of one number', () => {
    const text = table(
      '{"cpu":0,"drawer":0,"book":0,"socket":1}',
      '{"cpu":1,"drawer":0,"book":1,"socket":1}',
    );
    const description = describeLscpuTable(text);
    expect(told(description).packages).toEqual([
      [0, '0'],
      [1, '1'],
    ]);
    expect(description.remarks).toEqual([
      'sockets of several books have the same number: packages are numbered anew',
    ]);
  });

  it('takes CPUs of which nothing is told for off-line where there is no column ONLINE', () => {
    const description = describeLscpuTable(table('{"cpu":0,"node":1}', '{"cpu":1,"node":-}'));
    expect(told(description)).toMatchObject({ online: '0', present: '0-1' });
    expect(description.remarks).toEqual(['CPUs without a node are taken as off-line: 1']);
    // Where nothing is told of any CPU nothing follows from it.
    expect(told(describeLscpuTable(table('{"cpu":0}', '{"cpu":1}')))).toMatchObject({
      online: '0-1',
    });
  });

  it('tells what its columns leave out', () => {
    expect(describeLscpuTable(table('{"cpu":0}')).missing).toEqual([
      ...['cores', 'packages', 'dies', 'caches', 'nodes'],
    ]);
    expect(
      describeLscpuTable(table('{"cpu":0,"node":0,"core":0}', '{"cpu":1,"node":1,"core":1}'))
        .missing,
    ).toEqual([...['packages', 'dies', 'caches', 'memoryNodes', 'memory'], 'distances']);
  });

  it.each([
    ['{"cpus": [', 'malformed JSON at line 1, column 11: "]" expected'],
    ['{"cpus": 1}', 'cpus is 1; expected a list, as lscpu prints it'],
    ['{"cpu": []}', 'cpus is null; expected a list'],
    ['[]', 'cpus is null; expected a list'],
    ['{"cpus": []}', 'no column CPU; expected lscpu to be asked for it'],
    [`{"cpus": ${'['.repeat(100)}`, 'lists and objects nested deeper than 64'],
    [`{"cpus": [${'{},'.repeat(32_768)}{}]}`, '32769 rows; expected 32768 at most'],
    ['{"cpus": [-, {}]}', 'malformed JSON at line 1, column 11: unknown word'],
    [table('7'), 'cpus[0] is 7; expected an object'],
    [table('{"core":0}'), 'no column CPU; expected lscpu to be asked for it'],
    [table('{"cpu":-}'), 'cpus[0]: no number of a CPU'],
    [table('{"cpu":-1}'), 'cpus[0]: CPU is "-1"; expected a number from 0 to 1048575'],
    [table('{"cpu":1048576}'), 'cpus[0]: CPU is "1048576"; expected a number from 0 to 1048575'],
    [table('{"cpu":0,"node":1024}'), 'cpus[0]: NODE is "1024"; expected a number from 0 to 1023'],
    [table('{"cpu":0,"core":"a"}'), 'cpus[0]: CORE is "a"; expected a number from 0 to 2147483647'],
    [table('{"cpu":0,"core":[0]}'), 'cpus[0].core is [0]; expected a number or a string'],
    [table('{"cpu":0}', '{"cpu":0}'), 'cpus[1]: CPU 0 has been on cpus[0] already'],
    [table('{"cpu":0}', '{"cpu":1,"node":0}'), 'cpus[1] has "node", which cpus[0] has not'],
    [table('{"cpu":0,"cpu":1}'), 'the key "cpu" is there twice'],
    [table('{"cpu":0,"online":false}'), 'no row of an on-line CPU; expected at least one'],
    [
      table('{"cpu":0,"online":"ja"}'),
      'cpus[0]: ONLINE is "ja"; expected yes or no (LC_ALL=C keeps lscpu from translating)',
    ],
    [table('{"cpu":0,"l1d:l2":"0:0:0"}'), 'cpus[0]: 3 caches; expected 2'],
    [table('{"cpu":0,"l1d:l2":"0:x"}'), 'cpus[0]: L2 is "x"; expected a number'],
  ])('refuses %.60s', (text, message) => {
    expect(() => describeLscpuTable(text)).toThrow(message);
  });
});

describe('withoutHyphens', () => {
  it('leaves JSON as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(withoutHyphens(text)).toBe(text);
      }),
    );
  });

  it('makes JSON of what lscpu prints, whatever its strings hold', () => {
    const holed = fc.array(
      fc.record({ 'a: -,': fc.string({ unit: fc.constantFrom('-', ',', '"', '\\', ' ') }) }),
    );
    fc.assert(
      fc.property(holed, (value) => {
        const text = JSON.stringify([...value, { hole: null, last: null }], null, 1);
        expect(withoutHyphens(text.replaceAll(/null/g, '-'))).toBe(text);
      }),
    );
  });
});
