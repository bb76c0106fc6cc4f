/** What a recording is, by its content; what other programs wrote is refused with the way out. */
import { describe, expect, it } from 'vitest';
import { recognise } from '../../../src/recorded/registry.ts';
import { eventsOf, pieces } from '../../support/trace-steps.ts';

const fault = (text: string) =>
  recognise(pieces(text, 100_000), 'file').then(
    ({ form }) => form,
    (error: Error) => error.message,
  );

describe('a recording of another program', () => {
  it.each([
    [
      'Perfetto as text',
      'packet {\n  ftrace_events {\n    cpu: 3\n  }\n}\n',
      /^file is Perfetto's trace as text: .* with traceconv systrace$/,
    ],
    ["Chrome's JSON", '{"traceEvents":[]}\n', /^file is a trace for Chrome's viewer/],
    [
      'perf data convert',
      '{\n\t"linux-perf-json-version": 1,\n',
      /^file is as perf data convert wrote it: print perf.data with perf script/,
    ],
    ["systrace's page", '<!DOCTYPE html>\n<html>\n', /^file is a page, as systrace wrote it/],
    // Of perf 6.1 on Linux 6.18.
    [
      'perf trace',
      '     0.053 ls/13902 kmem:rss_stat(mm_id: 2588263541, curr: 1, member: 1, size: 12288)\n',
      /^file is as perf trace prints it, without CPUs: .* perf script /,
    ],
    // Of Linux 6.18 and of trace-cmd 3.1.6.
    [
      "tracefs's option raw",
      '# tracer: nop\n#\n6315 0 6432014779043 type: 646\n',
      /^file has no fields: it was printed with the option raw or hex/,
    ],
    [
      'two machines, by trace-cmd',
      'u.dat: cpus=2\nt.dat: cpus=2\nt.dat:             bash-6319  [000]  6432.017200: rss_stat:\n',
      /^file holds the reports of several files/,
    ],
    ['binary', '\n\u0012\u0000\u0001', /^file is not text: expected recorded updates, or a trace/],
  ])('%s', async (_, text, message) => {
    expect(await fault(text)).toMatch(message);
  });
});

describe('a trace', () => {
  const event = (tool: string) =>
    `          worker-71    (   70) [003] .... 10.000001: rss_stat: ${tool}\n`;

  it('of Perfetto is read as ftrace, without a header too', async () => {
    const { form, events } = await eventsOf(event('size=409600 member=1 curr=1 mm_id=4242'));
    expect(form).toBe('ftrace');
    expect(events).toMatchObject([{ mmId: 4242, sizePages: 100, tid: 71, tgid: 70, cpu: 3 }]);
  });

  it('whose kernel prints no mm_id says so', async () => {
    await expect(eventsOf(event('member=1 size=4096B'))).rejects.toThrow(
      'file: line 1: rss_stat has no mm_id and curr: whose memory it is about cannot be told; kernels from 5.5 on print mm_id and curr',
    );
  });

  it('whose kernel prints other fields says so', async () => {
    const numa = event('mm_id=1 curr=0 type=MM_FILEPAGES type_size=4096B node=-1 diff_size=-4096B');
    await expect(eventsOf(numa)).rejects.toThrow('file: line 1: rss_stat has no size: the kernel');
  });

  it.each([['# tracer: nop'], ['cpus=2'], ['version = 7']])(
    'behind another one is refused: %s',
    async (beginning) => {
      const one = event('mm_id=1 curr=1 type=MM_ANONPAGES size=4096B');
      await expect(eventsOf(`${beginning}\n${one}${beginning}\n${one}`)).rejects.toThrow(
        'file: line 3: another trace begins here',
      );
    },
  );
});
