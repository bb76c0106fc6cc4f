/** Every fault of a machine's own form: place, value and rule; and what is filled in. */
import { describe, expect, it } from 'vitest';
import { parseJsonText } from '../../../src/input/json.ts';
import { validateTopology } from '../../../src/topology/read-document.ts';
import { nodeOfCpu } from '../../../src/topology/topology.ts';
import { machineText } from '../../support/refusal.ts';

type Row = readonly [what: string, text: string, message: string];

/** A fault of the text is the whole of the message. */
function expectRefusal(text: string, message: string): void {
  const read = () => validateTopology(parseJsonText(text));
  expect(read).toThrow(expect.objectContaining({ name: 'InputError', message }));
}

const minimal = { name: 'm', cpus: { possible: '0-3' }, numaNodes: [{ id: 0, cpus: '0-3' }] };

describe('validateTopology', () => {
  it('fills in what is left out: present, on-line, page size', () => {
    const topology = validateTopology({ ...minimal, cpus: { possible: '0-7', present: '0-3' } });
    expect(Array.from(topology.online)).toEqual([0, 1, 2, 3]);
    expect(topology.nrCpuIds).toBe(8);
    expect(topology.pageSize).toBe(4096);
    expect([...topology.cores]).toEqual([]);
  });

  it('keeps off-line CPUs, sparse node ids and nodes without CPUs apart', () => {
    const topology = validateTopology({
      name: 'm',
      cpus: { possible: '0-191', present: '0-16', online: '0-15' },
      numaNodes: [
        { id: 3, cpus: '0-7' },
        { id: 32, cpus: '8-16' },
        { id: 40, cpus: '' },
      ],
    });
    expect(topology.nrCpuIds).toBe(192);
    const nodeOf = nodeOfCpu(topology);
    expect([nodeOf[0], nodeOf[8], nodeOf[16], nodeOf[17]]).toEqual([3, 32, 32, -1]);
  });

  it('lets a CPU be in caches of different levels', () => {
    const caches = [
      { level: 2, cpus: '0-1' },
      { level: 3, cpus: '0-3' },
    ];
    expect(validateTopology({ ...minimal, caches }).caches.length).toBe(2);
  });

  it('does not mind a byte-order mark', () => {
    expect(parseJsonText(`\uFEFF${JSON.stringify(minimal)}`)).toEqual(minimal);
  });
});

describe('malformed JSON', () => {
  const at = (place: string, words: string) => `malformed JSON at ${place}: ${words}`;

  it.each<Row>([
    ['a missing value', '{\n  "name": ,\n}', at('line 2, column 11', 'value expected')],
    ['a missing value after CRLF', '{\r\n"name": }', at('line 2, column 9', 'value expected')],
    [
      'a missing value after a byte-order mark',
      '\uFEFF{"name": }',
      at('line 1, column 10', 'value expected'),
    ],
    ['a missing colon', '{"name" "m"}', at('line 1, column 9', 'colon expected')],
    ['a missing comma', '{"name": "m"\n"cpus": {}}', at('line 2, column 1', 'comma expected')],
    [
      'a comma too many',
      '{"name": "m",}',
      at('line 1, column 14', 'property name in double quotes expected'),
    ],
    ['a missing brace', '{"name": "m"', at('line 1, column 13', '"}" expected')],
    ['a missing bracket', '[1, 2', at('line 1, column 6', '"]" expected')],
    ['a second document', '{}\n{}', at('line 2, column 1', 'end of the document expected')],
    ['single quotes', "{'name': 1}", at('line 1, column 2', 'unknown word')],
    ['a comment', '{\n  // a comment\n}', at('line 2, column 3', 'comments are not JSON')],
    ['NaN', '{"pageSize": NaN}', at('line 1, column 14', 'unknown word')],
    ['a leading zero', '{"pageSize": 04096}', at('line 1, column 15', 'comma expected')],
    ['an unknown escape', '{"name": "\\x41"}', at('line 1, column 10', 'malformed escape')],
    ['a short \\u escape', '{"name": "\\u41"}', at('line 1, column 10', 'malformed \\u escape')],
    ['a string without an end', '{"name": "m', at('line 1, column 10', 'string without an end')],
    [
      'a tab in a string',
      '{"name": "a\tb"}',
      at('line 1, column 10', 'control character in a string'),
    ],
  ])('is refused with line and column: %s', (_, text, message) => expectRefusal(text, message));

  const nested = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

  it.each<Row>([
    [
      '100,000 brackets that never close',
      '['.repeat(100_000),
      'line 1, column 65: lists and objects nested deeper than 64',
    ],
    [
      'a document nested 100,000 deep',
      nested,
      'line 1, column 65: lists and objects nested deeper than 64',
    ],
    [
      'an object of 5,000 keys',
      `{${Array.from({ length: 5000 }, (_, i) => `"${i}":0`).join(',')}}`,
      'line 1, column 35755: an object with more than 4096 keys',
    ],
    [
      'a name nested 100,000 deep',
      machineText({ name: 0 }).replace('"name":0', `"name":${nested}`),
      'line 1, column 72: lists and objects nested deeper than 64',
    ],
    [
      'a key that is there twice',
      machineText().replace('{', '{"name":"other",'),
      'line 1, column 17: the key "name" is there twice',
    ],
    [
      'a key of a node that is there twice',
      machineText().replace('"cpus":"0-3"', '"cpus":"0-1",\n"cpus":"2-3"'),
      'line 2, column 1: the key "cpus" is there twice',
    ],
  ])('is refused in one line: %s', (_, text, message) => expectRefusal(text, message));
});

