import { expect, it } from 'vitest';
import { createLedger, enter, usersOf } from '../../../src/replay/ledger.ts';
import { KIND } from '../../../src/update/kinds.ts';
import { columnsOf } from '../../support/updates.ts';

it('knows who took part, also where threads turn up batch by batch', () => {
  const ledger = createLedger(3);
  const by = (thread: number, cpu: number) => ({ kind: KIND.fault, pages: 1, thread, cpu });
  const users = () => [usersOf(ledger.cpus), usersOf(ledger.threads)].map((all) => [...all]);
  enter(ledger, columnsOf([by(0, 2), by(1, 2)]));
  expect(users()).toEqual([[2], [0, 1]]);
  enter(ledger, columnsOf([{ kind: KIND.threadExit, pages: 0, thread: 2 }]));
  expect(users()).toEqual([[2], [0, 1]]);
  enter(ledger, columnsOf([by(4, 0), by(4, 1)]));
  expect(users()).toEqual([
    [0, 1, 2],
    [0, 1, 4],
  ]);
  enter(ledger, columnsOf([by(20, 0)]));
  expect(users()).toEqual([
    [0, 1, 2],
    [0, 1, 4, 20],
  ]);
});
