"""`Toolchain`: what this machine has for building for one target, each answer looked for when it is first asked."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from crossplan.data import load
from crossplan.origin import Fact, Origin
from crossplan.record import record
from crossplan.toolchain.compiler import Compiler, find_compiler, triplet_in_name
from crossplan.toolchain.packages import filled, fits
from crossplan.toolchain.path import find_program
from crossplan.toolchain.rust import Rust
from crossplan.triple import Target

# Variables that name a C compiler for crate `cc`, the target's own forms first.
_COMPILERS = ("CC", "CXX")


@record
class Toolchain:
    """The tools for `target` as a build in `cwd` under `environ` would find them.

    `linker` and `rustflags` are what Cargo's configuration says for the target; rustc takes the last `-C linker`.
    """

    target: Target
    host: str
    environ: Mapping[str, str]
    cwd: str
    linker: Fact[str] | None = None
    rustflags: tuple[Fact[str], ...] = ()
    runner: Fact[str] | None = None

    @cached_property
    def rust(self) -> Rust:
        """Cargo, rustc and the standard library."""
        return Rust(self.target.triple, self.environ, self.cwd)

    @cached_property
    def named_linker(self) -> Fact[str]:
        """The linker that will be called: of the flags, of Cargo's configuration, else rustc's default for the target."""
        return linker_in(self.rustflags) or self.linker or Fact(default_linker(self.target), Origin("default"))

    @cached_property
    def link_driver(self) -> Compiler:
        """That linker as a program."""
        return find_compiler(self.named_linker.value, self.environ, self.cwd)

    @cached_property
    def suggested_linker(self) -> str | None:
        """A linker for the target on PATH that nothing names yet: the usual cross compiler, or one of a vendor's own."""
        prefixes = [self.target.gcc_prefix] if self.target.gcc_prefix else []
        prefixes += [triplet for name in self.compilers if (triplet := triplet_in_name(self.compilers[name].value))]
        names = [f"{prefix}-gcc" for prefix in (*prefixes, self.target.triple)]
        return next((name for name in names if self.find(name)), None)

    @cached_property
    def compilers(self) -> Mapping[str, Fact[str]]:
        """CC and CXX that crate `cc` would take for the target, by kind, each with the variable that names it."""
        found = {}
        for kind in _COMPILERS:
            forms = (f"{kind}_{self.target.triple}", f"{kind}_{self.target.underscored}", f"TARGET_{kind}", kind)
            name = next((form for form in forms if self.environ.get(form)), None)
            if name is not None:
                found[kind] = Fact(self.environ[name], Origin("variable", key=name))
        return found

    @cached_property
    def c_compiler(self) -> Compiler | None:
        """The C compiler that a variable names for the target, else the linker if it is a compiler driver."""
        if "CC" in self.compilers:
            return find_compiler(self.compilers["CC"].value, self.environ, self.cwd)
        return self.link_driver if self.link_driver.path else None

    @cached_property
    def runners(self) -> tuple[str, tuple[str, ...]]:
        """The tool that runs programs of the target here, and its commands that are on PATH; empty where none is needed."""
        for row in load("toolchain")["runners"]:
            if fits(row, self.target):
                names = [name for cell in row["commands"] if (name := filled(cell, self.target))]
                return row["tool"], tuple(name for name in names if self.find(name))
        return "", ()

    def find(self, name: str) -> str | None:
        """Where a program is, or None."""
        return find_program(name, self.environ, self.cwd)


def default_linker(target: Target) -> str:
    """What rustc calls for a target where nothing names a linker."""
    rows = load("toolchain")["default_linkers"]
    return next((name for row in rows if fits(row, target) and (name := filled(row["linker"], target))), "cc")


def linker_in(flags: tuple[Fact[str], ...]) -> Fact[str] | None:
    """The last `-C linker=…` among flags, however it is spelled: `-Clinker=x`, `-C linker=x`, `--codegen=linker=x`."""
    found = None
    for option in codegen_options(flags):
        if option.value.startswith("linker="):
            found = Fact(option.value.removeprefix("linker="), option.origin)
    return found


def codegen_options(flags: tuple[Fact[str], ...]) -> tuple[Fact[str], ...]:
    """Each codegen option (`link-arg=…`, `target-feature=…`) among rustc's flags, without its `-C`."""
    options, following = [], False
    for flag in flags:
        text = flag.value
        if following:
            options.append(flag)
            following = False
        elif text in ("-C", "--codegen"):
            following = True
        elif text.startswith("--codegen="):
            options.append(Fact(text.removeprefix("--codegen="), flag.origin))
        elif text.startswith("-C") and len(text) > 2:
            options.append(Fact(text[2:], flag.origin))
    return tuple(options)


def search_folders(flags: tuple[Fact[str], ...]) -> tuple[str, ...]:
    """The folders in which rustc's flags let the linker search: `-L native=dir`, `-Ldir`, `-C link-arg=-Ldir`."""
    words = [flag.value for flag in flags]
    folders = [words[n + 1] for n, word in enumerate(words[:-1]) if word == "-L"]
    folders += [word[2:] for word in words if word.startswith("-L") and len(word) > 2]
    folders = [folder.removeprefix("native=").removeprefix("all=") for folder in folders]
    options = [option.value for option in codegen_options(flags)]
    return (*folders, *(option.partition("=-L")[2] for option in options if option.startswith("link-arg=-L")))