describe('a description that is not of the schema', () => {
  const cpulist = 'expected a cpulist such as "0-3,8"';
  const cpusRule =
    'expected an object with "possible", and "present" and "online" where they differ';

  it.each<Row>([
    ['a list for the document', '[]', '$ is []: expected an object'],

    [
      'no name',
      machineText({ name: undefined }),
      'name is missing: expected a name of printable ASCII',
    ],
    ['no CPUs', machineText({ cpus: undefined }), `cpus is missing: ${cpusRule}`],
    ['no possible CPUs', machineText({ cpus: {} }), `cpus.possible is missing: ${cpulist}`],
    [
      'a node without an id',
      machineText({ numaNodes: [{ cpus: '0-3' }] }),
      'numaNodes[0].id is missing: expected a whole number from 0 to 1023',
    ],
    [
      'a node without CPUs',
      machineText({ numaNodes: [{ id: 0 }] }),
      `numaNodes[0].cpus is missing: ${cpulist}`,
    ],
    [
      'a cache without a level',
      machineText({ caches: [{ cpus: '0-3' }] }),
      'caches[0].level is missing: expected a whole number from 1 to 5',
    ],
    [
      'a package without an id',
      machineText({ packages: [{ cpus: '0-3' }] }),
      'packages[0].id is missing: expected a whole number from 0 to 2147483647',
    ],
    [
      'a die without an id',
      machineText({ dies: [{ cpus: '0-3' }] }),
      'dies[0].id is missing: expected a whole number from 0 to 2147483647',
    ],
    [
      'a die of a package that is none',
      machineText({ dies: [{ package: '0', id: 0, cpus: '0-3' }] }),
      'dies[0].package is "0": expected a whole number from 0 to 2147483647',
    ],

    [
      'a number for the name',
      machineText({ name: 5 }),
      'name is 5: expected a name of printable ASCII',
    ],
    [
      'a name with a line end',
      machineText({ name: 'two\nlines' }),
      'name is "two\\nlines": expected a name of printable ASCII',
    ],
    [
      'a name with an escape sequence',
      machineText({ name: '\x1b[31mred' }),
      'name is "\\u001b[31mred": expected a name of printable ASCII',
    ],
    [
      'a description of two lines',
      machineText({ description: 'two\nlines' }),
      'description is "two\\nlines": expected printable text on one line',
    ],
    ['an empty name', machineText({ name: '' }), 'name is "": expected a name of printable ASCII'],
    [
      'a number for the description',
      machineText({ description: 5 }),
      'description is 5: expected printable text on one line',
    ],
    [
      'a list for the source',
      machineText({ source: [] }),
      'source is []: expected printable text on one line',
    ],
    ['text for the CPUs', machineText({ cpus: '0-3' }), `cpus is "0-3": ${cpusRule}`],
    [
      'a number for a cpulist',
      machineText({ cpus: { possible: 4 } }),
      `cpus.possible is 4: ${cpulist}`,
    ],
    [
      'text for the page size',
      machineText({ pageSize: '4K' }),
      'pageSize is "4K": expected 4096, 16384, 65536 (bytes)',
    ],
    [
      'text for the cores',
      machineText({ cores: '0-3' }),
      'cores is "0-3": expected a list of cpulists',
    ],
    ['a list for a core', machineText({ cores: [['0']] }), `cores[0] is ["0"]: ${cpulist}`],
    [
      'a number for the caches',
      machineText({ caches: 2 }),
      'caches is 2: expected a list of caches',
    ],
    [
      'text for a cache',
      machineText({ caches: ['0-3'] }),
      'caches[0] is "0-3": expected an object with "level" and "cpus"',
    ],
    [
      'a number for the packages',
      machineText({ packages: 2 }),
      'packages is 2: expected a list of packages',
    ],
    [
      'an object for the nodes',
      machineText({ numaNodes: {} }),
      'numaNodes is {}: expected a list of NUMA nodes',
    ],
    [
      'a number for a node',
      machineText({ numaNodes: [5] }),
      'numaNodes[0] is 5: expected an object with "id" and "cpus"',
    ],
    [
      'text for the distances',
      machineText({ distances: 'x' }),
      'distances is "x": expected a square list of lists',
    ],
    [
      'a number for a row of distances',
      machineText({ distances: [10] }),
      'distances[0] is 10: expected a list of distances',
    ],

    [
      'another page size',
      machineText({ pageSize: 8192 }),
      'pageSize is 8192: expected 4096, 16384, 65536 (bytes)',
    ],
    [
      'no NUMA node in the list',
      machineText({ numaNodes: [] }),
      'numaNodes is []: expected at least one NUMA node',
    ],
    [
      'a negative node id',
      machineText({ numaNodes: [{ id: -1, cpus: '0-3' }] }),
      'numaNodes[0].id is -1: expected a whole number from 0 to 1023',
    ],
    [
      'a fraction for a node id',
      machineText({ numaNodes: [{ id: 1.5, cpus: '0-3' }] }),
      'numaNodes[0].id is 1.5: expected a whole number from 0 to 1023',
    ],
    [
      'text for a node id',
      machineText({ numaNodes: [{ id: '0', cpus: '0-3' }] }),
      'numaNodes[0].id is "0": expected a whole number from 0 to 1023',
    ],
    [
      'a node id beyond MAX_NUMNODES',
      machineText({ numaNodes: [{ id: 1024, cpus: '0-3' }] }),
      'numaNodes[0].id is 1024: expected a whole number from 0 to 1023',
    ],
    [
      'negative memory',
      machineText({ numaNodes: [{ id: 0, cpus: '0-3', memoryMiB: -1 }] }),
      'numaNodes[0].memoryMiB is -1: expected a whole number from 0 to 9007199254740991',
    ],
    [
      'a cache level of 0',
      machineText({ caches: [{ level: 0, cpus: '0-3' }] }),
      'caches[0].level is 0: expected a whole number from 1 to 5',
    ],
    [
      'a distance of 256',
      machineText({ distances: [[256]] }),
      'distances[0][0] is 256: expected a whole number from 0 to 255',
    ],
    [
      'a long value, which is cut',
      machineText({ name: Array(50).fill(0) }),
      `name is [${'0,'.repeat(29)}0…: expected a name of printable ASCII`,
    ],

    [
      'an unknown key',
      machineText({ pagesize: 4096 }),
      'pagesize is an unknown key: did you mean "pageSize"?',
    ],
    [
      'an unknown key of the CPUs',
      machineText({ cpus: { possible: '0-3', onlin: '0' } }),
      'cpus.onlin is an unknown key: did you mean "online"?',
    ],
    [
      'an unknown key of a node',
      machineText({ numaNodes: [{ id: 0, cpus: '0-3', memoryMib: 1 }] }),
      'numaNodes[0].memoryMib is an unknown key: did you mean "memoryMiB"?',
    ],
    [
      'an unknown key of a cache',
      machineText({ caches: [{ level: 3, cpus: '0-3', levels: 3 }] }),
      'caches[0].levels is an unknown key: did you mean "level"?',
    ],
    [
      'an unknown key of an optional part',
      machineText({ caches: [{ level: 3, cpu: '0', cpus: '1' }] }),
      'caches[0].cpu is an unknown key: did you mean "cpus"?',
    ],
    [
      'an unknown key of a long list',
      machineText({ cpuList: new Array(2000).fill(0) }),
      'cpuList is an unknown key: expected one of $schema, name, description, source, pageSize, cpus, cores, caches, packages, dies, numaNodes, distances',
    ],
    [
      'several faults at once',
      machineText({ name: 7, cpus: {}, numaNodes: [] }),
      'name is 7: expected a name of printable ASCII; cpus.possible is missing: expected a cpulist such as "0-3,8"; numaNodes is []: expected at least one NUMA node',
    ],
    [
      '__proto__ for a key',
      machineText({}).replace('{', '{"__proto__": {},'),
      '__proto__ is an unknown key: expected one of $schema, name, description, source, pageSize, cpus, cores, caches, packages, dies, numaNodes, distances',
    ],
    [
      'a misspelt key, named before what is missing for it',
      machineText().replace('"numaNodes"', '"numaNode"'),
      'numaNode is an unknown key: did you mean "numaNodes"?',
    ],
    [
      'keys that another tool has, and a value beside them',
      machineText().replace('"numaNodes"', '"cors": [], "pageSize": 7, "nodes"'),
      'cors is an unknown key: did you mean "cores"?; nodes is an unknown key: did you mean "numaNodes"?; pageSize is 7: expected 4096, 16384, 65536 (bytes)',
    ],
    [
      'more faults than a line holds',
      machineText({ caches: [1, 2, 3, 4, 5, 6] }),
      `${[0, 1, 2, 3, 4].map((i) => `caches[${i}] is ${i + 1}: expected an object with "level" and "cpus"`).join('; ')} (and 1 more fault)`,
    ],
    [
      'more keys that are unknown, each a fault',
      machineText({ x1: 1, x2: 1, x3: 1, caches: [{ y1: 1, y2: 1, y3: 1, level: 3, cpus: '0' }] }),
      'caches[0].y1 is an unknown key: expected one of level, cpus; caches[0].y2 is an unknown key: expected one of level, cpus; caches[0].y3 is an unknown key: expected one of level, cpus; x1 is an unknown key: expected one of $schema, name, description, source, pageSize, cpus, cores, caches, packages, dies, numaNodes, distances; x2 is an unknown key: expected one of $schema, name, description, source, pageSize, cpus, cores, caches, packages, dies, numaNodes, distances (and 1 more fault)',
    ],
    [
      'several faults',
      '{}',
      'name is missing: expected a name of printable ASCII; cpus is missing: expected an object with "possible", and "present" and "online" where they differ',
    ],
  ])('is refused: %s', (_, text, message) => expectRefusal(text, message));
});

