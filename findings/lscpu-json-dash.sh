#!/usr/bin/env bash
# Subject   lscpu -e -J of util-linux 2.38.1-5+deb12u3, machines with a CPU off-line
# Guess     The manual: -J uses JSON output format for the default summary or the extended output.
#           What is not known of a CPU is null there, as a missing value is in lscpu -J.
# Seen      It is a bare dash, "node": -, which no JSON parser takes, with exit code 0 and no message.
#           An off-line CPU has neither node nor socket nor core, and -e lists it by default: with all
#           CPUs on-line the same command gives JSON. The other columns of the same line are numbers
#           and booleans as they should be.
# Meaning   What collects lscpu -e -J works until a CPU is switched off, and then has none of the
#           machine's CPUs. With -b the off-line ones are left out; else take : - for null.
. "$(dirname "$0")/common.bash"

# machine DIR ONLINE: four CPUs, of which the first ONLINE are on-line, on one node.
machine() {
  local cpu=$1/sys/devices/system/cpu node=$1/sys/devices/system/node mask number topology
  mask=$(printf '%x' $(((1 << $2) - 1)))
  mkdir -p "$1/proc" "$cpu" "$node/node0"
  for number in 0 1 2 3; do
    mkdir "$cpu/cpu$number"
    echo $((number < $2)) >"$cpu/cpu$number/online"
    ((number < $2)) || continue
    topology=$cpu/cpu$number/topology
    mkdir "$topology"
    echo 0 >"$topology/physical_package_id"
    echo "$number" >"$topology/core_id"
    printf '%x\n' $((1 << number)) >"$topology/thread_siblings"
    echo "$mask" >"$topology/core_siblings"
    printf 'processor\t: %d\nvendor_id\t: AuthenticAMD\ncpu family\t: 25\nmodel\t\t: 1\n\n' \
      "$number" >>"$1/proc/cpuinfo"
  done
  echo 0-3 | tee "$cpu/possible" >"$cpu/present"
  echo "0-$(($2 - 1))" | tee "$cpu/online" >"$node/node0/cpulist"
  echo "$mask" >"$node/node0/cpumap"
  echo 0 >"$node/online"
  echo 7 >"$cpu/kernel_max"
}

cat >"$work/parse.cjs" <<'JS'
const { readFileSync } = require('node:fs');
try {
  console.log(`${JSON.parse(readFileSync(process.argv[2], 'utf8')).cpus.length} CPUs`);
} catch (error) {
  console.log(error.name);
}
JS

# parsed FILE: how many CPUs a JSON parser finds in it.
parsed() { node "$work/parse.cjs" "$1"; }

# listed NAME OPTION...: the exit code, and what comes out.
listed() {
  local code=0 name=$1
  shift
  lscpu -s "$work/$name" "$@" >"$work/$name.json" 2>"$work/stderr" || code=$?
  printf '%s, exit %s, %s lines on stderr' "$(parsed "$work/$name.json")" "$code" "$(wc -l <"$work/stderr")"
}

debian util-linux=2.38.1-5+deb12u3
machine "$work/whole" 4
machine "$work/partly" 3
guess '4 CPUs from both'
seen 'lscpu -e -J, all four on-line' '4 CPUs, exit 0, 0 lines on stderr' "$(listed whole -e -J)"
seen 'lscpu -e -J, three of four' 'SyntaxError, exit 0, 0 lines on stderr' "$(listed partly -e -J)"
seen 'its fourth CPU' '"cpu": 3, "node": -, "socket": -, "core": -, "online": false' \
  "$(sed -n '/"cpu": 3/,/online/p' "$work/partly.json" | xargs -d'\n' | tr -s ' ' | sed 's/^ //')"
seen 'with the fields of -, replaced' '4 CPUs' \
  "$(sed 's/: -,/: null,/' "$work/partly.json" >"$work/mended.json" && parsed "$work/mended.json")"
seen 'lscpu -e -b -J (on-line alone)' '3 CPUs, exit 0, 0 lines on stderr' "$(listed partly -e -b -J)"
verdict
