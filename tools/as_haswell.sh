#!/usr/bin/env bash
# The main job in small as an older CPU would run it (Haswell: AVX2, neither AVX-512 nor bfloat16), played by qemu.
# Debian: apt-get install qemu-user. Takes about an hour; arguments go to tools/main_job.py.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v qemu-x86_64 >/dev/null; then echo 'qemu-x86_64 is not installed (Debian: apt-get install qemu-user).' >&2; exit 2; fi
python=$(readlink -f .venv/bin/python3)
# qemu multiplies and adds by the C library's fmaf, one number at a time, and waits longest at the one AVX instruction in it.
# Without that instruction, `eigh` and matrix products took about two thirds of the time.
GLIBC_TUNABLES=glibc.cpu.hwcaps=-FMA,-FMA4 \
    PYTHONPATH="$PWD:$(echo "$PWD"/.venv/lib/python3*/site-packages)" PYTHONWARNINGS=ignore OMP_WAIT_POLICY=PASSIVE \
    exec qemu-x86_64 -U GLIBC_TUNABLES -cpu Haswell "$python" tools/main_job.py "$@"
