/** A growing list of mappings: pages of each, negative for a huge page. */
export interface MappingList {
  readonly length: number;
  push(mapping: number): void;
  /** Takes out the mapping at a place; the last one moves there. */
  takeAt(place: number): number;
  /** Takes out the oldest mapping. Not to be mixed with takeAt(). */
  takeOldest(): number;
}

export function createMappingList(): MappingList {
  let mappings = new Int32Array(1024);
  let oldest = 0;
  let length = 0;

  /** A full ring is laid out anew in twice the room. */
  function grow(): void {
    const larger = new Int32Array(2 * mappings.length);
    larger.set(mappings.subarray(oldest));
    larger.set(mappings.subarray(0, oldest), mappings.length - oldest);
    mappings = larger;
    oldest = 0;
  }

  return {
    get length() {
      return length;
    },
    push(mapping) {
      if (length === mappings.length) grow();
      mappings[(oldest + length) & (mappings.length - 1)] = mapping;
      length += 1;
    },
    takeAt(place) {
      const mask = mappings.length - 1;
      const at = (oldest + place) & mask;
      const mapping = mappings[at]!;
      length -= 1;
      mappings[at] = mappings[(oldest + length) & mask]!;
      return mapping;
    },
    takeOldest() {
      const mapping = mappings[oldest]!;
      oldest = (oldest + 1) & (mappings.length - 1);
      length -= 1;
      return mapping;
    },
  };
}
