"""Import libraries that PyO3 generates for Windows targets, 0.16.4 to 0.28 (§9.4).

pyo3-build-config/src/import_lib.rs and the library python3-dll-a 0.2.15 (src/lib.rs), of which no tool is started here: one that can
be found and executed counts as one that succeeds.
"""

from __future__ import annotations

import errno
import os
import stat

from crossplan.resolve.features import generates_import_library
from crossplan.resolve.lexicon import Triple
from crossplan.resolve.run import Run, Version
from crossplan.resolve.rust import debug, errno_text, is_utf8, join

_CPYTHON = ((3, 7), (3, 14))
_FLAGS_SINCE: Version = (3, 13)  # the first version whose symbols are told apart by ABI flags
_PYPY = ((3, 7), (3, 11))
_X86_32 = ("i386", "i586", "i686")
_MACHINES = {"x86_64": "i386:x86-64", "x86": "i386", "aarch64": "arm64"}
_MINGW = {"x86_64": "x86_64-w64-mingw32-dlltool", "x86": "i686-w64-mingw32-dlltool"}
_DEFAULT_PATH = "/bin:/usr/bin"
OUT = "$OUT_DIR/lib"


def wanted_version(run: Run, implementation: str, version: Version, abi3: bool, free_threaded: bool) -> Version | None:
    """Of which version; None is the stable ABI's `python3.dll`."""
    only = run.rules.import_library_stable == "abi3-cpython-gil"
    stable = abi3 and not (only and (implementation != "CPython" or free_threaded))
    return None if stable else version


def generate(run: Run, target: Triple, implementation: str, version: Version | None, flags: str | None) -> str | None:
    """The folder of a generated library: None where nothing is generated. A failure ends the script."""
    if not generates_import_library(run) or target.os != "windows":
        return None
    if run.rules.import_library != "implementation":
        implementation = "CPython"
    elif implementation == "GraalVM":
        run.stop("E-IMPLIB-GRAAL")
    definition = _definition(implementation, version, flags)
    if ".def" not in definition:
        run.stop("E-IMPLIB", definition)
    base = "python3" if version is None else f"python{version[0]}{version[1]}{flags or ''}"
    words = _command(run, "x86" if target.architecture in _X86_32 else target.architecture, target.environment)
    if isinstance(words, str):
        run.stop("E-IMPLIB", words)
    program, before, after = words
    arguments = [
        program,
        *(word.format(definition=f"{OUT}/{definition}", library=f"{OUT}/{base}") for word in before + after),
    ]
    number = _cannot_start(run, program)
    if number is not None:
        run.stop("E-IMPLIB", f"{' '.join(map(debug, arguments))} failed with {errno_text(number)}")
    run.step("an import library is generated", "import_lib.rs: generate_import_lib")
    return OUT


def _definition(implementation: str, version: Version | None, flags: str | None) -> str:
    """`write_def_file`: the file of symbols, or why there is none."""
    if implementation == "PyPy":
        if version is None or not _PYPY[0] <= version <= _PYPY[1]:
            return "Unsupported PyPy version"
        return "libpypy3-c.def" if version < (3, 9) else f"libpypy{version[0]}.{version[1]}-c.def"
    if version is None:
        return "python3.def"
    if not _CPYTHON[0] <= version <= _CPYTHON[1]:
        return "Unsupported Python version"
    return f"python{version[0]}{version[1]}{flags or '' if version >= _FLAGS_SINCE else ''}.def"


def _command(run: Run, architecture: str, environment: str) -> tuple[str, list[str], list[str]] | str:
    """`DllToolCommand`: the program, its first words and those that name the files; or why there is none."""
    machine = _MACHINES.get(architecture, architecture)
    llvm = ["-m", machine, "-d", "{definition}", "-l", "{library}.lib"]
    zig = _text(run, "ZIG_COMMAND").split()
    if zig:
        return zig[0], [*map(_verbatim, zig[1:]), "dlltool"], llvm
    if environment == "gnu":
        program = _text(run, "PYO3_MINGW_DLLTOOL") if _is_text(run, "PYO3_MINGW_DLLTOOL") else _MINGW.get(architecture)
        if program is None:
            return f"Unsupported MinGW target arch '{architecture}'"
        return program, [], ["--input-def", "{definition}", "--output-lib", "{library}.dll.a"]
    if environment != "msvc":
        return f"Unsupported target env ABI '{environment}'"
    return "llvm-dlltool", [], llvm


def _verbatim(word: str) -> str:
    return word.replace("{", "{{").replace("}", "}}")


def _is_text(run: Run, name: str) -> bool:
    return name in run.env and is_utf8(run.env[name])


def _text(run: Run, name: str) -> str:
    return run.env[name] if _is_text(run, name) else ""


def _cannot_start(run: Run, program: str) -> int | None:
    """The errno with which `posix_spawnp` would fail."""
    if not program:
        return errno.ENOENT
    if "/" in program:
        return _cannot_execute(join(run.request.cwd, program))
    number = errno.ENOENT
    for folder in run.env.get("PATH", _DEFAULT_PATH).split(":"):
        found = _cannot_execute(join(join(run.request.cwd, folder), program))
        if found is None:
            return None
        if found == errno.EACCES:
            number = found
    return number


def _cannot_execute(path: str) -> int | None:
    try:
        mode = os.stat(path).st_mode  # noqa: PTH116 - bytes that are no text stay what they are
    except OSError as error:
        return error.errno
    return None if stat.S_ISREG(mode) and mode & 0o111 else errno.EACCES
