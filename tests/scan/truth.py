"""Compare a report of `inspect --json` with the truth about a tree, which was found with other tools.

Words of truth.json map to those of the report as sysroots/README.md and the documentation of the report say.
"""

from __future__ import annotations

from typing import Any

_FORMATS = {"macho": "mach-o", "coff-import": "import-library"}
_MACHINES = {"i386": "x86", "amd64": "x86_64", "arm64": "aarch64", "loongarch": "loongarch64"}


def machine(word: str | None, bits: int | None, endian: str | None) -> str | None:
    """The report's word for a machine of truth.json."""
    if word == "riscv":
        return f"riscv{bits}"
    if word == "mips":
        return ("mips64" if bits == 64 else "mips") + ("el" if endian == "little" else "")
    return None if word is None else _MACHINES.get(word, word)


def image_differences(truth: dict[str, Any], report: dict[str, Any]) -> list[str]:
    """Fields of one image that differ, in words."""
    name = truth["path"]
    found = {image["path"]: image for image in report["images"]}.get(name)
    if found is None:
        return [f"{name}: not in the report"]
    expected: dict[str, Any] = {"format": _FORMATS.get(truth["format"], truth["format"])}
    if truth.get("fat"):
        expected["slices"] = [
            (machine(s["machine"], s["bits"], s["endian"]), s["bits"], s["endian"]) for s in truth["slices"]
        ]
        found = {**found, "slices": [(s["machine"], s["bits"], s["endian"]) for s in found["slices"]]}
    else:
        expected |= {key: truth[key] for key in ("bits", "endian")}
        expected["machine"] = machine(truth["machine"], truth["bits"], truth["endian"])
    if "float_abi" in truth:
        expected["float_abi"] = "soft" if truth["float_abi"] == "softfp" else truth["float_abi"]
    if "soname_or_install_name" in truth:
        expected["soname"] = truth["soname_or_install_name"]
    if "python_version" in truth:
        expected["python_version"] = truth["python_version"]
    return [f"{name}: {key} is {found[key]!r}, not {value!r}" for key, value in expected.items() if found[key] != value]


_PYTHON = {
    "implementation": "implementation",
    "python_version": "version",
    "free_threaded": "free_threaded",
    "debug": "debug",
    "SOABI": "soabi",
    "EXT_SUFFIX": "ext_suffix",
    "MULTIARCH": "multiarch",
    "bits": "pointer_width",
    "shared_libpython": "shared",
}


def python_differences(truth: dict[str, Any], report: dict[str, Any]) -> list[str]:
    """Fields of the one Python of a tree that differ, in words."""
    if truth["implementation"] is None:
        return [] if not report["pythons"] else ["a Python where none is"]
    if len(report["pythons"]) != 1:
        return [f"{len(report['pythons'])} Pythons, not 1"]
    (found,) = report["pythons"]
    expected: dict[str, Any] = {key: truth[known] for known, key in _PYTHON.items()}
    expected["sysconfigdata"] = truth["sysconfigdata"]
    wrong = [f"{key} is {found[key]!r}, not {value!r}" for key, value in expected.items() if found[key] != value]
    if found["targets"][: len(truth["rust_targets"])] != truth["rust_targets"]:
        wrong.append(f"targets are {found['targets']}, not first {truth['rust_targets']}")
    if truth["main_image"] in {image["path"] for image in report["images"]} - set(found["images"]):
        wrong.append(f"{truth['main_image']} is not among its images")
    return wrong


def differences(name: str, truth: dict[str, Any], report: dict[str, Any]) -> list[str]:
    """All that differs in one tree, and every false alarm."""
    (tree,) = (tree for tree in truth["sysroots"] if tree["name"] == name)
    wrong = python_differences(tree, report)
    for image in truth["images"]:
        if image["sysroot"] == name:
            wrong += image_differences(image, report)
    known = {image["path"] for image in truth["images"] if image["sysroot"] == name}
    wrong += [f"{image['path']}: not in the truth" for image in report["images"] if image["path"] not in known]
    wrong += [f"false alarm: {f['message']}" for f in report["findings"] if f["severity"] == "error"]
    return wrong
