#!/usr/bin/env bash
# Boots stock Debian kernels in QEMU and lets each judge `rss-err observe`: processes hide a number of pages
# that is known beforehand, and the error that is observed must be that, to the page.
#
#   bash test/kernels/run.sh                     6.1, 6.12 and the newest, with 8 and with 64 CPUs
#   bash test/kernels/run.sh 6.12 8              one of them
#
# For Debian 12 as root. Packages come from the Debian mirror that apt is set up for, kernels 6.1 and 6.12 from
# its release, the newest from sid; they are only downloaded and unpacked in a temporary folder. To be installed
# are qemu-system-x86, cpio, gcc and libc6-dev. QEMU emulates, which takes minutes; with ACCEL=kvm it does not,
# where /dev/kvm is that of a real machine: a virtual one's may fail in the kernel's decompressor.
# Exit code 0: all equal; 1: not; 2: a kernel could not be had or did not come to its end.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
series=${1:-6.1 6.12 sid}
cpus=${2:-8 64}

for program in qemu-system-x86_64 cpio gcc; do
  command -v "$program" >/dev/null || { echo "$program is missing: apt-get install qemu-system-x86 cpio gcc libc6-dev" >&2; exit 2; }
done

work=$(mktemp -d)
chmod 755 "$work"
trap 'rm -rf "$work"' EXIT

# Runs apt on lists of its own: of sid, and nothing of the system's is changed.
sid() {
  if [ ! -d "$work/sid" ]; then
    mkdir -p "$work/sid/lists/partial" "$work/sid/cache/archives/partial"
    local mirror
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Codename: bookworm' | head -1)
    echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" >"$work/sid/sources.list"
    : >"$work/sid/status"
    cat >"$work/sid/apt.conf" <<END
Dir::Etc::sourcelist "$work/sid/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$work/sid/lists";
Dir::State::status "$work/sid/status";
Dir::Cache "$work/sid/cache";
APT::Sandbox::User "root";
END
    APT_CONFIG="$work/sid/apt.conf" apt-get -qq update
  fi
  APT_CONFIG="$work/sid/apt.conf" "$@"
}

release() { "$@"; }

# The newest image for clouds of a series: linux-image-6.12.117+deb12-cloud-amd64.
newest_image() { # apt's surroundings, beginning of the version
  "$1" apt-cache pkgnames "linux-image-$2" | grep -E '^linux-image-[0-9.]+(-[0-9]+|\+deb[0-9]+)-cloud-amd64$' | sort -V | tail -1
}

# Unpacks the kernel of an image; since 7 it is in a package of its own.
unpack() { # apt's surroundings, image, folder
  mkdir -p "$3"
  (cd "$3" && "$1" apt-get -qq -o APT::Sandbox::User=root download "$2" >&2 && dpkg-deb -x "$2"_*.deb . &&
    if ! ls boot/vmlinuz-* >/dev/null 2>&1; then
      local binary=${2/linux-image/linux-binary}
      "$1" apt-get -qq -o APT::Sandbox::User=root download "$binary" >&2 && dpkg-deb -x "$binary"_*.deb .
    fi)
  find "$3" -name 'vmlinuz*' -type f | head -1
}

# A first file system: busybox, node and what it links to, the program, and the judge.
build_initramfs() {
  local tree=$work/tree
  mkdir -p "$tree"/{bin,proc,sys,dev,tmp,ram,shm,rss-err/bin}
  (cd "$work" && apt-get -qq -o APT::Sandbox::User=root download busybox-static >&2 && dpkg-deb -x busybox-static_*.deb busybox)
  cp "$work"/busybox/bin/busybox "$tree/bin/busybox"
  local node
  node=$(readlink -f "$(command -v node)")
  cp "$node" "$tree/bin/node"
  ldd "$node" | grep -oE '/[^ ]+' | while read -r library; do
    mkdir -p "$tree$(dirname "$library")"
    cp -L "$library" "$tree$library"
  done
  node "$root/bin/setup.js"
  cp "$root/bin/rss-err.js" "$tree/rss-err/bin/"
  cp -r "$root/dist" "$root/package.json" "$root/topologies" "$tree/rss-err/"
  gcc -O1 -Wall -Wextra -static -pthread -o "$tree/hide" "$here/hide.c"
  cp "$here/judge.mjs" "$tree/judge.mjs"
  cat >"$tree/init" <<'END'
#!/bin/busybox sh
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev
/bin/busybox mount -t ramfs ramfs /ram
/bin/busybox mount -t tmpfs tmpfs /shm
/bin/node /judge.mjs 2>&1 || echo "JUDGED failed"
/bin/busybox poweroff -f
END
  chmod +x "$tree/init"
  (cd "$tree" && find . | cpio --quiet -o -H newc) >"$work/initramfs"
}

boot() { # kernel, CPUs
  timeout "${SECONDS_EACH:-1800}" qemu-system-x86_64 -machine q35,accel=${ACCEL:-tcg} -cpu max -smp "$2" -m 3G \
    -kernel "$1" -initrd "$work/initramfs" -append 'console=ttyS0 panic=-1 quiet mitigations=off' \
    -nographic -no-reboot -nic none </dev/null
}

build_initramfs
worst=0
for each in $series; do
  from=release
  if [ "$each" = sid ]; then from=sid image=$(newest_image sid ''); else image=$(newest_image release "$each."); fi
  if [ -z "$image" ]; then echo "$each: no kernel to be had" >&2; worst=2; continue; fi
  kernel=$(unpack "$from" "$image" "$work/$each")
  for number in $cpus; do
    boot "$kernel" "$number" >"$work/log" || true
    tr -d '\r' <"$work/log" | sed -n 's/^.*JUDGED //p' >"$work/judged"
    awk '
      $1 == "kernel" { head = sprintf("%-27s %2d CPUs  %s", $2, $3, $4) }
      $1 == "UNEQUAL" { print head ": " $2 " by " $3 ": expected " $4 ", observed " $5 }
      $1 == "equal" { equal++ }
      /^(equal|UNEQUAL) / { all++; if (!seen[$2]++) pages = pages sprintf("  %s: expected %d, observed %s pages", $2, $4, $5) }
      END { if (all) printf "%s%s  %d of %d checks equal\n", head, pages, equal, all }' "$work/judged"
    grep -q '^UNEQUAL' "$work/judged" && [ "$worst" = 0 ] && worst=1
    if ! grep -q '^end$' "$work/judged"; then
      echo "$image with $number CPUs did not come to its end:" >&2
      tail -20 "$work/log" >&2
      worst=2
    fi
  done
done
exit "$worst"
