/** A wrong closed form is found out: the verification can fail. */
import { describe, expect, it } from 'vitest';
import { renderVerification } from '../../../../src/commands/witness/verify/command.ts';
import {
  CLOSED_FORMS,
  type ClosedForms,
  isSound,
  type VerifyRequest,
} from '../../../../src/commands/witness/verify/judge.ts';
import { replayRecords, verify } from '../../../../src/commands/witness/verify/verify.ts';
import type { WorstCase } from '../../../../src/schemes/bound.ts';
import { loadBundled } from '../../../../src/topology/bundled.ts';
import type { RecordedUpdate } from '../../../../src/update/record.ts';
import { flatMachine } from '../../../support/machines.ts';
import { ENDLESS, RUN_OUT, verifyRequest } from '../../../support/verification.ts';

const settledOf = (bound: WorstCase): ClosedForms => ({ ...CLOSED_FORMS, settled: () => bound });

/** The process never holds fewer than no pages. */
function expectPayable(records: readonly RecordedUpdate[]): void {
  let size = 0;
  for (const { pages, repeat } of records) {
    size += pages * repeat;
    expect(size).toBeGreaterThanOrEqual(0);
  }
}

/** The one check's stream replays beyond the bound that it is held against. */
async function expectBeaten(request: VerifyRequest, bound: WorstCase): Promise<void> {
  const result = await verify(request, ENDLESS, settledOf(bound));
  const { verdict, stream } = result.checks[0]!;
  expect(verdict).toBe('beaten');
  expect(isSound(result)).toBe(false);
  const records = (stream ?? []).filter((step) => 'kind' in step);
  expect(records.length).toBe(stream?.length);
  expectPayable(records);
  const { under, over } = await replayRecords(request, records, ENDLESS);
  expect(under > bound.under || over > bound.over).toBe(true);
}

describe('a closed form that is a page too small', () => {
  it.each([
    ['tree:batch=2', 4, { under: 7, over: 0 }],
    ['tree:batch=4', 5, { under: 46, over: 0 }],
    ['per-cpu:batch=4', 3, { under: 8, over: 9 }],
    ['per-cpu:batch=4', 3, { under: 9, over: 8 }],
    ['per-numa:batch=5', 3, { under: 9, over: 3 }],
    ['per-thread', 2, { under: 65, over: 0 }],
  ])('is beaten by a stream: %s on %i CPUs', async (scheme, cpus, bound) => {
    await expectBeaten(verifyRequest(flatMachine(cpus), scheme, { threads: 1 }), bound);
  });

  it.each([
    ['tree', { under: 22_085, over: 0 }],
    ['per-cpu', { under: 124_750, over: 124_749 }],
    ['per-numa', { under: 61, over: 62 }],
    ['per-thread', { under: 329, over: 0 }],
  ])('is beaten by an adversary: %s on 250 CPUs', async (scheme, bound) => {
    await expectBeaten(verifyRequest(loadBundled('250cpu'), scheme, { threads: 5 }), bound);
  });

  it('is not beaten on a side that is not asked for', async () => {
    const request = verifyRequest(flatMachine(3), 'per-cpu:batch=4', { directions: ['under'] });
    const { checks } = await verify(request, ENDLESS, settledOf({ under: 9, over: 8 }));
    expect(checks[0]!.verdict).toBe('exhaustive');
  });

  it('is beaten by a schedule of updates in flight', async () => {
    const request = verifyRequest(flatMachine(4), 'tree:batch=2', {
      inFlight: { updates: 2, pages: 1 },
    });
    const running = () => ({ under: 13, over: 4 });
    const result = await verify(request, ENDLESS, { ...CLOSED_FORMS, running });
    const [, check] = result.checks;
    expect(check).toMatchObject({ verdict: 'beaten' });
    expect(check!.stream!.length).toBeGreaterThan(3);
    const text = await renderVerification(result, 'rss-err');
    expect(text).toMatch(/^2 in flight: BEATEN: the closed form is -13\/\+4, the stream below/m);
    const stream = check!.stream!.map((step) => JSON.stringify(step)).join('\n');
    expect(text.endsWith(`\n\n${stream}\n`)).toBe(true);
    const markdown = await renderVerification(result, 'rss-err', 'markdown');
    expect(markdown).toMatch(/^\| check +\| closed form \|/m);
    expect(markdown.endsWith(`\n\n\`\`\`json\n${stream}\n\`\`\`\n`)).toBe(true);
    const { checks } = JSON.parse(await renderVerification(result, 'rss-err', 'json'));
    expect(checks[1].stream).toEqual(check!.stream);
  });

  it('is beaten by the worst schedule where there are too many states', async () => {
    const request = verifyRequest(loadBundled('64cpu-2n'), 'tree', {
      inFlight: { updates: 2, pages: 1 },
    });
    const running = (...of: Parameters<ClosedForms['running']>) => {
      const { under, over } = CLOSED_FORMS.running(...of);
      return { under: under - 1, over };
    };
    const { checks } = await verify(request, ENDLESS, { ...CLOSED_FORMS, running });
    expect(checks[1]).toMatchObject({ verdict: 'beaten' });
    expect(checks[1]!.stream!.length).toBeGreaterThan(64);
  });

  it('is beaten by a burst', async () => {
    const request = verifyRequest(flatMachine(2), 'per-numa:batch=4', {
      inFlight: { updates: 2, pages: 1 },
    });
    const afterBurst = () => 3;
    const { checks } = await verify(request, ENDLESS, { ...CLOSED_FORMS, afterBurst });
    expect(checks[2]).toMatchObject({ check: 'after-burst', verdict: 'beaten' });
    const steps = checks[2]!.stream!.map((step) => ('slot' in step ? step.slot.step : ''));
    expect(steps[0]).toBe('start');
    expect(steps.filter((step) => step === 'subtract')).toHaveLength(2);
  });
});

describe('a closed form that is a page too large', () => {
  it('is not attained, though every state was seen', async () => {
    const request = verifyRequest(flatMachine(4), 'tree:batch=2');
    const result = await verify(request, ENDLESS, settledOf({ under: 9, over: 0 }));
    expect(result.checks[0]!.verdict).toBe('not-attained');
    expect(isSound(result)).toBe(false);
    expect(await renderVerification(result, 'rss-err')).toContain(
      'settled: NOT ATTAINED: the closed form is -9/0, witness and search reach',
    );
  });
});

describe('a search that the time limit ends', () => {
  it.each([
    ['tree:batch=2', flatMachine(12)],
    ['tree', loadBundled('250cpu')],
  ])('says so: %s', async (scheme, machine) => {
    const result = await verify(verifyRequest(machine, scheme), RUN_OUT);
    expect(result.checks[0]!.verdict).toBe('cut-short');
    expect(isSound(result)).toBe(true);
    const text = await renderVerification(result, 'rss-err');
    expect(text).toMatch(
      /settled: no stream beyond it found in the [\d,]+ (states|updates) searched/,
    );
    expect(text).toContain('The time limit of 60 seconds ended the search');
  });
});
