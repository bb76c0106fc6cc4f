/**
 * A replay's warm-up: its start, whose errors are told apart because the process is not yet what it will
 * be. It ends with an operation.
 */
import { IN_RSS } from '../kernel/rss-stat.ts';
import type { Pages } from '../units.ts';
import type { UpdateColumns } from '../update/columns.ts';
import { FIRST_KIND_WITHOUT_PAGES } from '../update/kinds.ts';
import type { Ledger } from './ledger.ts';

/** It ends after so many operations, or with the first that leaves so many pages resident. */
export type WarmUp = { readonly operations: number } | { readonly pages: Pages };

/**
 * The rows of a batch that the ledger has not entered, up to the end of the operation that ends the
 * warm-up; null where it goes on beyond them.
 */
export function rowsToEnd(
  end: WarmUp,
  { length, pages, kind, member, operationEnd }: UpdateColumns,
  before: Pick<Ledger, 'operations' | 'rss'>,
): number | null {
  let { operations, rss } = before;
  if ('operations' in end && operations + length < end.operations) return null;
  for (let u = 0; u < length; u++) {
    if (kind[u]! < FIRST_KIND_WITHOUT_PAGES) rss += IN_RSS[member[u]!]! * pages[u]!;
    if (operationEnd[u] === 0) continue;
    operations += 1;
    if ('operations' in end ? operations === end.operations : rss >= end.pages) return u + 1;
  }
  return null;
}
