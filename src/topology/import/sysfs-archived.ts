/** The tree of files that an archive of /sys/devices/system holds, gathered entry by entry. */
import { InputError, quote } from '../../errors.ts';
import { demandSmall, type SysfsTree, sysfsText } from './sysfs-tree.ts';

/** The most that distinct files may take together, in bytes; most files of a machine are alike. */
const LARGEST_KEPT = 64 * 1024 * 1024;

/** What describeSysfs() asks for, in a copy of …/system in whatever folder. */
const WANTED =
  /^(?:(.*)\/)?(cpu\/(?:possible|present|online|cpu\d{1,7}(?:\/(?:online|topology|topology\/\w+|cache|cache\/index\d|cache\/index\d\/\w+))?)|node\/node\d{1,7}(?:\/(?:cpulist|cpumap|distance|meminfo|cpu\d{1,7}))?)$/;

type Entry = { readonly text: string } | 'folder' | 'link';

/** Entries by their path below one copy of …/system. */
type Copy = Map<string, Entry>;

/** An archive on its way in. Paths have neither "." nor ".." nor slashes at their ends. */
export interface ArchivedTree {
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
export function archivedTree(): ArchivedTree {
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
