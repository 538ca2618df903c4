"""Target Pythons made up for tests: the evidence as a scan would give it, and the files that PyO3 itself reads, on disk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from crossplan.api import make_situation
from crossplan.evidence import Description, Evidence, ImageFile, TargetPython
from crossplan.options import Options
from crossplan.origin import Fact, Origin
from crossplan.python import PythonVersion
from crossplan.readers.image import Image
from crossplan.request import make_request
from crossplan.situation import Situation
from crossplan.toolchain.host_python import HostPython, RecordedHost
from crossplan.triple import Target, find_target

HOST = "x86_64-unknown-linux-gnu"
_VERSION = PythonVersion(3, 11)
RECORD = HostPython(
    implementation="CPython",
    version="3.11",
    shared=True,
    ld_version="3.11",
    lib_dir="/usr/lib",
    base_prefix="/usr",
    executable="/usr/bin/python3",
    pointer_width=64,
    ext_suffix=".cpython-311-x86_64-linux-gnu.so",
)


@dataclass(frozen=True)
class Spec:
    """One Python of one target. `library`: the folder of its libpython below the root, None: there is none.

    `archive`: a static libpython lies in `config-3.X` as well, as in Debian's packages.
    """

    triple: str
    version: PythonVersion = _VERSION
    implementation: str = "CPython"
    stdlib: str = "usr/lib"
    library: str | None = "usr/lib"
    shared: bool = True
    free_threaded: bool = False
    debug: bool = False
    described: bool = True
    archive: bool = False

    @property
    def target(self) -> Target:
        return find_target(self.triple)

    @property
    def flags(self) -> str:
        old = "m" if self.version < PythonVersion(3, 8) else ""
        return f"{old}{'t' if self.free_threaded else ''}{'d' if self.debug else ''}"

    @property
    def soabi(self) -> str:
        digits = f"{self.version.major}{self.version.minor}"
        multiarch = f"-{self.target.multiarch}" if self.target.multiarch else ""
        if self.implementation == "PyPy":
            return f"pypy{digits}-pp73{multiarch}"
        return f"cpython-{digits}{self.flags}{multiarch}"

    @property
    def library_name(self) -> str:
        if self.target.os == "windows":
            digits = f"{self.version.major}{self.version.minor}"
            return f"python{digits}{'t' if self.free_threaded else ''}{'_d' if self.debug else ''}"
        return f"pypy{self.version}-c" if self.implementation == "PyPy" else f"python{self.version}{self.flags}"

    def variables(self) -> dict[str, object]:
        return {
            "VERSION": str(self.version),
            "LDVERSION": f"{self.version}{self.flags}",
            "ABIFLAGS": self.flags,
            "SOABI": self.soabi,
            "EXT_SUFFIX": f".{self.soabi}.so",
            "MULTIARCH": self.target.multiarch or "",
            "SIZEOF_VOID_P": self.target.pointer_width // 8,
            "Py_ENABLE_SHARED": int(self.shared),
            "Py_GIL_DISABLED": int(self.free_threaded),
            "Py_DEBUG": int(self.debug),
            "LIBDIR": "/usr/lib",
            "LIBS": "-lpthread -ldl",
            "prefix": "/usr",
        }


def make_python(root: Path, spec: Spec) -> TargetPython:
    """Write what PyO3 reads below `root`, and give the evidence of it."""
    descriptions, images = [], []
    word = "pypy" if spec.implementation == "PyPy" else "python"
    threads = "t" if spec.free_threaded else ""
    if spec.described and spec.target.os != "windows":
        name = f"_sysconfigdata_{spec.flags}_linux_{spec.target.multiarch or ''}.py"
        path = f"{spec.stdlib}/{word}{spec.version}{threads}/{name}"
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(f"build_time_vars = {spec.variables()!r}\n")
        descriptions.append(Description(path, "sysconfigdata", spec.variables()))
    if spec.library is not None:
        images.append(make_image(root, spec))
    if spec.archive:
        folder = f"{spec.stdlib}/{word}{spec.version}/config-{spec.version}"
        images.append(make_image(root, replace(spec, library=folder, shared=False)))
    if not spec.described:
        descriptions.append(Description("lib/build-details.json", "build-details", {}))
    values: dict[str, object] = {
        "implementation": spec.implementation,
        "version": f"{spec.version}.4",
        "abi_flags": spec.flags,
        "free_threaded": spec.free_threaded,
        "debug": spec.debug,
        "soabi": spec.soabi,
        "ext_suffix": f".{spec.soabi}.so" if spec.target.os != "windows" else None,
        "multiarch": spec.target.multiarch,
        "pointer_width": spec.target.pointer_width,
        "shared": spec.shared,
        "machine": spec.target.machine,
        "ldversion": f"{spec.version}{spec.flags}",
    }
    origin = Origin("file", descriptions[0].path if descriptions else images[0].path)
    facts = {name: Fact(value, origin) for name, value in values.items() if value is not None}
    images.sort(key=lambda file: file.path)  # as a scan has them
    return TargetPython(facts, tuple(descriptions), tuple(images))


def make_image(root: Path, spec: Spec) -> ImageFile:
    """The library that a link takes."""
    target, folder = spec.target, spec.library
    (root / str(folder)).mkdir(parents=True, exist_ok=True)
    image = Image(
        "elf",
        "shared" if spec.shared else "archive",
        target.machine,
        target.pointer_width,
        target.endian,  # type: ignore[arg-type]
    )
    if target.os == "windows":
        image = replace(image, format="import-library", kind="archive")
        return ImageFile(f"{folder}/{spec.library_name}.lib", "import-library", image)
    if not spec.shared:
        return ImageFile(f"{folder}/lib{spec.library_name}.a", "libpython", replace(image, format="ar"))
    suffix = ".dylib" if target.os in ("macos", "ios") else ".so"
    return ImageFile(f"{folder}/lib{spec.library_name}{suffix}", "libpython", image)


def situation(
    root: Path, held: TargetPython | None, environ: dict[str, str] | None = None, **options: object
) -> Situation:
    """The situation of a request for that Python alone, on a host with Python 3.11."""
    roots = (str(root),) if held is not None else ()
    said = Options(**{"host": HOST, "sysroots": roots, **options})  # type: ignore[arg-type]
    request = make_request(said, environ or {}, str(root), HOST)
    evidence = Evidence(str(root), (held,), held.images, held.descriptions) if held is not None else None
    return make_situation(request, evidence, RecordedHost(RECORD))
