#!/bin/bash
# Runs a study on a real Slurm of one node, which this script starts and ends: submit, status, cancel, submit again, and the
# same bytes as without a cluster. Needs Debian's slurm-wlm and munge, and to be root in a container of its own; says why
# and exits with 77 where that is not so.
#
#   Tests/Slurm/slurm.sh path/to/beckon
set -u
beckon=$(realpath "$1")

skip() { echo "skipped: $*"; exit 77; }
for program in slurmctld slurmd munged sbatch squeue scancel sinfo; do
  command -v $program > /dev/null || PATH=$PATH:/usr/sbin command -v $program > /dev/null || skip "$program is not installed"
done
[ "$(id -u)" = 0 ] || skip "a cluster of one's own takes root"
PATH=$PATH:/usr/sbin

work=$(mktemp -d /tmp/beckon-slurm.XXXXXX)
cd "$work" || exit 1
pids=""
finish() {
  # Not by SIGTERM: whoever started this script may have blocked it, and its children inherit that.
  for pid in $pids; do kill -KILL "$pid" 2> /dev/null; done
  wait 2> /dev/null
  rm -rf "$work"
}
trap finish EXIT
fail() { echo "failed: $*"; tail -n 20 "$work"/*.log 2> /dev/null; exit 1; }

# A key, an authority, a controller and a node, all in this folder.
dd if=/dev/urandom bs=1 count=1024 of=munge.key 2> /dev/null
chmod 600 munge.key
munged --foreground --force --key-file="$work/munge.key" --socket="$work/munge.socket" --pid-file="$work/munge.pid" \
  --seed-file="$work/munge.seed" --log-file="$work/munge.log" > munged.log 2>&1 &
pids="$pids $!"
cat > slurm.conf <<CONF
ClusterName=beckon
SlurmctldHost=$(hostname)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge.socket
CryptoType=crypto/munge
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=bf_interval=1,sched_min_interval=100000
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd.pid
SlurmctldPort=36817
SlurmdPort=36818
MailProg=/bin/true
ReturnToService=2
MpiDefault=none
NodeName=$(hostname) CPUs=2 State=UNKNOWN
PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP
CONF
mkdir state spool
export SLURM_CONF=$work/slurm.conf
for i in $(seq 50); do [ -S munge.socket ] && break; sleep 0.1; done
slurmctld -D -f "$SLURM_CONF" > slurmctld.log 2>&1 &
pids="$pids $!"
slurmd -D -f "$SLURM_CONF" > slurmd.log 2>&1 &
pids="$pids $!"
for i in $(seq 100); do sinfo -h -o %T 2> /dev/null | grep -q idle && break; sleep 0.3; done
sinfo -h -o %T 2> /dev/null | grep -q idle || { tail -n 5 slurmctld.log slurmd.log; skip "no node of Slurm came up here"; }

cat > spec.json <<SPEC
{
  "name": "grid",
  "dataset": { "type": "synthetic", "users": 40, "items": 60, "seed": 1 },
  "filters": [{ "type": "k-core", "users": 3, "items": 1 }],
  "task": { "type": "nudge", "rounds": 3, "cutoffs": [2, 3] },
  "encoder": {
    "type": "sasrec", "hiddenSize": 8, "innerSize": 8, "layers": 1, "heads": 1, "maximumLength": 8,
    "training": { "epochs": 1, "batchSize": 32, "earlyStopping": { "metric": "" } }
  },
  "environment": { "embeddings": "world" },
  "targetSelector": { "type": "popular", "count": 2 },
  "metrics": ["hr", "ioi"],
  "seeds": [1, 2],
  "grid": { "scorer": ["ipg", "preference"], "arousal.keep": [0.5, 0.7, 0.9] }
}
SPEC
"$beckon" run spec.json --out alone --quiet || fail "the study without a cluster"

# A job that takes long enough to be cancelled.
"$beckon" grid submit spec.json --tasks 2 --set encoder.training.epochs=20000 --set name=long || fail "submit"
for i in $(seq 100); do "$beckon" grid status spec.json --set encoder.training.epochs=20000 --set name=long | grep -q RUNNING && break; sleep 0.2; done
"$beckon" grid status spec.json --set encoder.training.epochs=20000 --set name=long | grep -q RUNNING || fail "the job does not run"
"$beckon" grid cancel spec.json --set encoder.training.epochs=20000 --set name=long || fail "cancel"
for i in $(seq 100); do [ -z "$(squeue -h)" ] && break; sleep 0.2; done
[ -z "$(squeue -h)" ] || fail "the cancelled job is still there"

"$beckon" grid submit spec.json --tasks 3 || fail "submit"
for i in $(seq 300); do [ -f Runs/grid/results.json ] && [ -z "$(squeue -h)" ] && break; sleep 0.2; done
"$beckon" grid status spec.json | grep -q "12 cells: 12 done." || { cat Runs/grid/slurm/*.log; fail "not every cell is done"; }
cmp alone/results.json Runs/grid/results.json || fail "the results differ from those without a cluster"
echo "ok: submitted, cancelled, submitted again, and the same bytes"
