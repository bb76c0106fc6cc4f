/** The claims' measurements: pieces that a worker can be sent. */
import { describe, expect, it } from 'vitest';
import { sendable } from '../../../../src/cli/jobs.ts';
import { claimsRequest, measurementsOf } from '../../../../src/commands/claims/claims.ts';
import { hopFinding } from '../../../../src/commands/claims/hop.ts';

const pieces = measurementsOf(claimsRequest('0', 3));

describe("the claims' measurements", () => {
  it('are each case once, with the seed asked for', () => {
    expect(new Set(pieces.map(({ hopCase }) => JSON.stringify(hopCase))).size).toBe(12);
    expect(new Set(pieces.map(({ seed }) => seed))).toEqual(new Set([3]));
  });

  it('are data: what is sent is found to be what was there', async () => {
    const [first] = pieces;
    const find = (piece: typeof first) => hopFinding(piece!, () => undefined);
    expect(await find(structuredClone(sendable(first)))).toEqual(await find(first));
  });
});
