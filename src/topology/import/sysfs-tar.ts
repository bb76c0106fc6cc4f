/** A copy of /sys/devices/system in a tar, plain or made small by gzip; nothing is written to disk. */

import { Parser } from 'tar/parse';
import type { ReadEntry } from 'tar/read-entry';
import { InputError, quote } from '../../errors.ts';
import { gunzipPieces } from '../../input/gunzip.ts';
import {
  demandSmall,
  LARGEST_SYSFS_FILE,
  LARGEST_SYSFS_TREE,
  type SysfsTree,
  sysfsText,
} from './sysfs-tree.ts';

/** The most that distinct files may take together, in bytes; most files of a machine are alike. */
const LARGEST_KEPT = 64 * 1024 * 1024;

/** What describeSysfs() asks for, in a copy of …/system in whatever folder. */
const WANTED =
  /^(?:(.*)\/)?(cpu\/(?:possible|present|online|cpu\d{1,7}(?:\/(?:online|topology|topology\/\w+|cache|cache\/index\d|cache\/index\d\/\w+))?)|node\/node\d{1,7}(?:\/(?:cpulist|cpumap|distance|meminfo|cpu\d{1,7}))?)$/;

type Entry = { readonly text: string } | 'folder' | 'link';

/** Entries by their path below one copy of …/system. */
type Copy = Map<string, Entry>;

/** An archive on its way in. Paths have neither "." nor ".." nor slashes at their ends. */
interface ArchivedTree {
  readonly wants: (path: string) => boolean;
  readonly addFile: (path: string, bytes: Buffer) => void;
  readonly addFolder: (path: string) => void;
  readonly addLink: (path: string) => void;
  /** @throws InputError where there is no copy of …/system, or there are several. */
  readonly open: () => SysfsTree;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** For each folder the names in it. */
function namesIn(copy: Copy): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>();
  for (const path of copy.keys()) {
    for (let below = path; below !== ''; below = parentOf(below)) {
      const folder = parentOf(below);
      const inFolder = names.get(folder) ?? new Set<string>();
      const name = below.slice(folder === '' ? 0 : folder.length + 1);
      if (inFolder.has(name)) break;
      names.set(folder, inFolder.add(name));
    }
  }
  return names;
}

function treeOf(copy: Copy): SysfsTree {
  const names = namesIn(copy);
  const demandNoLink = (path: string) => {
    for (let at = path; at !== ''; at = parentOf(at)) {
      if (copy.get(at) === 'link') {
        throw new InputError(`${at}: is a link in the archive, which is not followed`);
      }
    }
  };
  return {
    read: (path) => {
      demandNoLink(path);
      const entry = copy.get(path);
      return typeof entry === 'object' ? entry.text : null;
    },
    list: (path) => {
      demandNoLink(path);
      return [...(names.get(path) ?? [])];
    },
  };
}

function onlyCopy(copies: ReadonlyMap<string, Copy>): Copy {
  const whole = [...copies].filter(([, copy]) =>
    [...copy.keys()].some((path) => path.startsWith('cpu/')),
  );
  const [first, second] = whole;
  if (first === undefined) {
    throw new InputError('holds no cpu/: expected a copy of /sys/devices/system');
  }
  if (second !== undefined) {
    throw new InputError(
      `holds cpu/ in ${quote(first[0])} and in ${quote(second[0])}: expected one copy of /sys/devices/system`,
    );
  }
  return first[1];
}

/** An empty archive. */
function archivedTree(): ArchivedTree {
  const copies = new Map<string, Copy>();
  const texts = new Map<string, Entry>();
  let kept = 0;
  const add = (path: string, entry: Entry) => {
    const [, folder = '', below = ''] = WANTED.exec(path) ?? [];
    const copy = copies.get(folder) ?? new Map<string, Entry>();
    copies.set(folder, copy.set(below, entry));
  };
  const entryOf = (text: string): Entry => {
    const known = texts.get(text);
    if (known !== undefined) return known;
    kept += text.length;
    demandSmall(kept, LARGEST_KEPT, 'the files of cpu/ and node/ together');
    const entry = { text };
    texts.set(text, entry);
    return entry;
  };
  return {
    wants: (path) => WANTED.test(path),
    addFile: (path, bytes) => add(path, entryOf(sysfsText(bytes))),
    addFolder: (path) => add(path, 'folder'),
    addLink: (path) => add(path, 'link'),
    open: () => treeOf(onlyCopy(copies)),
  };
}

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

/** GNU tar puts a sparse file of a pax archive below such a folder, a map of its holes before its bytes. */
const SPARSE_FOLDER = /(?<=^|\/)GNUSparseFile\.\d+\//;

/**
 * Archives of live sysfs files made with tar -S have zeros in the place of their texts: it takes 4,096 bytes
 * in no blocks for a hole.
 * @throws InputError where such an entry is wanted.
 */
function demandNotSparse(entry: ReadEntry, tree: ArchivedTree): void {
  const path = pathOf(entry);
  const named = path.replace(SPARSE_FOLDER, '');
  if ((entry.type !== 'SparseFile' && named === path) || !tree.wants(named)) return;
  throw new InputError(
    `entry ${quote(named)}: is stored as holes (tar -S), without its text: archive without -S`,
  );
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
      demandNotSparse(entry, tree);
      enter(entry, tree);
    },
  });
  // Of the types that the library does not hand out.
  parser.on('ignoredEntry', (entry) => demandNotSparse(entry, tree));
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
