/**
 * Patterns that hold a list of mappings near a target. They differ in when they map, and in which
 * mapping they unmap:
 *
 * - steady maps below the target and otherwise unmaps a uniformly drawn mapping;
 * - sawtooth maps up to the target, then unmaps everything, newest first, and begins again;
 * - handoff maps below the target in one half of the threads (the first, larger half) and
 *   otherwise unmaps the oldest mapping in the other half;
 * - grow has no target and never unmaps.
 *
 * Draws: steady the mapping to unmap; all of them a new mapping's size.
 */
import type { Pages } from '../../units/pages.ts';
import { below, type RandomState } from '../random.ts';
import { createMappingList } from './mapping-list.ts';
import type { DrawMapping, MemoryPattern } from './pattern.ts';

function pagesOf(mapping: number): Pages {
  return mapping < 0 ? -mapping : mapping;
}

export function steadyPattern(
  random: RandomState,
  threads: number,
  target: Pages,
  drawMapping: DrawMapping,
): MemoryPattern {
  const mappings = createMappingList();
  let held = 0;
  const pattern: MemoryPattern = {
    first: 0,
    count: threads,
    huge: false,
    next() {
      const map = held < target;
      const mapping = map ? drawMapping() : mappings.takeAt(below(random, mappings.length));
      if (map) mappings.push(mapping);
      pattern.huge = mapping < 0;
      const pages = map ? pagesOf(mapping) : -pagesOf(mapping);
      held += pages;
      return pages;
    },
  };
  return pattern;
}

export function sawtoothPattern(
  threads: number,
  target: Pages,
  drawMapping: DrawMapping,
): MemoryPattern {
  const mappings = createMappingList();
  let held = 0;
  let rising = true;
  const pattern: MemoryPattern = {
    first: 0,
    count: threads,
    huge: false,
    next() {
      const mapping = rising ? drawMapping() : mappings.takeAt(mappings.length - 1);
      if (rising) mappings.push(mapping);
      pattern.huge = mapping < 0;
      const pages = rising ? pagesOf(mapping) : -pagesOf(mapping);
      held += pages;
      rising = rising ? held < target : held === 0;
      return pages;
    },
  };
  return pattern;
}

export function handoffPattern(
  threads: number,
  target: Pages,
  drawMapping: DrawMapping,
): MemoryPattern {
  const mappings = createMappingList();
  const producers = Math.ceil(threads / 2);
  let held = 0;
  const pattern: MemoryPattern = {
    first: 0,
    count: producers,
    huge: false,
    next() {
      const map = pattern.first === 0;
      const mapping = map ? drawMapping() : mappings.takeOldest();
      if (map) mappings.push(mapping);
      pattern.huge = mapping < 0;
      const pages = map ? pagesOf(mapping) : -pagesOf(mapping);
      held += pages;
      const mapNext = held < target;
      pattern.first = mapNext ? 0 : producers;
      pattern.count = mapNext ? producers : threads - producers;
      return pages;
    },
  };
  return pattern;
}

export function growPattern(threads: number, drawMapping: DrawMapping): MemoryPattern {
  const pattern: MemoryPattern = {
    first: 0,
    count: threads,
    huge: false,
    next() {
      const mapping = drawMapping();
      pattern.huge = mapping < 0;
      return pagesOf(mapping);
    },
  };
  return pattern;
}
