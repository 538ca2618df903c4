#!/bin/sh
# sh scripts/debian.sh PACKAGE…: install Debian packages where that is possible, else say what to install.
set -eu
if ! command -v apt-get >/dev/null || [ "$(id -u)" != 0 ]; then
    echo "crossplan's set-up needs: $* (on Debian: apt-get install $*)" >&2
    exit 1
fi
echo "installing $*" >&2
export DEBIAN_FRONTEND=noninteractive
install() { apt-get -qq -o DPkg::Lock::Timeout=600 install -y --no-install-recommends "$@" >/dev/null; }
install "$@" 2>/dev/null || { apt-get -qq update && install "$@"; } # the package lists may be missing or old
