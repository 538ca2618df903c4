"""`Subject`: one binary under judgement, with what is known of the Python that it is for."""

from __future__ import annotations

from functools import cached_property
from pathlib import PurePosixPath

from crossplan.checks.linkage import Linked, libpythons
from crossplan.checks.suffix import Suffix, refusal, split_name
from crossplan.evidence import Evidence, TargetPython
from crossplan.findings import CODES, Finding, Location, Severity
from crossplan.python import PythonVersion, minor_version
from crossplan.readers.image import Image
from crossplan.record import record
from crossplan.scan.built import BuiltFile
from crossplan.selection import image_mismatches
from crossplan.triple import Target, find_target


@record
class Fit:
    """What a built file is to fit: a target, and the Pythons of a root that serve it. Both may be missing."""

    target: Target | None = None
    evidence: Evidence | None = None
    pythons: tuple[TargetPython, ...] = ()


@record
class Claim:
    """What a wheel's tag says of the Python that its modules are for; nothing said is None."""

    version: PythonVersion | None = None
    free_threaded: bool | None = None
    stable: str | None = None


@record
class Subject:
    """One binary under judgement. `python` is the one of the root that is meant, `target` the triple that is given or its."""

    file: BuiltFile
    fit: Fit = Fit()
    claim: Claim = Claim()

    @cached_property
    def named(self) -> tuple[str, Suffix]:
        """The name under which it is imported, and its suffix."""
        path = PurePosixPath(self.file.name)
        module, suffix = split_name(path.name)
        return (path.parent.name if module == "__init__" else module), suffix

    @property
    def suffix(self) -> Suffix:
        """The suffix of its name."""
        return self.named[1]

    @cached_property
    def python(self) -> TargetPython | None:
        """The Python of the root that would import it: by name and machine, by name, by machine, or else the first."""
        pythons = sorted(self.fit.pythons, key=lambda p: (refusal(self.suffix, p) is not None, not self._fits(p)))
        return pythons[0] if pythons else None

    def _fits(self, python: TargetPython) -> bool:
        return self._own_target(python) is not None

    def _own_target(self, python: TargetPython) -> Target | None:
        """The best target of a Python that the binary is for."""
        image = self.file.image
        targets = (find_target(triple) for triple in python.targets)
        return next((t for t in targets if image is None or not image_mismatches(image, self.file.path, t)), None)

    @cached_property
    def target(self) -> Target | None:
        """The target that was given, or else one of the Python's own: that which the binary is for, if any is."""
        python = self.python
        if self.fit.target is not None or python is None or not python.targets:
            return self.fit.target
        return self._own_target(python) or find_target(python.targets[0])

    @cached_property
    def linked(self) -> tuple[Linked, ...]:
        """The libpythons that it needs."""
        return libpythons(self.file.image) if self.file.image is not None else ()

    @property
    def is_module(self) -> bool:
        """Whether it is to be imported, rather than a library that modules need."""
        symbols, suffix = self.file.symbols, self.suffix
        tagged = suffix.known and (
            suffix.version is not None or suffix.stable is not None or suffix.text.endswith(".pyd")
        )
        return tagged or bool(symbols is not None and symbols.exports) or self.file.given

    @property
    def version(self) -> PythonVersion | None:
        """The one version of Python that it is for."""
        said = self.python.text("version") if self.python is not None else None
        return self.suffix.version or (minor_version(said) if said else None) or self.claim.version

    @property
    def free_threaded(self) -> bool | None:
        """Whether it is for a free-threaded build; None where nothing says."""
        if self.suffix.version is not None:
            return self.suffix.free_threaded
        value = self.python.value("free_threaded") if self.python is not None else None
        return value if isinstance(value, bool) else self.claim.free_threaded

    @property
    def stable(self) -> str | None:
        """`abi3` or `abi3t` where its name, its wheel or what it links say that it keeps to a stable ABI."""
        if self.suffix.stable or self.suffix.version is not None:
            return self.suffix.stable
        linked = next((one for one in self.linked if one.stable), None)
        return self.claim.stable or (None if linked is None else "abi3t" if linked.free_threaded else "abi3")


def parts(image: Image) -> tuple[Image, ...]:
    """The slices of a fat image, or itself."""
    return image.slices or (image,)


def system(subject: Subject) -> str | None:
    """Rust's word for the operating system that it is for."""
    image = subject.file.image
    own = next((part.os for part in parts(image) if part.os), None) if image is not None else None
    return own or (subject.target.os if subject.target is not None else None)


def finding(
    name: str, severity: Severity, subject: Subject, message: str, help: str, key: str | None = None
) -> Finding:
    """A finding about the file."""
    return Finding(CODES[name], severity, f"{subject.file.path} {message}", (Location(subject.file.path, key),), help)
