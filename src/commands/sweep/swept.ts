/** The commands that can be swept, a line each: how they are loaded, and what a report reads of their rows. */
import type * as z from 'zod';
import type { CommandSpec } from '../../cli/command.ts';
import type { Options } from '../../cli/options.ts';

interface Swept {
  readonly load: () => Promise<CommandSpec<Options>>;
  /** Words that every point begins with. */
  readonly words: readonly string[];
}

export const SWEPT: Readonly<Record<string, Swept>> = {
  compare: {
    load: async () => (await import('../compare/command.ts')).compareCommand,
    words: [],
  },
  processes: {
    load: async () => (await import('../processes/command.ts')).processesCommand,
    words: [],
  },
  oom: { load: async () => (await import('../oom/command.ts')).oomCommand, words: ['--model'] },
  watchdog: {
    load: async () => (await import('../watchdog/command.ts')).watchdogCommand,
    words: [],
  },
};

/** What the rows of a result are known by, and what is read of them where nobody says. */
interface Rows {
  readonly schema: () => Promise<z.ZodObject>;
  /** Columns that tell rows of one scheme apart. */
  readonly keys: readonly string[];
  readonly figure: string;
}

/** By the format of a result. */
export const ROWS: Readonly<Record<string, Rows>> = {
  'rss-err/compare@2': {
    schema: async () => (await import('../compare/result.ts')).comparison,
    keys: [],
    figure: 'clamped_under_pages',
  },
  'rss-err/compare-runs@2': {
    schema: async () => (await import('../compare/result.ts')).repeatedResult,
    keys: ['reading', 'figure'],
    figure: 'mean_pages',
  },
  'rss-err/processes@2': {
    schema: async () => (await import('../processes/result.ts')).processesResult,
    keys: ['quantity'],
    figure: 'clamped_under_pages',
  },
  'rss-err/oom-model@2': {
    schema: async () => (await import('../oom/model-result.ts')).modelResult,
    keys: ['selection'],
    figure: 'wrong_runs',
  },
  'rss-err/watchdog@2': {
    schema: async () => (await import('../watchdog/result.ts')).watchdogResult,
    keys: ['reads'],
    figure: 'most_unseen_pages',
  },
};
