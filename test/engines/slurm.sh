#!/usr/bin/env bash
# Slurm: a job array of twelve shards on a cluster of one node, started here on loopback without root's
# own daemons: slurmctld, slurmd and munge in the temporary folder.
. "$(dirname "${BASH_SOURCE[0]}")/common.bash"
[ "$(id -u)" = 0 ] || cannot 'slurmd wants root'
needs slurmd slurm-wlm munge
needs munged munge
slurmctld -V

host=$(hostname -s)
cpus=$(nproc)
mkdir -p munge state spool log
chmod 700 munge
dd if=/dev/urandom of=munge/key bs=1 count=1024 status=none
chmod 600 munge/key
mkdir -m 711 socket
chown -R munge: munge socket
chmod 711 "$work"
cat >slurm.conf <<CONF
ClusterName=loopback
SlurmctldHost=$host(127.0.0.1)
AuthType=auth/munge
AuthInfo=socket=$work/socket/munge
CredType=cred/munge
SlurmUser=root
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldLogFile=$work/log/slurmctld
SlurmdLogFile=$work/log/slurmd
SlurmctldPort=26817
SlurmdPort=26818
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
ReturnToService=2
SwitchType=switch/none
MpiDefault=none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$cpus State=UNKNOWN
PartitionName=all Nodes=$host Default=YES State=UP
CONF
export SLURM_CONF=$work/slurm.conf

clean_up() {
  local file pid
  for file in slurmd.pid slurmctld.pid munge/pid; do
    pid=$(cat "$work/$file" 2>/dev/null) || continue
    kill "$pid" 2>/dev/null
    while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
  done
}

su -s /bin/sh munge -c "munged --socket=$work/socket/munge --key-file=$work/munge/key \
  --pid-file=$work/munge/pid --log-file=$work/munge/log --seed-file=$work/munge/seed"
slurmctld
slurmd -N "$host"
for _ in $(seq 60); do
  [ "$(sinfo -h -o %t)" = idle ] && break
  sleep 0.5
done
[ "$(sinfo -h -o %t)" = idle ] || { cat log/*; cannot 'the node does not come up'; }

cat >array.sh <<'SH'
#!/bin/sh
#SBATCH --array=1-12
#SBATCH --cpus-per-task=1
#SBATCH --output=log/%a
exec rss-err sweep --grid sweep.json --shard "$SLURM_ARRAY_TASK_ID/12" \
  --output "shard-$SLURM_ARRAY_TASK_ID.ndjson" --resume --jobs 1
SH
sbatch --wait --export=ALL array.sh
rss-err sweep merge shard-*.ndjson >merged.ndjson
same merged.ndjson
