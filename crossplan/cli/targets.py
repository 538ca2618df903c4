"""`crossplan targets [WORD]`: the targets that crossplan knows, and what each is called and needs."""

from __future__ import annotations

import argparse
import re
import sys

from crossplan.cli.status import CommandError, Status
from crossplan.report import VERSION, dumps
from crossplan.triple import Target, builtin, described_triples, known_triples, nearest_triples

_COLUMNS = ("triple", "wheel", "linker")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `targets`."""
    parser.add_argument("word", metavar="WORD", nargs="?", help="only those whose triple or other names hold this word")
    parser.add_argument("--all", action="store_true", help="all targets of rustc, not only those with a Python")
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(arguments: argparse.Namespace) -> Status:
    """Select, print."""
    triples = known_triples() if arguments.all else described_triples()
    targets = [target for triple in triples if (target := builtin(triple)) is not None]
    if arguments.word is not None:
        targets = [target for target in targets if any(arguments.word in name for name in _names(target))]
        if not targets:
            nearest = nearest_triples(arguments.word)
            hint = f"; did you mean {' or '.join(nearest)}?" if nearest else ""
            raise CommandError(f"no target is called {arguments.word}{hint}")
    if arguments.json:
        sys.stdout.write(dumps({"version": VERSION, "targets": [_wire(target) for target in targets], "findings": []}))
    else:
        _print(targets)
    return Status.SOUND


def _names(target: Target) -> list[str]:
    names = (
        target.triple,
        target.multiarch,
        target.debian_arch,
        target.gcc_prefix,
        target.wheel_arch,
        target.linux_arch,
    )
    return [name for name in names if name]


def _wire(target: Target) -> dict[str, object]:
    """One target; None for what it has not, or what is not known."""
    return {
        "triple": target.triple,
        "os": target.os,
        "machine": target.machine,
        "pointer_width": target.pointer_width,
        "endian": target.endian,
        "float_abi": target.float_abi,
        "libc": target.libc,
        "libc_floor": target.libc_floor,
        "multiarch": target.multiarch,
        "debian_arch": target.debian_arch,
        "linker": _linker(target),
        "linker_package": target.linker_package,
        "qemu": target.qemu,
        "wheel_arch": target.wheel_arch,
        "wheel_tag": target.wheel_tag,
        "minimum_os": target.minimum_os,
    }


def _linker(target: Target) -> str | None:
    if target.clang_prefix is not None:
        return f"{target.clang_prefix}{target.minimum_os}-clang"
    return f"{target.gcc_prefix}-gcc" if target.gcc_prefix is not None else None


def _print(targets: list[Target]) -> None:
    from rich.table import Table
    from rich.text import Text

    from crossplan.render.text import console, shown

    table = Table(box=None, pad_edge=False, header_style="dim")
    for name in _COLUMNS:
        table.add_column(name, no_wrap=name == "triple", overflow="fold")
    for target in targets:
        wheel = target.wheel_arch or target.linux_arch or target.wheel_tag
        row = (target.triple, re.sub(r"_?{[^}]*}", "_*", wheel) if wheel else None, _linker(target))
        table.add_row(*(Text(shown(value)) for value in row))
    console().print(table)