describe('a cpulist', () => {
  const possible = (text: string) => machineText({ cpus: { possible: text } });

  it.each<Row>([
    ['that is empty', possible(''), 'cpus.possible is "": expected at least one CPU'],
    [
      'of no on-line CPU',
      machineText({ cpus: { possible: '0-3', online: '' } }),
      'cpus.online is "": expected at least one CPU',
    ],
    [
      'with a word',
      possible('0-x'),
      'cpus.possible is "0-x": "0-x" is no CPU or range; expected a cpulist such as "0-3,8"',
    ],
    [
      'with a semicolon',
      possible('0;3'),
      'cpus.possible is "0;3": "0;3" is no CPU or range; expected a cpulist such as "0-3,8"',
    ],
    [
      'with a comma at its end',
      possible('0-3,'),
      'cpus.possible is "0-3,": "" is no CPU or range; expected a cpulist such as "0-3,8"',
    ],
    [
      'with a negative id',
      possible('-1'),
      'cpus.possible is "-1": "-1" is no CPU or range; expected a cpulist such as "0-3,8"',
    ],
    [
      'in hexadecimal',
      possible('0xf'),
      'cpus.possible is "0xf": "0xf" is no CPU or range; expected a cpulist such as "0-3,8"',
    ],
    [
      'with a range that runs down',
      possible('0,3-1'),
      'cpus.possible is "0,3-1": the range 3-1 runs down',
    ],
    ['with a CPU twice', possible('0-3,2'), 'cpus.possible is "0-3,2": CPU 2 is named twice'],
    [
      'with a group that takes too many',
      possible('0-31:9/8'),
      'cpus.possible is "0-31:9/8": 9 of every 8 CPUs is not possible; expected 1 to 8',
    ],
    [
      'with an id above 1,048,575',
      possible('0-1048576'),
      'cpus.possible is "0-1048576": CPU 1048576 is beyond 1,048,575, the highest there can be',
    ],
    [
      'with an unsigned -1',
      possible('0-4294967295'),
      'cpus.possible is "0-4294967295": CPU 4294967295 is beyond 1,048,575, the highest there can be',
    ],
    [
      'with more digits than a number holds',
      possible(`0-${'9'.repeat(30)}`),
      `cpus.possible is "0-${'9'.repeat(30)}": CPU ${'9'.repeat(30)} is beyond 1,048,575, the highest there can be`,
    ],
    [
      'that repeats all CPUs',
      possible('0-1048575,0-1048575'),
      'cpus.possible is "0-1048575,0-1048575": CPUs are named twice',
    ],
    [
      'with a fault in a node',
      machineText({
        numaNodes: [
          { id: 0, cpus: '0-3' },
          { id: 1, cpus: '7-' },
        ],
      }),
      'numaNodes[1].cpus is "7-": "7-" is no CPU or range; expected a cpulist such as "0-3,8"',
    ],
    [
      'with a fault in a core',
      machineText({ cores: ['0,1', '3-2'] }),
      'cores[1] is "3-2": the range 3-2 runs down',
    ],
  ])('is refused: one %s', (_, text, message) => expectRefusal(text, message));
});

