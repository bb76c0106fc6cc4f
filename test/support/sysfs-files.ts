/** Trees of /sys/devices/system for tests: as files, in memory, on disk and in a tar. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Header, type HeaderData } from 'tar/header';
import type { SysfsTree } from '../../src/topology/import/sysfs-tree.ts';

/** Texts by their path below …/system: "cpu/possible". A path that ends in a slash is a folder. */
export type SysfsFiles = Readonly<Record<string, string>>;

/** The tree in memory: what the importer sees of it. */
export function memoryTree(files: SysfsFiles): SysfsTree {
  return {
    read: (path) => files[path] ?? null,
    list: (path) => [
      ...new Set(
        Object.keys(files)
          .filter((file) => file.startsWith(`${path}/`))
          .map((file) => file.slice(path.length + 1).split('/')[0] ?? ''),
      ),
    ],
  };
}

/** The tree as files below a folder. */
export function writeTree(folder: string, files: SysfsFiles): void {
  for (const [path, text] of Object.entries(files)) {
    const full = join(folder, path);
    mkdirSync(path.endsWith('/') ? full : dirname(full), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(full, text);
  }
}

const BLOCK = 512;

/** One entry of a tar: its header, and its bytes in whole blocks. */
export function tarEntry(header: HeaderData & { readonly path: string }, text = ''): Buffer {
  const bytes = Buffer.from(text);
  const block = Buffer.alloc(BLOCK);
  const mode = header.type === 'Directory' ? 0o755 : 0o644;
  new Header({ type: 'File', mode, uid: 0, gid: 0, size: bytes.length, ...header }).encode(block);
  const padding = Buffer.alloc((BLOCK - (bytes.length % BLOCK)) % BLOCK);
  return Buffer.concat([block, bytes, padding]);
}

/** The entries as one tar, with the two empty blocks at its end. */
export function tarOf(entries: readonly Buffer[]): Buffer {
  return Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)]);
}

/** The tree as a tar below a folder ("sys/devices/system/"). */
export function tarOfFiles(files: SysfsFiles, folder = ''): Buffer {
  return tarOf(
    Object.entries(files).map(([path, text]) =>
      path.endsWith('/')
        ? tarEntry({ path: folder + path, type: 'Directory' })
        : tarEntry({ path: folder + path }, text),
    ),
  );
}
