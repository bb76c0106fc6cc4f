import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { describeSysfs } from '../../../../src/topology/import/sysfs.ts';
import { openSysfsDirectory } from '../../../../src/topology/import/sysfs-directory.ts';
import { temporaryFolder } from '../../../support/shell.ts';
import { writeTree } from '../../../support/sysfs-files.ts';

const FILES = {
  'cpu/possible': '0-3\n',
  'cpu/present': '0-3\n',
  'cpu/online': '0-3\n',
  'node/node0/cpulist': '0-3\n',
};

/** A folder with the tree below it. */
function folderWith(below: string): string {
  const folder = temporaryFolder();
  writeTree(join(folder, below), FILES);
  return folder;
}

describe('a directory', () => {
  it.each(['', 'devices/system', 'sys/devices/system'])('is read with the tree in %j', (below) => {
    const tree = openSysfsDirectory(folderWith(below));
    expect(tree.read('cpu/possible')).toBe('0-3\n');
    expect([...tree.list('cpu')].sort()).toEqual(['online', 'possible', 'present']);
    expect(tree.read('cpu/kernel_max')).toBeNull();
    expect(tree.read('cpu/cpu0/topology/core_id')).toBeNull();
    expect(tree.list('node/node7')).toEqual([]);
    expect(describeSysfs(tree).online).toEqual(Int32Array.of(0, 1, 2, 3));
  });

  it('of long lists is read whole', () => {
    const folder = folderWith('');
    const list = Array.from({ length: 20_000 }, (_, i) => i * 2).join(',');
    writeFileSync(join(folder, 'cpu/possible'), list);
    expect(openSysfsDirectory(folder).read('cpu/possible')).toBe(list);
  });

  it('without cpu/ is refused, and one that is not there', () => {
    expect(() => openSysfsDirectory(temporaryFolder({ 'a.txt': 'a' }))).toThrow(
      'there is no cpu/ in it: expected a copy of /sys/devices/system, or a directory that holds sys/devices/system',
    );
    expect(() => openSysfsDirectory('nowhere')).toThrow('no such file');
  });

  it('has its links within it followed', () => {
    const folder = folderWith('');
    symlinkSync('possible', join(folder, 'cpu/kernel_max'));
    symlinkSync('../node/node0', join(folder, 'cpu/node'));
    const tree = openSysfsDirectory(folder);
    expect(tree.read('cpu/kernel_max')).toBe('0-3\n');
    expect(tree.read('cpu/node/cpulist')).toBe('0-3\n');
  });

  it('is followed by no link out of it', () => {
    const outside = temporaryFolder({ secret: '0-3\n' });
    const folder = folderWith('');
    symlinkSync(join(outside, 'secret'), join(folder, 'cpu/kernel_max'));
    symlinkSync(outside, join(folder, 'cpu/cpu0'));
    symlinkSync(`${folder}-beside`, join(folder, 'cpu/cpu1'));
    writeTree(`${folder}-beside`, { x: '1' });
    const tree = openSysfsDirectory(folder);
    const fault = 'leads out of the directory by a link, which is not followed';
    expect(() => tree.read('cpu/kernel_max')).toThrow(`cpu/kernel_max: ${fault}`);
    expect(() => tree.read('cpu/cpu0/secret')).toThrow(`cpu/cpu0: ${fault}`);
    expect(() => tree.list('cpu/cpu0')).toThrow(`cpu/cpu0: ${fault}`);
    expect(() => tree.read('cpu/cpu1/x')).toThrow(`cpu/cpu1: ${fault}`);
  });

  it('whose tree is reached by a link out of it is refused', () => {
    const folder = temporaryFolder();
    symlinkSync(folderWith('devices/system'), join(folder, 'sys'));
    expect(() => openSysfsDirectory(folder)).toThrow('leads out of the directory by a link');
  });

  it('waits for no FIFO and reads no device or folder in place of a file', () => {
    const folder = folderWith('');
    execFileSync('mkfifo', [join(folder, 'cpu/kernel_max')]);
    mkdirSync(join(folder, 'cpu/modalias'));
    const tree = openSysfsDirectory(folder);
    expect(() => tree.read('cpu/kernel_max')).toThrow('cpu/kernel_max: is no regular file');
    expect(() => tree.read('cpu/modalias')).toThrow('cpu/modalias: is no regular file');
  });

  it('with a file beyond 4 MiB, or one that may not be read, is refused', () => {
    const folder = folderWith('');
    writeFileSync(join(folder, 'cpu/possible'), Buffer.alloc(4 * 1024 * 1024 + 1, '1'));
    const tree = openSysfsDirectory(folder);
    expect(() => tree.read('cpu/possible')).toThrow('cpu/possible: larger than 4 MiB');
    chmodSync(join(folder, 'cpu/present'), 0);
    if (process.getuid?.() !== 0) {
      expect(() => tree.read('cpu/present')).toThrow('cpu/present: permission denied');
    }
  });
});

describe('the running system', () => {
  it('is read from its own files', () => {
    const { online, present, possible } = describeSysfs(openSysfsDirectory('/sys/devices/system'));
    const all = execFileSync('getconf', ['_NPROCESSORS_CONF'], { encoding: 'utf8' });
    expect(present?.length).toBe(Number(all));
    expect(online.length).toBeLessThanOrEqual(Number(all));
    expect(possible?.length).toBeGreaterThanOrEqual(Number(all));
  });
});
