/**
 * Two processes between which the OOM killer chooses wrong, at the largest difference at which it can: the
 * older truly has more, both read the same, and of equals the killer takes the later one.
 */
import { pagesPerPageTable } from '../../kernel/page-table.ts';
import { isBounded, SINGLE_PAGE_FAULTS, safeDifference } from '../../schemes/bound.ts';
import { formatScheme, schemeOf } from '../../schemes/registry.ts';
import type { Holding } from '../../schemes/scheme.ts';
import type { CpuIds } from '../../topology/cpulist.ts';
import { topologySha256 } from '../../topology/normal-form.ts';
import type { PageSize, Pages } from '../../units.ts';
import { RECORDED_FORMAT, type RecordedUpdate } from '../../update/record.ts';
import { NoWitness, type WitnessRequest } from './witness.ts';
import { record, unmap, type WitnessStream, witnessStream } from './witness-stream.ts';

/** The two processes' ids in the stream, in order of creation. */
export const ELDER = 1;
export const YOUNGER = 2;

interface OomWitness {
  /** What both read at the end, pages. */
  readonly reading: Pages;
  records(): Iterable<RecordedUpdate>;
}

/** Updates that read exactly so many pages at the end, of which the younger process is made. */
function youngerStream(
  holding: Holding,
  pageSize: PageSize,
  cpus: CpuIds,
  reading: Pages,
  over: WitnessStream | null,
): Iterable<RecordedUpdate> {
  if (over !== null) return over.records();
  if (holding.kind !== 'threads') return [record('fault', cpus[0]!, reading)];
  // An unmap syncs its thread first and then passes by its cache.
  return [
    record('fault', cpus[0]!, reading + 1),
    ...unmap(cpus[0]!, 1, pagesPerPageTable(pageSize)),
  ];
}

/**
 * What both read: the stream of the high side at its end, what each thread of the elder has synced, or one
 * carry out of a tree's topmost items.
 */
function commonReading(holding: Holding, under: WitnessStream, over: WitnessStream | null): Pages {
  if (over !== null) return over.reading;
  return holding.kind === 'tree' ? (holding.shape.levelBatches.at(-1) ?? 0) : under.reading;
}

/**
 * The elder maps what both read, in steps that leave nothing held back, and then as the witness of the
 * low side; the younger as that of the high side, or what reads exactly. Null where no choice can be
 * reversed but that of equals.
 */
function oomWitness(
  holding: Holding,
  pageSize: PageSize,
  cpus: CpuIds,
  threads: number,
): OomWitness | null {
  const under = witnessStream(holding, 'under', pageSize, cpus, threads);
  if (under === null || under.pages === 0) return null;
  const over = witnessStream(holding, 'over', pageSize, cpus, 1);
  const reading = commonReading(holding, under, over);
  if (reading === 0) return null;
  return {
    reading,
    *records() {
      // What the witness itself has read at its end comes on top.
      if (reading > under.reading) {
        yield { ...record('fault', cpus[0]!, reading - under.reading), mm: ELDER };
      }
      for (const update of under.records()) yield { ...update, mm: ELDER };
      for (const update of youngerStream(holding, pageSize, cpus, reading, over)) {
        yield { ...update, mm: YOUNGER };
      }
    },
  };
}

/** @throws NoWitness where nothing but the age of equals reverses a choice; InputError as witnessOf(). */
export function oomWitnessOf(request: WitnessRequest) {
  const { version, spec, topology, pageSize, cpus, threads } = request;
  const scheme = formatScheme(spec);
  const facts = schemeOf(spec);
  const bound = facts.worstCase(spec, topology, { cpus, threads }, SINGLE_PAGE_FAULTS);
  if (!isBounded(bound)) throw new NoWitness(`${scheme} has no bound: no difference is safe`);
  const witness = oomWitness(facts.holding(spec, topology, cpus, threads), pageSize, cpus, threads);
  if (witness === null) {
    throw new NoWitness(`${scheme}: no error reverses a choice; of two equals the later dies`);
  }
  const difference = safeDifference(bound) - 1;
  return {
    header: {
      format: RECORDED_FORMAT,
      oom: {
        program: { version },
        scheme,
        elder: ELDER,
        younger: YOUNGER,
        /** What the elder truly has beyond the younger, which dies all the same. */
        pages: difference,
        reading: witness.reading,
        topology: topology.name,
        sha256: topologySha256(topology),
        used: { cpus: cpus.length },
        threads,
        pageSize,
      },
    },
    records: () => witness.records(),
  };
}
