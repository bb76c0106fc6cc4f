/** Compressed files where a text is read: called what they are, and left alone. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { runCli } from '../support/cli.ts';
import { temporaryFolder } from '../support/shell.ts';

const COMPRESSED: readonly (readonly [name: string, tool: string, bytes: Buffer])[] = [
  ['gzip', 'gzip -dc', gzipSync('{"thread":0,"cpu":0,"pages":1,"kind":"fault"}\n')],
  ['zstd', 'zstd -dc', Buffer.from('28b52ffd0441', 'hex')],
  ['xz', 'xz -dc', Buffer.from('fd377a585a00', 'hex')],
  ['bzip2', 'bzip2 -dc', Buffer.from('425a683931', 'hex')],
  ['zip', 'unzip -p', Buffer.from('504b030414', 'hex')],
];

const READERS: readonly (readonly string[])[] = [
  ['replay', 'file.ndjson'],
  ['replay', '--against', 'file.ndjson'],
  ['compare', '--like', 'file.ndjson'],
  ['compare', '--cost', '--latency', 'file.ndjson'],
  ['observe', '--from', 'file.ndjson'],
  ['oom', 'file.ndjson'],
  ['sweep', 'grid', '--grid', 'file.ndjson'],
  ['sweep', 'report', 'file.ndjson'],
  ['sweep', 'merge', 'file.ndjson', 'file.ndjson'],
  ['sweep', 'compare', '--seed', '1,2', '--output', 'file.ndjson', '--resume'],
  ['design', '--resume', 'file.ndjson'],
];

describe('a compressed file', () => {
  it.each(READERS)('is called so by %s %s %s %s', async (...words) => {
    const cwd = temporaryFolder();
    for (const [name, tool, bytes] of COMPRESSED) {
      writeFileSync(join(cwd, 'file.ndjson'), bytes);
      const { code, stdout, stderr } = await runCli(words, { cwd });
      expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
      expect(stderr).toContain(`file.ndjson is compressed with ${name}: expand it first (${tool})`);
      expect(readFileSync(join(cwd, 'file.ndjson'))).toEqual(bytes);
    }
  });
});
