/** Whatever stands in the file of a recorded run: it is judged, or refused with one line. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeRun } from '../../src/commands/replay/against/judge-run.ts';
import { InputError } from '../../src/errors.ts';
import { parseKernelRun } from '../../src/recorded/kernel-run/read-kernel-run.ts';
import { kernelText } from '../golden/recorded-kernels.ts';

type Path = readonly (string | number)[];

/** Places of a document: every key, and of long lists the first few entries. */
function placesOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.slice(0, 3).entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: Path, by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((inner, i) => (i === key ? replaced(inner, rest, by) : inner));
  }
  const object = value as Record<string, unknown>;
  return { ...object, [key]: replaced(object[key], rest, by) };
}

const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.integer({ min: -5, max: 600 }),
  fc.constantFrom(undefined, -1, 2 ** 31, 2 ** 53, 'thp', 'faround', 'percpu_counter'),
);

const documents = ['6.1-cpus-8-threads-1-thp.json', '6.12-cpus-64-threads-1-thp.json'].map(
  (name): unknown => JSON.parse(kernelText(name)),
);

/** The one line that refuses a text, or null where it is judged. */
function refusalOf(text: string): string | null {
  try {
    judgeRun(parseKernelRun(text, 'run.json'), 'run.json');
    return null;
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
}

describe('a recorded run with something else in it', () => {
  it('is judged, or refused with one line', () => {
    let refused = 0;
    let judged = 0;
    const changed = fc.constantFrom(...documents).chain((document) =>
      fc.record({
        document: fc.constant(document),
        path: fc.constantFrom(...placesOf(document)),
        by: anything,
      }),
    );
    fc.assert(
      fc.property(changed, ({ document, path, by }) => {
        const text = JSON.stringify(replaced(document, path, by)) ?? '';
        const refusal = refusalOf(text);
        if (refusal === null) judged += 1;
        else refused += 1;
        expect(refusal ?? 'run.json: ').toMatch(/^run\.json: [^\n]*$/);
      }),
      { numRuns: 500 },
    );
    expect(Math.min(refused, judged)).toBeGreaterThan(50);
  });

  it('is refused wherever it is cut off', () => {
    const text = JSON.stringify(documents[0]);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length - 1 }), (end) => {
        expect(refusalOf(text.slice(0, end))).toMatch(/^run\.json: [^\n]*$/);
      }),
      { numRuns: 200 },
    );
  });
});
