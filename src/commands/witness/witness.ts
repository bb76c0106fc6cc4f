/** A scheme's exact worst case, and the update stream that attains it. */

import { Finding } from '../../errors.ts';
import { SINGLE_PAGE_FAULTS } from '../../schemes/bound.ts';
import { formatScheme, type SchemeSpec, schemeOf } from '../../schemes/registry.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import { topologySha256 } from '../../topology/normal-form.ts';
import type { Topology } from '../../topology/topology.ts';
import { type Bytes, MIB, type PageSize, type Pages, pagesToBytes } from '../../units.ts';
import { RECORDED_FORMAT, type RecordedUpdate } from '../../update/record.ts';
import { type Direction, witnessStream } from './witness-stream.ts';

export interface WitnessRequest {
  readonly version: string;
  readonly spec: SchemeSpec;
  readonly direction: Direction;
  readonly topology: Topology;
  readonly pageSize: PageSize;
  /** The CPUs that the stream may use. */
  readonly cpus: CpuIds;
  readonly threads: number;
  /** Memory that the process may hold; null: what the machine's nodes have, or could address. */
  readonly memory: Bytes | null;
}

/** The first line of a witness file: what it attains, and on what. */
interface WitnessHeader {
  readonly format: typeof RECORDED_FORMAT;
  readonly witness: {
    readonly program: { readonly version: string };
    readonly scheme: string;
    readonly direction: Direction;
    /** The exact worst case that the stream reaches, pages. */
    readonly pages: Pages;
    readonly topology: string;
    readonly sha256: string;
    readonly used: { readonly cpus: number };
    readonly threads: number;
    readonly pageSize: PageSize;
  };
}

interface Witness {
  readonly header: WitnessHeader;
  records(): Iterable<RecordedUpdate>;
}

/** A bound that no stream can show: told with the bound and the reason. */
export class NoWitness extends Finding {
  override readonly name = 'NoWitness';
}

/** x86's widest physical address, 52 bits: no machine holds more. */
const MOST_ADDRESSABLE: Bytes = 2 ** 52;

function memoryOf({ memory, topology }: WitnessRequest): { bytes: Bytes; what: string } {
  if (memory !== null) return { bytes: memory, what: '--memory' };
  const described = topology.numaNodes.map((node) => node.memoryMiB);
  if (described.length > 0 && described.every((mib) => mib !== undefined)) {
    const mib = described.reduce<number>((sum, node) => sum + (node ?? 0), 0);
    return { bytes: mib * MIB, what: `the memory of ${topology.name}` };
  }
  return { bytes: MOST_ADDRESSABLE, what: 'what 52 address bits reach' };
}

/**
 * @throws NoWitness where the scheme cannot be off that way, or the stream would hold more memory
 *   than there is; InputError as treeShape().
 */
export function witnessOf(request: WitnessRequest): Witness {
  const { version, spec, direction, topology, pageSize, cpus, threads } = request;
  const name = formatScheme(spec);
  const scheme = schemeOf(spec);
  const bound = scheme.worstCase(spec, topology, { cpus, threads }, SINGLE_PAGE_FAULTS)[direction];
  if (bound === Number.POSITIVE_INFINITY) {
    throw new NoWitness(`${name} has no bound: a longer stream is always further off`);
  }
  const holding = scheme.holding(spec, topology, cpus, threads);
  const stream = witnessStream(holding, direction, pageSize, cpus, threads);
  if (stream === null || bound === 0) {
    throw new NoWitness(`${name} is never ${direction}: the exact worst case is 0 pages`);
  }
  const memory = memoryOf(request);
  const needed = pagesToBytes(stream.pages, pageSize);
  if (needed > memory.bytes) {
    throw new NoWitness(
      `the exact worst case of ${name} is ${bound} pages ${direction}, but no stream: it would hold ${stream.pages} pages at once (${needed} bytes), more than ${memory.what} (${memory.bytes} bytes)`,
    );
  }
  return {
    header: {
      format: RECORDED_FORMAT,
      witness: {
        program: { version },
        scheme: name,
        direction,
        pages: bound,
        topology: topology.name,
        sha256: topologySha256(topology),
        used: { cpus: cpus.length },
        threads,
        pageSize,
      },
    },
    records: () => stream.records(),
  };
}
