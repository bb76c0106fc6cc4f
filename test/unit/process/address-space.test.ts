/** Faults, fork, exec, unmapping: the updates of each, counted by hand, page table by page table. */
import { describe, expect, it } from 'vitest';
import { MEMBER, MEMBERS } from '../../../src/kernel/rss-stat.ts';
import {
  type AddressSpace,
  copyAddressSpace,
  copyOnWrite,
  createAddressSpace,
  createExecSpace,
  exitMmap,
  mapRegion,
  type Region,
  swapIn,
  swapOut,
  touchPages,
  unmapRegion,
} from '../../../src/process/address-space.ts';
import { KIND } from '../../../src/update/kinds.ts';

const kindName = (kind: number) => Object.entries(KIND).find(([, value]) => value === kind)?.[0];

/** Updates as words, "bulk anon -512", in order. */
function recorder() {
  const said: string[] = [];
  const emit = (kind: number, member: number, pages: number) => {
    said.push(`${kindName(kind)} ${MEMBERS[member]} ${pages}`);
  };
  return { said, emit };
}

const silent = () => {};

/** What a region holds of a member. */
function pagesOfMember({ tables }: Region, member: number): number {
  return tables.reduce((sum, pages, at) => sum + (at % 4 === member ? pages : 0), 0);
}

/** A region that was mapped and touched. */
function touched(
  space: AddressSpace,
  id: number,
  backing: 'anon' | 'text' | 'data' | 'shmem',
  pages: number,
) {
  const region = mapRegion(space, id, backing, false);
  touchPages(space, region, pages, silent);
  return region;
}

describe('a fault', () => {
  it('of anonymous memory is one page each, over page tables', () => {
    const space = createAddressSpace(4096);
    const region = mapRegion(space, 1, 'anon', false);
    const { said, emit } = recorder();
    touchPages(space, region, 500, emit);
    touchPages(space, region, 600, emit);
    expect(said).toEqual(['fault anon 500', 'fault anon 600']);
    expect([1, 5, 9].map((at) => region.tables[at])).toEqual([512, 512, 76]);
  });

  it.each([
    [4096, ['faultAround file 10', 'faultAround file 6', 'faultAround file 14']],
    [16384, [4, 4, 2, 2, 4, 4, 4, 4, 2].map((n) => `faultAround file ${n}`)],
  ] as const)('of a file maps the rest of 64 KiB, of pages of %i bytes', (pageSize, expected) => {
    const space = createAddressSpace(pageSize);
    const region = mapRegion(space, 1, 'text', false);
    const { said, emit } = recorder();
    touchPages(space, region, 10, emit);
    touchPages(space, region, 20, emit);
    expect(said).toEqual(expected);
  });

  it('of shared memory counts on its own member', () => {
    const space = createAddressSpace(4096);
    const { said, emit } = recorder();
    touchPages(space, mapRegion(space, 1, 'shmem', false), 16, emit);
    expect(said).toEqual(['faultAround shmem 16']);
  });

  it('of a huge page is one add of a page table', () => {
    const space = createAddressSpace(65536);
    const { said, emit } = recorder();
    touchPages(space, mapRegion(space, 1, 'anon', true), 1, emit);
    expect(said).toEqual(['huge anon 8192']);
  });

  it('that writes to a file page moves it, if there is one', () => {
    const space = createAddressSpace(4096);
    const region = touched(space, 1, 'data', 3);
    const { said, emit } = recorder();
    copyOnWrite(region, 2, emit);
    copyOnWrite(region, 9, emit);
    expect(said).toEqual(new Array(3).fill(['fault file -1', 'eventless anon 1']).flat());
    expect([MEMBER.file, MEMBER.anon].map((member) => pagesOfMember(region, member))).toEqual([
      0, 3,
    ]);
  });

  it('brings back what reclaim took', () => {
    const space = createAddressSpace(4096);
    const region = touched(space, 1, 'anon', 5);
    const { said, emit } = recorder();
    swapOut(region, 2, emit);
    swapIn(region, 1, emit);
    expect(said).toEqual([
      ...new Array(2).fill(['remote anon -1', 'remote swap 1']).flat(),
      ...['fault anon 1', 'eventless swap -1'],
    ]);
    expect([MEMBER.anon, MEMBER.swap].map((member) => pagesOfMember(region, member))).toEqual([
      4, 1,
    ]);
  });
});

describe('an unmap', () => {
  it('adds once for each page table, and for each member in it', () => {
    const space = createAddressSpace(4096);
    copyOnWrite(touched(space, 1, 'data', 600), 100, silent);
    const { said, emit } = recorder();
    unmapRegion(space, 1, emit);
    expect(said).toEqual(['bulk file -412', 'bulk anon -100', 'bulk file -88']);
    expect(space.regions.size).toBe(0);
  });

  it('of a huge page syncs no thread', () => {
    const space = createAddressSpace(4096);
    touchPages(space, mapRegion(space, 1, 'anon', true), 1, silent);
    const { said, emit } = recorder();
    unmapRegion(space, 1, emit);
    expect(said).toEqual(['remote anon -512']);
  });

  it('at the end of an mm is another context: no thread of it is left', () => {
    const space = createAddressSpace(4096);
    touched(space, 1, 'text', 20);
    swapOut(touched(space, 2, 'anon', 513), 1, silent);
    const { said, emit } = recorder();
    exitMmap(space, emit);
    expect(said).toEqual([
      'remote file -20',
      'remote anon -511',
      'remote swap -1',
      'remote anon -1',
    ]);
  });
});

describe('fork', () => {
  it('copies page tables of anonymous memory to the child, an add each', () => {
    const parent = createAddressSpace(4096);
    touched(parent, 1, 'anon', 1500);
    const { said, emit } = recorder();
    const child = copyAddressSpace(parent, emit);
    expect(said).toEqual(['remote anon 512', 'remote anon 512', 'remote anon 476']);
    exitMmap(child, silent);
    expect(pagesOfMember(parent.regions.get(1)!, MEMBER.anon)).toBe(1500);
  });

  it('copies file pages and swap entries of a mapping that has anonymous pages', () => {
    const parent = createAddressSpace(4096);
    const data = touched(parent, 1, 'data', 16);
    copyOnWrite(data, 5, silent);
    swapOut(data, 2, silent);
    const { said, emit } = recorder();
    copyAddressSpace(parent, emit);
    expect(said).toEqual(['remote file 11', 'remote anon 3', 'remote swap 2']);
  });

  it("leaves text, unwritten data and shared memory to the child's own faults", () => {
    const parent = createAddressSpace(4096);
    touched(parent, 1, 'text', 100);
    touched(parent, 2, 'data', 100);
    touched(parent, 3, 'shmem', 100);
    const { said, emit } = recorder();
    const child = copyAddressSpace(parent, emit);
    expect(said).toEqual([]);
    touchPages(child, child.regions.get(1)!, 16, emit);
    expect(said).toEqual(['faultAround file 16']);
    expect(pagesOfMember(parent.regions.get(1)!, MEMBER.file)).toBe(100);
  });
});

describe('exec', () => {
  it('writes the new stack page by page, from outside', () => {
    const { said, emit } = recorder();
    const space = createExecSpace(4096, 3, emit);
    expect(said).toEqual(['remote anon 1', 'remote anon 1', 'remote anon 1']);
    exitMmap(space, emit);
    expect(said.slice(3)).toEqual(['remote anon -3']);
  });
});
