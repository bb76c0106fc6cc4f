/** Observations as they come: a line a reading for people or as CSV, the lines of the record as NDJSON. */
import { stringify } from 'csv-stringify/sync';
import { InputError } from '../../errors.ts';
import {
  chooseUnit,
  formatInterval,
  formatMagnitude,
  type Scale,
  type UnitChoice,
} from '../../render/amounts.ts';
import { printable } from '../../render/words.ts';
import { errorOf, leastMagnitude } from './observation.ts';
import { type Head, observedText, type Reading } from './record.ts';
import type { LookedRound } from './rounds.ts';

/** What each round is written as. */
export interface RoundLines {
  readonly head: string;
  of(looked: LookedRound): string;
}

const CSV_COLUMNS = [
  ...['seconds', 'pid', 'command', 'threads', 'approximate_before_pages', 'precise_pages'],
  ...['approximate_behind_pages', 'error_low_pages', 'error_high_pages', 'faulted'],
];

function csvCells(seconds: number, reading: Reading): (string | number)[] {
  const { pid, command, threads, approximate, precise, faulted } = reading;
  const error = errorOf(reading);
  return [
    ...[seconds, pid, command, threads, approximate.before, precise ?? '', approximate.behind],
    ...[error?.low ?? '', error?.high ?? '', `${faulted}`],
  ];
}

/** `replay --readings` has the same formats. @throws InputError for a format that has no lines. */
export function readingsLines(format: string, head: Head): RoundLines {
  switch (format) {
    case 'table':
    case 'csv':
      return {
        head: stringify([CSV_COLUMNS]),
        of: ({ round, readings }) =>
          stringify(readings.map((reading) => csvCells(round.seconds, reading))),
      };
    case 'ndjson':
      return recordLines(head);
    default:
      throw new InputError(`--format ${format}: --readings are csv or ndjson`);
  }
}

export function recordLines(head: Head): RoundLines {
  return {
    head: observedText(head),
    of: ({ round, readings }) => [round, ...readings].map(observedText).join(''),
  };
}

/** For people: a line a process, of all processes only the one with the largest error that is sure. */
export function peopleLines({ all, topology }: Head, unit: UnitChoice): RoundLines {
  const { pageSize } = topology;
  const scale: Scale = { unit: chooseUnit(unit, 0, pageSize), pageSize };
  const cells = (texts: readonly string[]) =>
    `${texts.map((text, i) => text.padStart(WIDTHS[i]!)).join('  ')}\n`;
  const head = ['seconds', 'pid', 'reads', 'resident', 'error', 'command'];
  return {
    head: `${cells(head).trimEnd()}\n`,
    of({ round, readings }) {
      const shown = all ? readings.toSorted(byError).slice(0, 1) : readings;
      return shown
        .map((reading) => {
          const { pid, approximate, precise, faulted, command } = reading;
          const error = errorOf(reading);
          return cells([
            ...[round.seconds.toFixed(3), `${pid}`],
            formatMagnitude(approximate.behind, scale),
            precise === null ? '-' : formatMagnitude(precise, scale),
            error === null ? '-' : `${faulted ? '~' : ''}${formatInterval(error, scale)}`,
            printable(command),
          ]);
        })
        .join('');
    },
  };
}

const WIDTHS = [8, 7, 10, 10, 12, 0];

const sureError = (reading: Reading) => {
  const error = errorOf(reading);
  return error === null ? 0 : leastMagnitude(error);
};

const byError = (a: Reading, b: Reading) => sureError(b) - sureError(a) || a.pid - b.pid;
