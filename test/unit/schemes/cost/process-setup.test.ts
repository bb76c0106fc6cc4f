/** What a process's counters cost to make, against counts worked out by hand. */
import { describe, expect, it } from 'vitest';
import { allocationsOf } from '../../../../src/commands/compare/run-cost.ts';
import { denseMachine } from '../../../../src/schemes/bound.ts';
import { initialisedLines } from '../../../../src/schemes/cost.ts';
import { parseScheme, schemeOf } from '../../../../src/schemes/registry.ts';
import { flatMachine } from '../../../support/machines.ts';

const threads = 5;

describe('the counters of a process of 5 threads on 250 CPUs', () => {
  it.each([
    // 4 × 8 bytes.
    ['atomic', 1],
    // The same, and 20 bytes a task.
    ['per-thread', 1 + 5],
    // 4 × 40 bytes, and 16 bytes on each CPU.
    ['per-cpu', 3 + 250],
    // 4 × 33 × 8 bytes.
    ['per-numa', 17],
    // 4 × 48 bytes, 16 bytes on each CPU, 4 × 37 items.
    ['tree', 3 + 250 + 148],
    ['tree:version=17', 4 + 250 + 148],
    ['tree:version=2', 4 + 250 + 4 * 255],
  ])('take %s at least %i lines', (name, lines) => {
    const spec = parseScheme(name);
    const memory = schemeOf(spec).memory(spec, denseMachine(250, 2), threads);
    expect(initialisedLines(memory, 250, threads)).toBe(lines);
  });

  it.each([
    ['atomic', 0, 0],
    ['per-thread', 0, 0],
    ['per-cpu', 1, 0],
    ['per-numa', 0, 0],
    ['tree:version=2', 4, 4],
    ['tree', 4, 4],
    ['tree:version=17', 1, 0],
  ])('take %s %i per-CPU and %i slab allocations', (name, perCpu, slab) => {
    const spec = parseScheme(name);
    expect(allocationsOf(spec, flatMachine(250))).toEqual({ perCpu, slab });
  });

  it('of a tree on one CPU take no slab allocation', () => {
    const spec = parseScheme('tree');
    expect(allocationsOf(spec, flatMachine(1))).toEqual({ perCpu: 4, slab: 0 });
  });

  it('take a process without threads no line of a task', () => {
    const spec = parseScheme('per-thread');
    const memory = schemeOf(spec).memory(spec, denseMachine(1, 1), 0);
    expect(initialisedLines(memory, 1, 0)).toBe(1);
  });
});

describe('one precise sum', () => {
  it.each([
    ['atomic', { reads: 1, locks: 0 }],
    ['per-thread', null],
    ['per-cpu', { reads: 9, locks: 1 }],
    ['per-numa', { reads: 33, locks: 0 }],
    ['tree', { reads: 8, locks: 0 }],
  ])('of %s on 8 CPUs', (name, cost) => {
    const spec = parseScheme(name);
    expect(schemeOf(spec).preciseSum(spec, flatMachine(8, 2))).toEqual(cost);
  });
});
