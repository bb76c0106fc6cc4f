/** --format of the commands that tell of machines, and their JSON. */
import type { Command } from 'commander';
import { choice } from '../../cli/values.ts';

export const TOPOLOGY_FORMATS = ['text', 'json'] as const;

export interface TopologyFlags {
  readonly format: (typeof TOPOLOGY_FORMATS)[number];
}

export function withTopologyFormat(command: Command): Command {
  return command.option(
    '--format <name>',
    `output: ${TOPOLOGY_FORMATS.join(', ')}`,
    choice('--format', TOPOLOGY_FORMATS),
    'text',
  );
}

export function asJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
