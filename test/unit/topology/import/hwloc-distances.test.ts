import { describe, expect, it } from 'vitest';
import { describeHwlocXml } from '../../../../src/topology/import/hwloc.ts';

/** Two nodes, ids 0 and 8, that of id 8 first in the file; then matrices. */
const machine = (matrices: string, version = 'version="2.0"') => `<topology ${version}>
<object type="Machine" cpuset="0x3" complete_cpuset="0x3">${version === '' ? matrices : ''}
<object type="NUMANode" os_index="8" gp_index="80" cpuset="0x1"><object type="PU" os_index="0"/></object>
<object type="NUMANode" os_index="0" gp_index="90" cpuset="0x2"><object type="PU" os_index="1"/></object>
</object>
${version === '' ? '' : matrices}
</topology>`;

const matrix = (attributes: string, indexes: string, ...values: string[]) =>
  `<distances2 ${attributes}><indexes length="9">${indexes}</indexes>${values
    .map((piece) => `<u64values length="9">${piece}</u64values>`)
    .join('')}</distances2>`;

const SLIT = 'type="NUMANode" nbobjs="2" kind="5" name="NUMALatency" indexing="os"';

const latencies = (attributes: string, ...values: readonly number[]) =>
  `<distances ${attributes}>${values.map((value) => `<latency value="${value}.000000"/>`).join('')}</distances>`;

const read = (text: string) => {
  const { distances, remarks, missing } = describeHwlocXml(text);
  return { distances, remarks, missing: missing.includes('distances') };
};

describe('distances in hwloc XML', () => {
  it('are in the order of node ids, whatever the order in the file', () => {
    const text = machine(matrix(SLIT, '8 0 ', '10 21 ', '22 11 '));
    expect(read(text)).toEqual({
      distances: [
        [11, 22],
        [21, 10],
      ],
      remarks: [],
      missing: false,
    });
  });

  it('may name nodes by gp_index, and be cut between any two numbers', () => {
    const text = machine(matrix(SLIT.replace('"os"', '"gp"'), '90 80', '10', '21', '22 11'));
    expect(read(text).distances).toEqual([
      [10, 21],
      [22, 11],
    ]);
  });

  it.each([
    ['of other objects', 'type="Core" nbobjs="2" kind="5" indexing="os"'],
    ['that a user added', 'type="NUMANode" nbobjs="2" kind="6" indexing="os"'],
    ['that are bandwidths', 'type="NUMANode" nbobjs="2" kind="9" indexing="os"'],
  ])('are passed over %s', (_, attributes) => {
    const text = machine(
      matrix(attributes, '0 8 ', '1 2 3 4 ') + matrix(SLIT, '0 8', '10 20 20 10'),
    );
    expect(read(text)).toEqual({
      distances: [
        [10, 20],
        [20, 10],
      ],
      remarks: [],
      missing: false,
    });
    expect(read(machine(matrix(attributes, '0 8', '1 2 3 4')))).toEqual({
      distances: [],
      remarks: [],
      missing: true,
    });
  });

  it('are left out where they are between other nodes, or none that Linux can have', () => {
    expect(read(machine(matrix(SLIT, '0 9', '10 20 20 10')))).toEqual({
      distances: [],
      remarks: ['NUMA distances on line 6 are left out: they are between other nodes'],
      missing: true,
    });
    expect(read(machine(matrix(SLIT, '0 8', '10 300 20 10')))).toEqual({
      distances: [],
      remarks: ['NUMA distances on line 6 are left out: 300 is not a whole number up to 255'],
      missing: true,
    });
  });

  it('of hwloc 1.x are times their base, and have 10 for a node itself', () => {
    const ratios =
      '<distances nbobjs="2" relative_depth="1" latency_base="10.000000"><latency value="1.000000"/><latency value="2.100000"/><latency value="2.200000"/><latency value="1.000000"/></distances>';
    const sockets = latencies('nbobjs="2" relative_depth="2" latency_base="1.0"', 1, 4, 4, 1);
    const cores = latencies(
      'nbobjs="3" relative_depth="3" latency_base="1.0"',
      ...new Array(9).fill(10),
    );
    // The first node of the file is 8.
    expect(read(machine(sockets + cores + ratios, '')).distances).toEqual([
      [10, 22],
      [21, 10],
    ]);
    expect(read(machine(sockets, ''))).toEqual({ distances: [], remarks: [], missing: true });
  });

  it.each([
    [matrix(SLIT, '0 8', '10 20 20'), 'line 6, distances: 3 values for 2 objects; expected 4'],
    [matrix(SLIT, '0', '10 20 20 10'), 'line 6, distances: 1 indexes for 2 objects; expected 2'],
    [matrix(SLIT, '0 8', '10 x 20 10'), 'line 6, distances: "x" among the values; expected whole'],
    [
      latencies('nbobjs="2" relative_depth="1" latency_base="1.0"', 1, 2, 2, 1).replace(
        ' value="2',
        ' v="2',
      ),
      'line 6: a latency without a value',
    ],
    [matrix(SLIT, '0 8', '1 '.repeat(9999)), 'line 6, distances: too much text for 2 objects'],
  ])('refuses %j', (matrices, message) => {
    expect(() => read(machine(matrices))).toThrow(message);
  });
});
