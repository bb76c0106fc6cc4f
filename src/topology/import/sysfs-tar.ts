/** A copy of /sys/devices/system in a tar, plain or made small by gzip; nothing is written to disk. */
import { Parser } from 'tar/parse';
import type { ReadEntry } from 'tar/read-entry';
import { InputError, quote } from '../../errors.ts';
import { gunzipPieces } from '../../input/gunzip.ts';
import { type ArchivedTree, archivedTree } from './sysfs-archived.ts';
import {
  demandSmall,
  LARGEST_SYSFS_FILE,
  LARGEST_SYSFS_TREE,
  type SysfsTree,
} from './sysfs-tree.ts';

/** 60 files a CPU for 2,500 CPUs; an extended header takes the time of two. */
const MOST_ENTRIES = 150_000;

const LONGEST_PATH = 4096;

const CHUNK = 64 * 1024;

const isGzip = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

function* sliced(bytes: Uint8Array): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += CHUNK) {
    yield Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(CHUNK, bytes.length - at));
  }
}

/** The path without "./" and a slash at its end. @throws InputError where it leads out of the archive. */
function pathOf(entry: ReadEntry): string {
  const { path } = entry;
  const place = `entry ${quote(path)}`;
  if (path.length > LONGEST_PATH) throw new InputError(`${place}: a path that long is not read`);
  if (path.startsWith('/')) {
    throw new InputError(`${place}: the path is absolute; archive paths below a folder`);
  }
  const parts = path.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.includes('..')) throw new InputError(`${place}: the path leads out of the archive`);
  return parts.join('/');
}

/** Hands an entry to the tree: its bytes, if they are wanted, once they are there. */
function enter(entry: ReadEntry, tree: ArchivedTree): void {
  const path = pathOf(entry);
  if (!tree.wants(path)) {
    entry.resume();
    return;
  }
  switch (entry.type) {
    case 'File':
    case 'OldFile':
    case 'ContiguousFile': {
      demandSmall(entry.size, LARGEST_SYSFS_FILE, `entry ${quote(path)}`);
      const chunks: Buffer[] = [];
      entry.on('data', (chunk: Buffer) => void chunks.push(chunk));
      entry.on('end', () => tree.addFile(path, Buffer.concat(chunks)));
      return;
    }
    case 'Directory':
    case 'GNUDumpDir':
      tree.addFolder(path);
      break;
    default:
      tree.addLink(path);
  }
  entry.resume();
}

/** What the library finds wrong, in words. */
function damage(entries: number): InputError {
  return new InputError(
    entries === 0
      ? 'is no tar: expected an archive of /sys/devices/system'
      : `is not whole: the tar is cut off or damaged behind its entry number ${entries}`,
  );
}

/**
 * The tree in a tar, with or without gzip. Links are not followed; every other entry than a
 * topology's files is passed over.
 * @throws InputError where it is damaged, too large, holds no such tree or several, or paths that
 * lead out of it.
 */
export async function openSysfsTar(bytes: Uint8Array): Promise<SysfsTree> {
  const tree = archivedTree();
  let entries = 0;
  let headers = 0;
  let size = 0;
  let ended = false;
  const demandFew = () => {
    if (entries + 2 * headers <= MOST_ENTRIES) return;
    throw new InputError(`holds more than ${MOST_ENTRIES} entries: archive cpu/ and node/ alone`);
  };
  const parser = new Parser({
    strict: true,
    onReadEntry: (entry) => {
      entries += 1;
      demandFew();
      enter(entry, tree);
    },
  });
  parser.on('meta', () => {
    headers += 1;
    demandFew();
  });
  parser.on('error', () => {
    throw damage(entries);
  });
  // Two empty blocks end a tar; of a lone one GNU tar warns.
  parser.on('nullBlock', () => {
    ended = true;
  });
  for await (const chunk of isGzip(bytes) ? gunzipPieces(bytes) : sliced(bytes)) {
    // The library would expand it without our limits.
    if (size === 0 && isGzip(chunk)) throw new InputError('is compressed twice: expand it once');
    size += chunk.length;
    demandSmall(size, LARGEST_SYSFS_TREE, 'the tar');
    parser.write(chunk);
    if (ended) break;
  }
  if (!ended || entries === 0) throw damage(entries);
  return tree.open();
}
