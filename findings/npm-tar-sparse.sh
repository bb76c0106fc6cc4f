#!/usr/bin/env bash
# Subject   archives that GNU tar 1.34+dfsg-1.2+deb12u1 makes with --sparse (-S), read by tar 7.5.23 of npm
# Guess     A program that reads tar gives back what tar wrote, or says that it cannot: the library has
#           a warning for entries of a type that it does not know, an error with strict: true.
# Seen      In tar's own format (gnu, the default) the sparse file is not there: no entry, no warning,
#           no error with strict, and the files beside it come out whole. In pax format it comes out as
#           GNUSparseFile.NUMBER/NAME with a list of its holes before what is left of its bytes, so under
#           another name, with another size and content, and again without a word. GNU tar reads both.
# Meaning   Recorded traces and images have holes, and so do all files of /sys for tar -S: what a
#           Node program lists of such an archive is not what is in it. Listen to ignoredEntry for the
#           type SparseFile and look for GNUSparseFile in paths, or archive without -S.
. "$(dirname "$0")/common.bash"

cat >"$work/extract.mjs" <<'JS'
import { mkdirSync, readdirSync, statSync } from 'node:fs';
import { x } from 'tar';
const [, , file, folder] = process.argv;
mkdirSync(folder);
x({ file, cwd: folder, sync: true, strict: true, onwarn: (code) => console.log(`warning ${code}`) });
for (const name of readdirSync(folder, { recursive: true }).sort()) {
  const found = statSync(`${folder}/${name}`);
  if (found.isFile()) console.log(`${name.replace(/\d+/, 'NUMBER')} ${found.size}`);
}
JS

# files FORMAT OPTION...: what comes out of an archive of the two files.
files() {
  rm -rf "$work/out"
  tar --format="$1" "${@:2}" -cf "$work/archive.tar" -C "$work" plain.txt trace.txt
  (cd "$work" && node extract.mjs archive.tar out) | paste -sd,
}

debian tar=1.34+dfsg-1.2+deb12u1
npm_packages tar@7.5.23
echo plain >"$work/plain.txt"
truncate -s 1M "$work/trace.txt"
printf 'rss_stat\n' | dd of="$work/trace.txt" bs=1 seek=524288 conv=notrunc status=none
guess 'plain.txt of 6 and trace.txt of 1048576 bytes from each, or an error'
seen 'gnu, without -S' 'plain.txt 6,trace.txt 1048576' "$(files gnu)"
seen 'gnu, with -S' 'plain.txt 6' "$(files gnu -S)"
seen 'the same archive for GNU tar' 'plain.txt 6,trace.txt 1048576' \
  "$(tar -tvf "$work/archive.tar" | awk '{ print $6, $3 }' | paste -sd,)"
seen_like 'pax, with -S' '^GNUSparseFile.NUMBER/trace.txt [0-9]+,plain.txt 6$' "$(files pax -S)"
seen 'the same archive for GNU tar' 'plain.txt 6,trace.txt 1048576' \
  "$(tar -tvf "$work/archive.tar" | awk '{ print $6, $3 }' | paste -sd,)"
verdict