describe('parts of a machine that do not go together', () => {
  const nodes = (...cpus: string[]) =>
    machineText({ numaNodes: cpus.map((list, id) => ({ id, cpus: list })) });

  it.each<Row>([
    [
      'a CPU that is present and not possible',
      machineText({ cpus: { possible: '0-3', present: '0-4' } }),
      'cpus.present is "0-4": CPU 4 is not in cpus.possible, "0-3"',
    ],
    [
      'a CPU that is on-line and not present',
      machineText({ cpus: { possible: '0-3', present: '0-2', online: '1-3' } }),
      'cpus.online is "1-3": CPU 3 is not in cpus.present, "0-2"',
    ],
    [
      'a CPU of a node that is not possible',
      nodes('0-7'),
      'numaNodes[0].cpus is "0-7": CPU 4 is not in cpus.possible, "0-3"',
    ],
    [
      'many CPUs of a node that are not possible',
      nodes('0-300'),
      'numaNodes[0].cpus is "0-300": CPU 4 is not in cpus.possible, "0-3"',
    ],
    [
      'a CPU of a core that is not possible',
      machineText({ cores: ['0-3', '9'] }),
      'cores[1] is "9": CPU 9 is not in cpus.possible, "0-3"',
    ],
    [
      'an on-line CPU in two nodes',
      nodes('0-2', '2-3'),
      'numaNodes[1].cpus is "2-3": CPU 2 is in numaNodes[0].cpus too; a CPU is in one NUMA node at most',
    ],
    [
      'an on-line CPU in no node',
      nodes('0-1', '3'),
      'numaNodes: on-line CPU 2 is in no NUMA node; it must be in exactly one',
    ],
    [
      'a CPU in two cores',
      machineText({ cores: ['0,1', '1,2', '3'] }),
      'cores[1] is "1-2": CPU 1 is in cores[0] too; a CPU is in one core at most',
    ],
    [
      'an on-line CPU in no core',
      machineText({ cores: ['0,1', '2'] }),
      'cores: on-line CPU 3 is in no core; it must be in exactly one',
    ],
    [
      'a CPU in two L3 caches',
      machineText({
        caches: [
          { level: 3, cpus: '0-2' },
          { level: 2, cpus: '0-3' },
          { level: 3, cpus: '2-3' },
        ],
      }),
      'caches[2].cpus is "2-3": CPU 2 is in caches[0].cpus too; a CPU is in one level-3 cache at most',
    ],
    [
      'a CPU in two packages',
      machineText({
        packages: [
          { id: 0, cpus: '0-1' },
          { id: 1, cpus: '1-3' },
        ],
      }),
      'packages[1].cpus is "1-3": CPU 1 is in packages[0].cpus too; a CPU is in one package at most',
    ],
    [
      'an on-line CPU in no package',
      machineText({ packages: [{ id: 0, cpus: '0-1' }] }),
      'packages: on-line CPU 2 is in no package; it must be in exactly one',
    ],
    [
      'a node id twice',
      machineText({
        numaNodes: [
          { id: 4, cpus: '0-1' },
          { id: 4, cpus: '2-3' },
        ],
      }),
      'numaNodes[1].id is 4: numaNodes[0] has that id already',
    ],
    [
      'a CPU in two dies',
      machineText({
        dies: [
          { id: 0, cpus: '0-1' },
          { id: 1, cpus: '1-3' },
        ],
      }),
      'dies[1].cpus is "1-3": CPU 1 is in dies[0].cpus too; a CPU is in one die at most',
    ],
    [
      'a die id twice in a package',
      machineText({
        packages: [{ id: 4, cpus: '0-3' }],
        dies: [
          { package: 4, id: 0, cpus: '0-1' },
          { package: 4, id: 0, cpus: '2-3' },
        ],
      }),
      'dies[1].id is 0: dies[0] has that id already in package 4',
    ],
    [
      'a die of a package that is not there',
      machineText({
        packages: [{ id: 4, cpus: '0-3' }],
        dies: [{ package: 0, id: 0, cpus: '0-1' }],
      }),
      'dies[0].package is 0: there is no package of that id',
    ],
    [
      "a die beyond its package's CPUs",
      machineText({
        packages: [
          { id: 0, cpus: '0-1' },
          { id: 1, cpus: '2-3' },
        ],
        dies: [{ package: 0, id: 0, cpus: '0-2' }],
      }),
      'dies[0].cpus is "0-2": CPU 2 is not in packages[0].cpus, "0-1"',
    ],
    [
      'a package id twice',
      machineText({
        packages: [
          { id: 1, cpus: '0-1' },
          { id: 1, cpus: '2-3' },
        ],
      }),
      'packages[1].id is 1: packages[0] has that id already',
    ],
    [
      'a row of distances too many',
      machineText({
        numaNodes: [
          { id: 0, cpus: '0-1' },
          { id: 1, cpus: '2-3' },
        ],
        distances: [
          [10, 21],
          [21, 10],
          [21, 21],
        ],
      }),
      'distances is of length 3: expected 2, one row a node',
    ],
    [
      'no distances in the list',
      machineText({
        numaNodes: [
          { id: 0, cpus: '0-1' },
          { id: 1, cpus: '2-3' },
        ],
        distances: [],
      }),
      'distances is of length 0: expected 2, one row a node',
    ],
    [
      'a ragged row of distances',
      machineText({
        numaNodes: [
          { id: 0, cpus: '0-1' },
          { id: 1, cpus: '2-3' },
        ],
        distances: [[10, 21], [21]],
      }),
      'distances[1] is of length 1: expected 2, one entry a node',
    ],
  ])('are refused: %s', (_, text, message) => expectRefusal(text, message));
});

describe('lists of thousands', () => {
  const machine = (fault: object) => ({
    name: 'm',
    cpus: { possible: '0-2999' },
    packages: Array.from({ length: 3000 }, (_, id) => ({
      id,
      cpus: `${id}`,
      ...(id === 2500 ? fault : {}),
    })),
  });

  it('are read to their ends', () => {
    const { packages } = validateTopology(machine({}));
    expect(packages.map(({ id, cpus }) => [id, ...cpus])).toEqual(
      Array.from({ length: 3000 }, (_, id) => [id, id]),
    );
  });

  it.each([
    [{ id: -1 }, 'packages[2500].id is -1: '],
    [{ cpus: 7 }, 'packages[2500].cpus is 7: '],
    [{ cpu: '7' }, 'packages[2500].cpu is an unknown key: '],
    [{ id: 2499 }, 'packages[2500].id is 2499: packages[2499] has that id already'],
  ])('are looked at to their ends: %j', (fault, said) => {
    expect(() => validateTopology(machine(fault))).toThrow(said);
  });
});
