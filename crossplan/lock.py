"""The lock file: plans as they were resolved, to be compared with later, field by field.

What differs between two machines that plan the same is left out or named by what it belongs to: `{sysroot}`, `{project}`,
`{files}` (of the plan) and `{home}` stand for folders, and of the environment only what PyO3, Cargo and build scripts read
for the target is kept, as it is under the plan, whether the plan sets it or it was set already. The compiler's release
and the wheel's platform tag, which hang on what the machine has installed, are no part of it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crossplan.evidence import TargetPython
from crossplan.findings import CODES, Finding, Location, ordered
from crossplan.plan import Plan
from crossplan.project.toml import ProjectProblem, read_text, shown
from crossplan.readers import sysconfigdata
from crossplan.readers.source import ReadError
from crossplan.record import record
from crossplan.report import dumps
from crossplan.request import Request
from crossplan.resolve import Resolution
from crossplan.sysroot import open_sysroot

LOCK_FILE = "crossplan.lock.json"
LOCK_VERSION = 1

Entry = Mapping[str, Any]


class LockError(ValueError):
    """A lock file that cannot be used; the text says why."""


@record
class LockFile:
    """A lock file: the path as shown, its text, and the plans by name. One that is not there has no text and no plan."""

    shown: str
    text: str
    plans: Mapping[str, Entry]


@record
class Difference:
    """A field that changed, with its value in the lock file and its value now; None where it is not there."""

    field: tuple[str, ...]
    locked: object
    now: object


def lock_path(request: Request, named: str | None) -> Path:
    """Where the lock file is: as named, else at the root of the project."""
    return Path(request.cwd, named) if named else (request.project.root or Path(request.cwd)) / LOCK_FILE


def plan_name(request: Request) -> str:
    """What a plan is kept under: the target, and the Python where one was asked for by name."""
    wish = request.wish
    said = [str(fact.value) for fact in (wish.implementation, wish.python) if fact is not None]
    return " ".join([request.triple, *said])


def read_lock(path: Path, cwd: str) -> LockFile:
    """The lock file at `path`. Raises `LockError` for one that is none."""
    name = shown(path, Path(cwd))
    text = read_text(path, Path(cwd))
    if text is None:
        return LockFile(name, "", {})
    if isinstance(text, ProjectProblem):
        raise LockError(f"{name} {text.reason}")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise LockError(f"{name} is no JSON: {error}") from error
    if not isinstance(document, dict) or document.get("version") != LOCK_VERSION:
        raise LockError(f"{name} is no lock file of version {LOCK_VERSION}")
    plans = document.get("plans")
    if not isinstance(plans, dict) or not all(isinstance(plan, dict) for plan in plans.values()):
        raise LockError(f"{name} holds no plans")
    return LockFile(name, text, plans)


def with_entries(lock: LockFile, entries: Mapping[str, Entry]) -> str:
    """The text of a lock file in which these plans are the ones given; the others stay."""
    return dumps({"version": LOCK_VERSION, "plans": {**lock.plans, **entries}})


def entry_of(plan: Plan, also: Iterable[str] = ()) -> Entry:
    """What is locked of a plan. `also` names variables that count too: those of the entry that it is compared with."""
    request = plan.as_is.request
    python = plan.as_is.selection.python if plan.as_is.selection is not None else None
    entry = {
        "target": request.triple,
        "pyo3": request.pyo3.value,
        "features": sorted(request.feature_names),
        "purpose": request.purpose.value,
        "tool": request.tool.value,
        "profile": request.profile.value,
        "planned": _conclusion(plan.planned.resolution),
        "env": _effective(plan, also),
        "files": {os.path.basename(path): text.splitlines() for path, text in plan.files.items()},  # noqa: PTH119
        "command": plan.command,
        "artifact": asdict(plan.artifact),
        "python": {}
        if python is None
        else {name: python.value(name) for name in ("implementation", "version", "soabi")},
        "evidence": {} if python is None else dict(_evidence(request, python)),
    }
    if plan.planned.twin is not None:
        entry["twin"] = _conclusion(plan.planned.twin.resolution)
    return {key: _neutral(value, list(_folders(plan))) for key, value in entry.items()}


def check_locked(plan: Plan, path: Path, cell: str | None = None) -> tuple[Finding, ...]:
    """XP660, XP661: the plan is the one that was locked, for a lock is there to make a change be noticed, not to hide it.

    `cell`: the name of the cell of a matrix that it is the plan of.
    """
    request = plan.as_is.request
    name = plan_name(request) if cell is None else cell
    file = "" if path.name == LOCK_FILE else f" -o {shlex.quote(shown(path, Path(request.cwd)))}"
    again = f"--target {request.triple}{file} with the options of this plan" if cell is None else f"--matrix{file}"
    help_ = f"Run crossplan lock {again}"
    try:
        lock = read_lock(path, request.cwd)
    except LockError as error:
        place = Location(shown(path, Path(request.cwd)))
        return (Finding(CODES["not-locked"], "error", str(error), (place,), f"Take the file away. {help_}"),)
    entry = lock.plans.get(name)
    if entry is None:
        reason = f"has no plan for {name}" if lock.text else "is not there"
        return (Finding(CODES["not-locked"], "error", f"{lock.shown} {reason}", (Location(lock.shown),), help_),)
    env = entry.get("env")
    now = entry_of(plan, env if isinstance(env, dict) else ())
    return ordered(
        Finding(
            CODES["plan-changed"],
            "error",
            _sentence(one),
            (Location(lock.shown, ".".join(one.field), _line(lock.text, ("plans", name, *one.field))),),
            f"Bring back what changed; where it was meant: {help_[0].lower()}{help_[1:]}",
        )
        for one in differences(entry, json.loads(json.dumps(now)))
    )


def differences(locked: object, now: object, field: tuple[str, ...] = ()) -> Iterator[Difference]:
    """The fields in which two entries differ, in the order of their names."""
    if isinstance(locked, dict) and isinstance(now, dict):
        for key in sorted(locked.keys() | now.keys()):
            yield from differences(locked.get(key), now.get(key), (*field, key))
    elif locked != now:
        yield Difference(field, locked, now)


def _sentence(one: Difference) -> str:
    before = "was not there" if one.locked is None else f"was {json.dumps(one.locked)}"
    after = "is gone" if one.now is None else f"is {json.dumps(one.now)}"
    return f"{'.'.join(one.field)} {before} when the plan was locked, and {after}"


def _line(text: str, keys: tuple[str, ...]) -> int | None:
    """The line of a key, each looked for behind the one that holds it; of what is not there, the nearest around it."""
    place = 0
    for key in keys:
        found = text.find(f"{json.dumps(key)}:", place)
        if found < 0:
            break
        place = found
    return text.count("\n", 0, place) + 1


def _conclusion(resolution: Resolution | None) -> dict[str, object]:
    """What PyO3 concludes; where the host keeps its own Python is no matter of the target's."""
    if resolution is None:
        return {"outcome": None, "cross": None}
    fields = {} if resolution.config is None else asdict(resolution.config)
    fields.pop("executable", None)
    return {"outcome": resolution.outcome, "cross": resolution.cross, **fields}


