import { expect, it } from 'vitest';
import { replay } from '../../../src/replay/replay.ts';
import { createCounters, parseScheme } from '../../../src/schemes/registry.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { flatMachine } from '../../support/machines.ts';
import { arraySource } from '../../support/updates.ts';

it.each([
  [1, { under: 31, underAtOperation: 1 }],
  [-1, { over: 31, overAtOperation: 1 }],
])(
  'an extreme inside a run comes before one as large at a later end, sign %i',
  async (sign, first) => {
    const updates = [
      { kind: KIND.fault, pages: sign * 64 },
      { kind: KIND.remote, pages: sign * 31 },
    ];
    const subject = createCounters(flatMachine(1), parseScheme('per-cpu:batch=32'));
    const source = arraySource(updates, [true, true], 2);
    const counters = [{ name: 'subject', counters: subject }];
    const { observed } = await replay(source, 1, counters, () => undefined);
    expect(observed[0]?.raw).toMatchObject(first);
  },
);
