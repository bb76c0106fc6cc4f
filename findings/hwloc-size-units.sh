#!/usr/bin/env bash
# Subject   sizes with MB and GB in hwloc 2.9.0-1: what lstopo writes, what a synthetic string takes
# Guess     One library has one megabyte: what lstopo shows of a machine can be written into a
#           synthetic string and shows the same again.
# Seen      In a string, MB and GB are powers of 1000 (MiB and GiB of 1024). In lstopo's text and pictures
#           MB and GB are powers of 1024, as a note at the end of lstopo(1) says. size=32MB shows 31MB,
#           memory=64GB shows 60GB, memory=1TB shows 931GB. No message either way.
# Meaning   A machine told again from its lstopo text is 5, 7 or 9 per cent too small, in XML as well,
#           where sizes are plain bytes. Write MiB, GiB and TiB into strings, and read lstopo's units
#           as those.
. "$(dirname "$0")/common.bash"

machine() { printf 'node:1(memory=%s) l3:1(size=%s) pu:2' "$1" "$2"; }

# shown MEMORY CACHE: the sizes of the node and of the cache in lstopo's text.
shown() {
  lstopo-no-graphics -i "$(machine "$@")" --of console |
    sed -nE 's/.*(NUMANode|L3) .*[ (]([0-9]+[kMGT]?B)\)$/\1 \2/p' | sort | paste -sd,
}

# bytes MEMORY CACHE: the same from the XML.
bytes() {
  lstopo-no-graphics -i "$(machine "$@")" --of xml |
    sed -nE 's/.*type="(NUMANode|L3)(Cache)?".*(local_memory|cache_size)="([0-9]+)".*/\1 \4/p' | sort | paste -sd,
}

debian hwloc-nox=2.9.0-1 libhwloc15=2.9.0-1
guess 'what is written is shown: 32MB, 64GB, 1TB'
seen 'memory=64GB, size=32MB, shown' 'L3 31MB,NUMANode 60GB' "$(shown 64GB 32MB)"
seen 'the same in XML' 'L3 32000000,NUMANode 64000000000' "$(bytes 64GB 32MB)"
seen 'memory=1TB, size=512MB, shown' 'L3 488MB,NUMANode 931GB' "$(shown 1TB 512MB)"
seen 'memory=64GiB, size=32MiB, shown' 'L3 32MB,NUMANode 64GB' "$(shown 64GiB 32MiB)"
seen 'the same in XML' 'L3 33554432,NUMANode 68719476736' "$(bytes 64GiB 32MiB)"
verdict
