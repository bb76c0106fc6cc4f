/** The size of a two-level counter, as this program would lay out what no patch has. */
import { ATOMIC_LONG, structBytes } from '../../kernel/counter-layout.ts';
import type { Bytes } from '../../units.ts';

const POINTER: Bytes = 8;
const INT: Bytes = 4;

/** The shared value, the cells, the middle values, and both batches; for each member, in the mm_struct. */
export const TWO_LEVEL_COUNTER: Bytes = structBytes([ATOMIC_LONG, POINTER, POINTER, INT, INT]);
