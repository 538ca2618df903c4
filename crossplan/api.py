"""The typed Python API: the stages of the pipeline as functions, used by the command line.

request = make_request(Options(target="armv7-unknown-linux-gnueabihf", sysroots=("root",)), os.environ, os.getcwd(),
                       this_machine())
situation = read_situation(request)
plan = make_plan(situation, place_below("out"))

For several at once there is `crossplan.matrix`, for plans that are kept `crossplan.lock`, on top of these.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress

from crossplan.evidence import Evidence
from crossplan.options import Options, RequestError
from crossplan.origin import Fact, Origin
from crossplan.plan import Place, Plan, make_plan
from crossplan.pyo3 import Rules, UnknownRelease, find_rules
from crossplan.python import PythonChoice
from crossplan.record import replace
from crossplan.request import Request, make_request
from crossplan.selection import Selection, Wish, select
from crossplan.situation import Situation
from crossplan.toolchain.confined import refuse_below
from crossplan.toolchain.host_python import HostProvider, LiveHost
from crossplan.toolchain.machine import this_machine

__all__ = [
    "Options",
    "Plan",
    "Request",
    "RequestError",
    "Situation",
    "cache_folder",
    "host_of",
    "make_plan",
    "make_request",
    "make_situation",
    "place_below",
    "place_in_cache",
    "read_evidence",
    "read_lib_dir",
    "read_situation",
    "this_machine",
]


def read_evidence(request: Request, *, lean: bool = False) -> Evidence | None:
    """Scan the root of a request (`lean`: see `scan`); None where none was given. `RootError` for one that is none."""
    if not request.sysroots:
        return None
    from crossplan.scan import scan
    from crossplan.sysroot import open_sysroot

    with open_sysroot(*(os.path.join(request.cwd, root) for root in request.sysroots)) as root:  # noqa: PTH118
        return scan(root, lean=lean)


def read_lib_dir(request: Request) -> Evidence | None:
    """Scan the folder that PYO3_CROSS_LIB_DIR names, for PyO3 will read it; None if it is none or lies in the root."""
    named = request.cargo.environment(request.environ).get("PYO3_CROSS_LIB_DIR", "")
    if not os.path.isabs(named) or "\0" in named or not os.path.isdir(named):  # noqa: PTH112, PTH117
        return None
    real = os.path.realpath(named) + os.sep
    roots = (os.path.realpath(os.path.join(request.cwd, root)) for root in request.sysroots)  # noqa: PTH118
    if any(real.startswith(root.rstrip(os.sep) + os.sep) for root in roots):
        return None
    return read_evidence(replace(request, sysroots=(named,)))


def read_situation(
    request: Request, provider: HostProvider | None = None, *, resolve: bool = True, lean: bool = False
) -> Situation:
    """The situation of a request, its root read. Without a root the folder of PYO3_CROSS_LIB_DIR stands for one."""
    evidence, lib_dir = read_evidence(request, lean=lean), read_lib_dir(request)
    if not request.sysroots and lib_dir is not None and lib_dir.pythons:
        twin = None if request.twin is None else replace(request.twin, sysroots=(lib_dir.root,))
        request = replace(request, sysroots=(lib_dir.root,), twin=twin)
        evidence, lib_dir = lib_dir, None
    return make_situation(request, evidence, provider, resolve=resolve, lib_dir=lib_dir)


def make_situation(
    request: Request,
    evidence: Evidence | None = None,
    provider: HostProvider | None = None,
    *,
    resolve: bool = True,
    lib_dir: Evidence | None = None,
) -> Situation:
    """The situation as it is. `provider` stands for the host's Python; by default the one that PyO3 would find is asked.

    With `resolve` false nothing is predicted, for those who only want the plan.
    """
    provider = provider if provider is not None else host_of(request)
    second = request.second
    situation = Situation(
        request=request,
        rules=_rules(request),
        evidence=evidence,
        selection=choose_python(request, evidence) if evidence is not None else None,
        provider=provider,
        environ=request.environ,
        resolution=None,
        lib_dir=lib_dir,
        twin=None if second is None else make_situation(second, evidence, provider, resolve=resolve, lib_dir=lib_dir),
    )
    return situation.resolved() if resolve else situation


def host_of(request: Request) -> HostProvider:
    """The host's Python as PyO3 would find it, asked when it is needed; one of the root is not started."""
    return LiveHost(refuse_below(request.sysroots, request.environ, request.host, request.build_cwd))


def _rules(request: Request) -> Rules | None:
    """The rules of the release; None for one from before the tables."""
    try:
        return find_rules(request.pyo3.value)
    except UnknownRelease:
        return None


def choose_python(request: Request, evidence: Evidence) -> Selection:
    """The Python that is meant: by the wishes, and where they leave several, by what the environment says of PyO3."""
    selection = select(evidence.pythons, request.target, request.wish)
    for name, wish in _implied(request, evidence):
        if selection.python is not None or len(selection.candidates) < 2:
            break
        narrowed = select(selection.candidates, request.target, wish)
        if narrowed.python is not None:
            rejected = (*selection.rejected, *narrowed.rejected)
            return Selection(narrowed.python, selection.candidates, rejected, implied=name)
    return selection


def _implied(request: Request, evidence: Evidence) -> Iterator[tuple[str, Wish]]:
    """Wishes that variables of PyO3 express, each with its variable."""
    environ = request.environ
    name = "PYO3_CROSS_PYTHON_VERSION"
    with suppress(ValueError):
        yield name, Wish(python=Fact(PythonChoice.parse(environ.get(name, "")), Origin("variable", key=name)))
    name = "_PYTHON_SYSCONFIGDATA_NAME"
    if text := environ.get(name):
        yield name, Wish(sysconfigdata=Fact(text, Origin("variable", key=name)))
    name = "PYO3_CROSS_LIB_DIR"
    if text := environ.get(name):
        root = os.path.realpath(os.path.join(request.cwd, evidence.root))  # noqa: PTH118
        below = os.path.relpath(os.path.realpath(text), root)
        if not below.startswith(".."):
            yield name, Wish(under=Fact(below, Origin("variable", key=name)))


def place_below(folder: str) -> Place:
    """Files directly below `folder`."""
    return lambda name, text: os.path.join(os.path.abspath(folder), name)  # noqa: PTH100, PTH118


def cache_folder(environ: Mapping[str, str]) -> str:
    """The folder of the user's cache that is ours (XDG Base Directory Specification; LOCALAPPDATA on Windows)."""
    home = environ.get("HOME") or environ.get("LOCALAPPDATA") or os.path.expanduser("~")  # noqa: PTH111
    cache = environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")  # noqa: PTH118
    return os.path.join(os.path.abspath(cache), "crossplan")  # noqa: PTH100, PTH118


def place_in_cache(environ: Mapping[str, str]) -> Place:
    """Files in the user's cache, in a folder named by the text, so that two plans never meet in one file."""
    folder = cache_folder(environ)

    def place(name: str, text: str) -> str:
        import hashlib  # it loads OpenSSL

        digest = hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
        return os.path.join(folder, digest, name)  # noqa: PTH118

    return place
