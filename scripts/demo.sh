#!/bin/sh
# sh scripts/demo.sh TARGET SYSROOT: the main job, in the words that a user types. `crossplan` is on PATH.
set -eu
target=$1 sysroot=$2
out=build/demo
mkdir -p "$out"
show() { printf '\n$ %s\n' "$*"; "$@"; }

show crossplan inspect "$sysroot"
show crossplan plan --target "$target" --sysroot "$sysroot"
show crossplan env --target "$target" --sysroot "$sysroot" -o "$out/cross.env"
show cat "$out/cross.env"
