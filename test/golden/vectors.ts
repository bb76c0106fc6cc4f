/** Reads the golden vectors: streams with every scheme's readings, made by the kernel's arithmetic. */
import { readFileSync } from 'node:fs';

export interface SchemeVector {
  readonly approx: readonly number[];
  readonly precise: readonly number[];
}

export interface StreamVector {
  readonly cpus: number;
  readonly nodes: number;
  readonly cpu: readonly number[];
  readonly thread: readonly number[];
  readonly node: readonly number[];
  readonly delta: readonly number[];
  readonly kind: readonly number[];
  readonly treeBatch: number;
  readonly percpu: SchemeVector & { final: { global: number; count: readonly number[] } };
  readonly pernuma: SchemeVector & { final: { global: number; numa: readonly number[] } };
  readonly perthread: SchemeVector & {
    final: { mm: number; count: readonly number[]; events: readonly number[] };
  };
  readonly tree: SchemeVector & {
    readonly under: number;
    readonly over: number;
    readonly exactUnder: number;
    readonly final: {
      readonly level0: readonly number[];
      readonly items: readonly (readonly number[])[];
      readonly itemsNoSkip: readonly (readonly number[])[];
    };
  };
}

export function readVector<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`vectors/${name}.json`, import.meta.url), 'utf8')) as T;
}
