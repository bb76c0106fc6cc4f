/** Which scheme of counting, with which parameters: plain data that schemes and bounds both read. */
import type { TreeParameters } from './tree-shape.ts';

export const SCHEME_NAMES = ['exact', 'per-thread', 'per-cpu', 'per-numa', 'tree'] as const;

export type SchemeName = (typeof SCHEME_NAMES)[number];

/** A batch in pages, or null for the one the kernel computes from the machine. */
export interface BatchParameters {
  readonly batch: number | null;
}

export type SchemeSpec =
  | { readonly scheme: 'exact' }
  | { readonly scheme: 'per-thread' }
  | ({ readonly scheme: 'per-cpu' } & BatchParameters)
  | ({ readonly scheme: 'per-numa' } & BatchParameters)
  | ({ readonly scheme: 'tree' } & TreeParameters);
