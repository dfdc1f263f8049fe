#!/bin/bash
# Submits figures to Slurm: an array of PARTS shares, then the job that draws when all of them are done.
#
#   xtask/slurm/submit.sh PARTS [arguments of `xtask figures`]
#
#   xtask/slurm/submit.sh 8                               every figure
#   xtask/slurm/submit.sh 4 fig04 fig10                   two of them
#   SBATCH_OPTIONS="--cpus-per-task=4 --partition=long" xtask/slurm/submit.sh 16 --config study.ron
#
# Prints the numbers of the two jobs. Only the drawing job knows --out and --format. See figures.sbatch for the rest.
set -euo pipefail

if [[ ! ${1:-} =~ ^[1-9][0-9]*$ ]]; then
  echo "usage: $0 PARTS [arguments of xtask figures]; PARTS is the number of shares, 1 or more, not \`${1:-}\`" >&2
  exit 2
fi
parts=$1
shift

script=$(cd "$(dirname "$0")" && pwd)/figures.sbatch
# Array tasks must find a finished program.
[ -n "${XTASK:-}" ] || cargo build --release --package xtask

# Options are a list of words by intention.
# shellcheck disable=SC2086
array=$(sbatch --parsable ${SBATCH_OPTIONS:-} --array="1-$parts" "$script" "$@")
array=${array%%;*}
# shellcheck disable=SC2086
drawing=$(sbatch --parsable ${SBATCH_OPTIONS:-} --dependency="afterok:$array" --kill-on-invalid-dep=yes "$script" "$@")
echo "shares: job array $array"
echo "drawing: job ${drawing%%;*}, when all shares are done"
