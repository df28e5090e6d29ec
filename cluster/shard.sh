#!/bin/sh
# Runs one shard of a sweep, for Slurm's arrays and for indexed jobs of Kubernetes:
#
#   shard.sh SCENARIO A..B N DIR [OPTION...]
#
# Shard I of N goes to DIR/I.json, where I is the index that Slurm or Kubernetes gives to the task. The file appears when the
# shard is whole, and a shard that is there already is not run again. So a task may be started again at any time.
#SBATCH --cpus-per-task=1
#SBATCH --mem=256M
#SBATCH --time=02:00:00
#SBATCH --requeue
set -eu

scenario=$1 seeds=$2 shards=$3 folder=$4
shift 4
index=${SLURM_ARRAY_TASK_ID:-${JOB_COMPLETION_INDEX:?neither Slurm nor Kubernetes gives an index}}
whole=$folder/$index.json
[ ! -e "$whole" ] || exit 0

mkdir -p "$folder"
part=$whole.$$
trap 'rm -f "$part"' EXIT
status=0
"${PROGRAM:-paxos-playground}" sweep "$scenario" --seeds "$seeds" --shard "$index/$shards" "$@" --threads 1 --json > "$part" || status=$?
# With status 1 a check was violated, and the shard is whole. With any other it is not, or it could not be run.
if [ "$status" -gt 1 ]; then
    echo "shard $index of $shards ended with status $status" >&2
    exit "$status"
fi
mv "$part" "$whole"
