/** Names of schemes: what is written is read back, and earlier names are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatScheme, parseScheme } from '../../../src/schemes/registry.ts';
import { schemeSpec } from '../../support/reference.ts';

describe('the name of a scheme', () => {
  it('is read back as the scheme that it names, whatever its parameters', () => {
    fc.assert(
      fc.property(schemeSpec, (spec) => {
        expect(parseScheme(formatScheme(spec))).toEqual(spec);
      }),
    );
  });

  it('may be an earlier one, and is then written as it is now', () => {
    expect(formatScheme(parseScheme('exact'))).toBe('atomic');
  });
});
