"""The options that `plan`, `env`, `run` and `verify` share, and the request that they make."""

from __future__ import annotations

import argparse
import os

from crossplan.api import (
    Options,
    Request,
    RequestError,
    Situation,
    make_request,
    read_situation,
    this_machine,
)
from crossplan.cli.status import CommandError, Status
from crossplan.options import TOOLS
from crossplan.pyo3 import UnknownRelease
from crossplan.sysroot import RootError
from crossplan.triple import UnknownTarget


def add_shared(parser: argparse.ArgumentParser) -> None:
    """The shared options."""
    what = parser.add_argument_group("what is built")
    what.add_argument("--target", metavar="TRIPLE", help="Rust triple of the target")
    what.add_argument("--host", metavar="TRIPLE", help="triple of the machine that builds (default: this one)")
    what.add_argument(
        "--sysroot",
        metavar="ROOT",
        action="append",
        default=[],
        help="the target's files: a directory or an archive; given several times, they count as one root",
    )
    what.add_argument(
        "--pyo3", metavar="X.Y[.Z]", help="PyO3's release (default: of Cargo.lock, else the newest known)"
    )
    what.add_argument("--features", metavar="A,B", help="PyO3's Cargo features; '' for none (default: the project's)")
    what.add_argument("--abi3", metavar="X.Y", help="build for the stable ABI from this version on")
    what.add_argument("--embed", action="store_true", help="build a program that embeds Python, not a module")
    python = parser.add_argument_group("which Python")
    python.add_argument("--python", metavar="X.Y[t]", help="the Python that is meant, where a root holds several")
    python.add_argument("--implementation", metavar="NAME", help="CPython, PyPy, GraalPy or RustPython")
    how = parser.add_argument_group("how it is built")
    how.add_argument("--manifest-path", metavar="PATH", help="the Cargo.toml (default: the nearest one)")
    how.add_argument("--profile", metavar="NAME", help="Cargo's profile (default: dev)")
    how.add_argument("--with", dest="tool", choices=TOOLS, help="the tool that drives the build (default: cargo)")
    parser.add_argument("--strict", action="store_true", help="exit with 4 for warnings too")


def current_folder() -> str:
    """The folder in which the user stands; one that was removed meanwhile ends the command."""
    try:
        return os.getcwd()  # noqa: PTH109
    except FileNotFoundError as error:
        raise CommandError("the current folder is not there any more: cd into one that is") from error


def request_of(arguments: argparse.Namespace) -> Request:
    """The request of the command line; what makes no sense ends the command."""
    options = Options(
        target=arguments.target,
        host=arguments.host,
        sysroots=tuple(arguments.sysroot),
        pyo3=arguments.pyo3,
        features=arguments.features,
        python=arguments.python,
        implementation=arguments.implementation,
        abi3=arguments.abi3,
        manifest_path=arguments.manifest_path,
        profile=arguments.profile,
        tool=arguments.tool,
        embed=arguments.embed,
    )
    try:
        return make_request(options, dict(os.environ), current_folder(), this_machine())
    except RequestError as error:
        raise CommandError(str(error)) from error
    except UnknownTarget as error:
        raise CommandError(f"--target: {error}") from error
    except UnknownRelease as error:
        raise CommandError(f"--pyo3: {error}") from error


def situation_of(request: Request, *, resolve: bool = True, lean: bool = False) -> Situation:
    """The situation of a request; a root that is none ends the command."""
    try:
        return read_situation(request, resolve=resolve, lean=lean)
    except RootError as error:
        raise CommandError(f"--sysroot: {error}", Status.USAGE) from error
