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
import type { Pages } from '../../units.ts';
import { below } from '../random.ts';
import { createMappingList, type MappingList } from './mapping-list.ts';
import { drawMapping, type MappingSizes, type MemoryPattern, pagesOf } from './pattern.ts';

/** What the four have in common: the mappings that are held, and the operation they make. */
abstract class HeldPattern implements MemoryPattern {
  first = 0;
  count: number;
  huge = false;
  protected readonly mappings: MappingSizes;
  protected readonly list: MappingList = createMappingList();
  protected held: Pages = 0;

  constructor(mappings: MappingSizes, threads: number) {
    this.mappings = mappings;
    this.count = threads;
  }

  abstract next(): Pages;

  protected map(): Pages {
    const mapping = drawMapping(this.mappings);
    this.list.push(mapping);
    return this.move(mapping, 1);
  }

  protected unmap(mapping: number): Pages {
    return this.move(mapping, -1);
  }

  private move(mapping: number, sign: 1 | -1): Pages {
    this.huge = mapping < 0;
    const pages = sign * pagesOf(mapping);
    this.held += pages;
    return pages;
  }
}

export class SteadyPattern extends HeldPattern {
  private readonly target: Pages;

  constructor(mappings: MappingSizes, threads: number, target: Pages) {
    super(mappings, threads);
    this.target = target;
  }

  next(): Pages {
    if (this.held < this.target) return this.map();
    const { list, mappings } = this;
    return this.unmap(list.takeAt(below(mappings.random, list.length)));
  }
}

export class SawtoothPattern extends HeldPattern {
  private readonly target: Pages;
  private rising = true;

  constructor(mappings: MappingSizes, threads: number, target: Pages) {
    super(mappings, threads);
    this.target = target;
  }

  next(): Pages {
    const pages = this.rising ? this.map() : this.unmap(this.list.takeAt(this.list.length - 1));
    this.rising = this.rising ? this.held < this.target : this.held === 0;
    return pages;
  }
}

export class HandoffPattern extends HeldPattern {
  private readonly target: Pages;
  private readonly threads: number;
  private readonly producers: number;

  constructor(mappings: MappingSizes, threads: number, target: Pages) {
    const producers = Math.ceil(threads / 2);
    super(mappings, producers);
    this.target = target;
    this.threads = threads;
    this.producers = producers;
  }

  next(): Pages {
    const pages = this.first === 0 ? this.map() : this.unmap(this.list.takeOldest());
    const mapNext = this.held < this.target;
    this.first = mapNext ? 0 : this.producers;
    this.count = mapNext ? this.producers : this.threads - this.producers;
    return pages;
  }
}

export class GrowPattern extends HeldPattern {
  next(): Pages {
    return this.map();
  }
}