def _effective(plan: Plan, also: Iterable[str]) -> dict[str, str]:
    """The variables that decide for the target, with their values under the plan."""
    request, environ = plan.as_is.request, plan.planned.environ
    target = request.target
    names = {*also, *(change.name for change in plan.changes)}
    names |= {name for name in environ if name.startswith(("PYO3_", "_PYTHON_", request.cargo_variable("")))}
    names |= {name for name in environ if name.endswith((f"_{target.triple}", f"_{target.underscored}"))}
    names -= {"PYO3_PRINT_CONFIG"}  # which changes nothing
    return {name: environ[name] for name in sorted(names) if name in environ}


def _evidence(request: Request, python: TargetPython) -> Iterator[tuple[str, dict[str, str | None]]]:
    """The files that the plan rests on: descriptions by their digest, libraries by what they call themselves."""
    import hashlib  # it loads OpenSSL

    with open_sysroot(*(os.path.join(request.cwd, root) for root in request.sysroots)) as root:  # noqa: PTH118
        for path in python.sysconfigdata_paths:
            try:
                digest = hashlib.sha256(root.read(path, sysconfigdata.SIZE_LIMIT)).hexdigest()
            except ReadError:
                digest = None
            yield path, {"kind": "sysconfigdata", "sha256": digest}
    for file in python.images_of("libpython", "import-library", "stable-stub"):
        image = file.image
        yield file.path, {"kind": file.role, "soname": image.soname, "version": image.python_version}


def _folders(plan: Plan) -> Iterator[tuple[str, str]]:
    """Folders of this machine, each with the word that stands for it."""
    request = plan.as_is.request
    for path in plan.files:
        yield os.path.dirname(path), "{files}"  # noqa: PTH120
    for number, root in enumerate(request.sysroots, 1):
        place = os.path.join(request.cwd, root)  # noqa: PTH118
        word = "{sysroot}" if number == 1 else f"{{sysroot{number}}}"
        yield from ((os.path.normpath(place), word), (os.path.realpath(place), word))
    yield str(request.project.root or request.cwd), "{project}"
    if home := request.environ.get("HOME"):
        yield home.rstrip("/"), "{home}"


def _neutral(value: Any, folders: list[tuple[str, str]]) -> Any:
    """A value in which the folders' words stand for them, the longest first; sets and tuples as sorted or plain lists."""
    if isinstance(value, dict):
        return {key: _neutral(item, folders) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(_neutral(list(value), folders))
    if isinstance(value, list | tuple):
        return [_neutral(item, folders) for item in value]
    if not isinstance(value, str):
        return value
    for folder, word in sorted(folders, key=lambda pair: -len(pair[0])):
        if len(folder) > 1:
            value = re.sub(rf"{re.escape(folder)}(?![\w.+-])", word, value)  # a word has no backslash
    return value
