/** Pictures of results that have little to show: all is 0, or nothing is bounded; never a fault of the drawing. */
import { expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';

it.each([
  'compare --topology pu:2 --scheme atomic --operations 50',
  'compare --topology pu:2 --scheme atomic --operations 50 --series',
  'compare --topology pu:2 --scheme stash --operations 1 --series',
  'bound --cpus 2..8 --scheme atomic',
  'bound --cpus 2..8 --scheme stash',
  'watchdog --topology pu:2 --scheme atomic --operations 3000 --runs 1',
  'processes --topology pu:2 --scheme atomic --processes 2',
  'oom --model --topology pu:2 --scheme atomic --processes 3 --memory 3000 --runs 1',
  'sweep compare --topology pu:2 --scheme atomic --operations 50 --seed 1..2 --threads 1,2',
  'design --topology pu:2 --max-error 0',
])('are drawn: %s', async (line) => {
  const { code, stdout } = await runCli([...line.split(' '), '--format', 'svg']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^<svg /);
});
