/** A machine whose NUMA nodes are not described: counted as one node, and never said to have one. */
import { parse as parseCsv } from 'csv-parse/sync';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { machineText } from '../support/refusal.ts';

const cpus = { possible: '0-63' };
const without = machineText({ cpus, numaNodes: undefined });
const withOne = machineText({ cpus, numaNodes: [{ id: 0, cpus: '0-63' }] });

const FEW = ['--operations', '3000'];

async function jsonOf(args: readonly string[], stdin: string) {
  const { stdout } = await runCli([...args, '--format', 'json'], { stdin });
  return JSON.parse(stdout);
}

describe('a machine without described NUMA nodes', () => {
  it('has the errors and bounds of one node, as a kernel without NUMA', async () => {
    const args = ['compare', '--topology', '-', ...FEW];
    const [one, none] = [await jsonOf(args, withOne), await jsonOf(args, without)];
    expect(none.schemes).toEqual(one.schemes);
    expect(one.schemes.map(({ name }: { name: string }) => name)).toContain('per-numa');
    const bounds = ['bound', '--topology', '-'];
    const [boundOne, boundNone] = [await jsonOf(bounds, withOne), await jsonOf(bounds, without)];
    const undescribed = ({ ...scheme }: object) => ({ ...scheme, numaNodes: null });
    expect(boundNone.schemes).toEqual(boundOne.schemes.map(undescribed));
    const perNuma = boundNone.schemes.find(({ name }: { name: string }) => name === 'per-numa');
    expect(perNuma.stated).toMatchObject({ under: 32, over: 32 });
  });

  it('is not said to have one in JSON, CSV or text', async () => {
    const args = ['compare', '--topology', '-', ...FEW];
    const { topology, used } = await jsonOf(args, without);
    expect([topology.numaNodes, used.numaNodes]).toEqual([null, null]);
    const { schemes } = await jsonOf(['bound', '--topology', '-'], without);
    expect(schemes[0].numaNodes).toBeNull();
    for (const command of [args, ['bound', '--topology', '-']]) {
      const { stdout } = await runCli([...command, '--format', 'csv'], { stdin: without });
      const [record]: Record<string, string>[] = parseCsv(stdout, { columns: true });
      expect(record?.numa_nodes).toBe('');
      const text = await runCli(command, { stdin: without });
      expect(text.stdout.replaceAll(/\s+/g, ' ')).toContain('NUMA nodes not described');
    }
  });

  it('is shown without any', async () => {
    const { stdout } = await runCli(['topology', 'show', '-'], { stdin: without });
    expect(stdout).toMatch(/^NUMA nodes +not described$/m);
    const shown = await jsonOf(['topology', 'show', '-'], without);
    expect(shown).not.toHaveProperty('numaNodes');
  });

  it.each([
    [
      ['bound', '--topology', '-', '--used', 'node:0'],
      'rss-err: --used node:0: m describes no NUMA nodes (see rss-err bound --help)\n',
    ],
    [
      ['compare', '--topology', '-', '--policy', 'local', '--local-to', 'node'],
      'rss-err: local migration: m describes no node for 64 of the CPUs that threads run on: try --local-to cache (see rss-err compare --help)\n',
    ],
  ])('has no CPUs of a node: %j', async (args, stderr) => {
    const { code, stderr: said } = await runCli(args, { stdin: without });
    expect({ code, said }).toEqual({ code: 2, said: stderr });
  });

  it('has no memory that a witness could not hold', async () => {
    const args = ['witness', '--scheme', 'per-cpu', '--topology', '-'];
    const { code, stdout } = await runCli(args, { stdin: without });
    expect(code).toBe(0);
    expect(JSON.parse(stdout.slice(0, stdout.indexOf('\n'))).witness.pages).toBe(127 * 64);
  });
});
