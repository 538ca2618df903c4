"""Compare archives of other writers with what other readers unpack of them: `python -m tests.archives.compare_independent [ARCHIVE…]`.

Each tree of sysroots is packed by each program below that is there, and unpacked by one of its kind: `crossplan inspect` must say
of the archive what it says of the folder. An archive that is named (a .jar, .whl, .aar, .nupkg, .tar.*) is unpacked by libarchive's
bsdtar. A difference is printed, and the status is then 1; what is missing is named and left out.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import NamedTuple

TREE = Path(__file__).resolve().parents[2]
TREES = sorted(path for path in (TREE / "sysroots").iterdir() if path.is_dir())
CONTROL = "Package: x\\nVersion: 1\\nArchitecture: armhf\\nMaintainer: x <x@x.invalid>\\nDescription: x\\n"
NFPM = "name: x\\narch: arm7\\nversion: 1.0.0\\nmaintainer: x\\ncontents: [{src: ./in, dst: /, type: tree}]\\n"
NUSPEC = (
    "<package><metadata><id>x</id><version>1.0.0</version><authors>x</authors><description>x</description></metadata>"
    '<files><file src="in/**" target="tools" /></files></package>'
)


class Form(NamedTuple):
    """A form of archive: the programs that make and unpack it, and how: a shell script that finds the tree in `in`, and
    leaves the archive as `x` (with an ending) and what is unpacked of it in `out`.
    """

    name: str
    programs: tuple[str, ...]
    script: str
    ending: str = ""


def tar(words: str, ending: str) -> Form:
    """A form of GNU tar."""
    holes = "find in -type f -exec fallocate --dig-holes {} \\; && " if "--sparse" in words else ""
    pack = f"tar --create {words} --file x{ending} --directory in ."
    script = f"{holes}{pack} && tar --extract --file x{ending} --directory out"
    return Form(f"tar {words} {ending}", ("tar",), script, ending)


def deb(method: str) -> Form:
    """A Debian package by dpkg-deb."""
    script = f"""mkdir in/DEBIAN && printf '{CONTROL}' > in/DEBIAN/control && rmdir out
        dpkg-deb -Z{method} --root-owner-group --build in x.deb && dpkg-deb --raw-extract x.deb out"""
    return Form(f"dpkg-deb {method}", ("dpkg-deb",), script, ".deb")


def nfpm(packager: str, ending: str, unpack: str) -> Form:
    """A package by nfpm, a writer of several formats."""
    script = f"printf '{NFPM}' > n && nfpm package --config n --packager {packager} --target x{ending} && {unpack}"
    return Form(f"nfpm {packager}", ("nfpm", "tar"), script, ending)


# What umoci makes of a tree: a first layer, and a second one that takes away a folder and a file and puts others in their places.
IMAGE = """umoci init --layout x && umoci new --image x:a && umoci unpack --rootless --image x:a b && cp -a in/. b/rootfs/
    umoci repack --image x:a b && rm -r b && umoci unpack --rootless --image x:a b && cd b/rootfs
    first=$(ls | head -n 1) && mv "$first" moved && mkdir "$first" && echo x > "$first/$first" && cd ../..
    umoci repack --image x:a b && rm -r b && umoci unpack --rootless --image x:a b && mv b/rootfs/* out"""
SKOPEO = "skopeo --insecure-policy copy --quiet"
FORMS = (
    *(tar("--format=posix", f".tar{ending}") for ending in ("", ".gz", ".bz2", ".xz", ".zst")),
    *(tar(f"--auto-compress --format={name}", ".tar.gz") for name in ("gnu", "ustar", "v7")),
    *(tar(f"--sparse {words}", ".tar") for words in ("--format=gnu", "--sparse-version=0.0", "--sparse-version=0.1")),
    tar("--sparse --sparse-version=1.0", ".tar.xz"),
    *(deb(method) for method in ("none", "gzip", "xz", "zstd")),
    Form("zip", ("zip", "unzip"), "(cd in && zip -qry ../x.zip .) && unzip -q x.zip -d out", ".zip"),
    Form("jar", ("jar", "unzip"), "find in -type l -delete; jar -cf x.jar -C in . && unzip -q x.jar -d out", ".jar"),
    nfpm("apk", ".apk", "tar --warning=none -xzf x.apk -C out"),
    nfpm("ipk", ".ipk", "tar -xOzf x.ipk ./data.tar.gz | tar -xz -C out"),
    nfpm("archlinux", ".pkg.tar.zst", "tar --warning=none -xf x.pkg.tar.zst -C out"),
    *(
        Form(
            f"conda {ending}",
            ("cph",),
            f"mkdir -p in/info && echo '{{}}' > in/info/index.json && cph create in x-1-0{ending} && rmdir out && cph x x-1-0{ending} --dest out",
            f"-1-0{ending}",
        )
        for ending in (".conda", ".tar.bz2")
    ),
    Form("nuget", ("nuget", "unzip"), f"find in -xtype l -delete; echo '{NUSPEC}' > x.nuspec && nuget pack x.nuspec -NoPackageAnalysis && unzip -q x.1.0.0.nupkg -d out", ".1.0.0.nupkg"),
    Form("umoci", ("umoci",), IMAGE),
    Form("skopeo oci-archive", ("umoci", "skopeo"), f"{IMAGE} && {SKOPEO} oci:x:a oci-archive:x.tar", ".tar"),
    Form("skopeo docker-archive", ("umoci", "skopeo"), f"{IMAGE} && {SKOPEO} oci:x:a docker-archive:x.tar", ".tar"),
    Form("skopeo zstd", ("umoci", "skopeo"), f"{IMAGE} && {SKOPEO} --dest-compress-format zstd oci:x:a oci:xz:a", "z"),
)  # fmt: skip


def inspected(place: Path) -> dict[str, object]:
    """What `inspect --json` says, the name of the root left out."""
    words = [sys.executable, "-m", "crossplan", "inspect", "--json", str(place)]
    document = json.loads(subprocess.run(words, cwd=TREE, capture_output=True, check=False).stdout)
    return {key: value for key, value in document.items() if key not in ("root", "findings")} | {
        "findings": [(finding["code"], finding["severity"]) for finding in document["findings"]]
    }


def differing(archive: Path, folder: Path) -> list[str]:
    """The parts of the report that differ."""
    one, other = inspected(archive), inspected(folder)
    return [key for key in one if one[key] != other[key]]


def attempt(form: Form, tree: Path, work: Path) -> str:
    """Pack a tree, unpack it, compare: `same`, or what is wrong."""
    shutil.copytree(tree, work / "in", symlinks=True)
    (work / "out").mkdir()
    done = subprocess.run(["bash", "-e", "-c", form.script], cwd=work, capture_output=True, text=True, check=False)
    if done.returncode:
        return f"not made: {done.stderr.strip()[-200:]}"
    return ", ".join(differing(work / f"x{form.ending}", work / "out")) or "same"


def main() -> int:
    """Run the command line."""
    ends: Counter[str] = Counter()
    named = [Path(word).resolve() for word in sys.argv[1:]]
    forms = () if named else FORMS
    for form in forms:
        if missing := [program for program in form.programs if shutil.which(program) is None]:
            print(f"{form.name}: left out, no {' and no '.join(missing)}")
            continue
        for tree in TREES:
            with tempfile.TemporaryDirectory() as work:
                end = attempt(form, tree, Path(work))
            ends[end] += 1
            if end != "same":
                print(f"{form.name}, {tree.name}: {end}", flush=True)
    for archive in named:
        with tempfile.TemporaryDirectory() as work:
            subprocess.run(["bsdtar", "-xf", archive, "-C", work], check=True)
            end = ", ".join(differing(archive, Path(work))) or "same"
        ends[end] += 1
        print(f"{archive.name}: {end}")
    print(dict(ends))
    return 0 if set(ends) <= {"same"} else 1


if __name__ == "__main__":
    sys.exit(main())
