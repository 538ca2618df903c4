"""Archives made with the standard library's writers, and files as a root gives them back."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

try:
    from compression import zstd  # type: ignore[import-not-found, unused-ignore]
except ImportError:
    from backports import zstd

from crossplan.readers.source import ReadError
from crossplan.sysroot import Sysroot, open_sysroot
from crossplan.sysroot.archive import ArchiveRoot

Tree = Mapping[str, bytes | str | None]
"""Path to bytes (a file), text (a link to that), or None (a folder)."""

TREE: Tree = {
    "usr": None,
    "usr/lib": None,
    "usr/lib/libpython3.11.so": "libpython3.11.so.1.0",
    "usr/lib/libpython3.11.so.1.0": b"\x7fELF" + bytes(range(256)) * 40,
    "usr/lib/python3.11": None,
    "usr/lib/python3.11/_sysconfigdata__linux_arm-linux-gnueabihf.py": b"build_time_vars = {}\n",
    "usr/lib/python3.11/os.py": b"import abc\n" * 100,
    "usr/lib/empty.txt": b"",
    "lib": "usr/lib",
    "etc": None,
    "etc/absolute": "/usr/lib/python3.11",
}


def tar(tree: Tree, *, format: int = tarfile.PAX_FORMAT, more: tuple[tarfile.TarInfo, ...] = ()) -> bytes:
    """A tar of the tree, and of headers without data after it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format) as archive:
        for name, content in tree.items():
            archive.addfile(*_member(name, content))
        for header in more:
            archive.addfile(header)
    return out.getvalue()


def _member(name: str, content: bytes | str | None) -> tuple[tarfile.TarInfo, io.BytesIO | None]:
    header = tarfile.TarInfo(name)
    if content is None:
        header.type = tarfile.DIRTYPE
    elif isinstance(content, str):
        header.type, header.linkname = tarfile.SYMTYPE, content
    else:
        header.size = len(content)
        return header, io.BytesIO(content)
    return header, None


def special(name: str, type: bytes, linkname: str = "") -> tarfile.TarInfo:
    """A header of any type."""
    header = tarfile.TarInfo(name)
    header.type, header.linkname = type, linkname
    return header


def zipped(tree: Tree, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of the tree, links as Info-ZIP stores them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, content in tree.items():
            entry = zipfile.ZipInfo(name + ("/" if content is None else ""))
            entry.create_system, entry.compress_type = 3, method
            mode = 0o40755 if content is None else 0o120777 if isinstance(content, str) else 0o100644
            entry.external_attr = mode << 16
            archive.writestr(entry, content.encode() if isinstance(content, str) else content or b"")
    return out.getvalue()


def ar(members: Mapping[str, bytes]) -> bytes:
    """An `ar` archive."""
    out = b"!<arch>\n"
    for name, data in members.items():
        out += f"{name:<16}{0:<12}{0:<6}{0:<6}{'100644':<8}{len(data):<10}`\n".encode() + data + b"\n" * (len(data) % 2)
    return out


def deb(tree: Tree, ending: str = "xz", control: str = "Package: x\nArchitecture: armhf\n") -> bytes:
    """A Debian package; `ending` says how its parts are packed, `""` not at all."""
    pack = COMPRESS[ending]
    dot = f".{ending}" if ending else ""
    return ar(
        {
            "debian-binary": b"2.0\n",
            f"control.tar{dot}": pack(tar({"./control": control.encode()})),
            f"data.tar{dot}": pack(tar({f"./{name}": content for name, content in tree.items()})),
        }
    )


COMPRESS: Mapping[str, Callable[[bytes], bytes]] = {
    "": bytes,
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstd.compress,
}


def conda(tree: Tree) -> bytes:
    """A package of conda's second format."""
    return zipped(
        {
            "metadata.json": b'{"conda_pkg_format_version": 2}',
            "pkg-python-3.11.2.tar.zst": zstd.compress(tar(tree)),
            "info-python-3.11.2.tar.zst": zstd.compress(tar({"info/index.json": b"{}"})),
        },
        zipfile.ZIP_STORED,
    )


def image(layers: list[bytes], platforms: tuple[str, ...] = ("linux/arm64",)) -> dict[str, bytes]:
    """The files of an OCI image layout: one image a platform, all with these layers."""
    files: dict[str, bytes] = {"oci-layout": b'{"imageLayoutVersion": "1.0.0"}'}

    def blob(data: bytes, kind: str) -> dict[str, object]:
        digest = hashlib.sha256(data).hexdigest()
        files[f"blobs/sha256/{digest}"] = data
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(data)}

    manifests = []
    for platform in platforms:
        os_name, _, machine = platform.partition("/")
        config = blob(json.dumps({"architecture": machine, "os": os_name}).encode(), "config.v1+json")
        parts = [blob(layer, "layer.v1.tar+gzip") for layer in layers]
        manifest = blob(json.dumps({"config": config, "layers": parts}).encode(), "manifest.v1+json")
        manifests.append({**manifest, "platform": {"os": os_name, "architecture": machine}})
    files["index.json"] = json.dumps({"schemaVersion": 2, "manifests": manifests}).encode()
    return files


def opened(folder: Path, data: bytes) -> ArchiveRoot:
    """The root in an archive of these bytes."""
    (folder / "hostile").write_bytes(data)
    root = open_sysroot(folder / "hostile")
    assert isinstance(root, ArchiveRoot)
    return root


def contents(root: Sysroot) -> dict[str, object]:
    """All that a root holds: path to bytes, to `-> where it leads`, to its kind, or to the reason why it cannot be read."""
    found: dict[str, object] = {}
    pending = [""]
    while pending:
        folder = pending.pop()
        for name, kind in root.listdir(folder).items():
            path = f"{folder}/{name}" if folder else name
            if kind == "directory":
                pending.append(path)
            try:
                if kind == "file":
                    found[path] = root.read(path, 1 << 20)
                elif kind == "link":
                    node = root.resolve(path)
                    found[path] = f"-> {node.path}" if node else "-> nothing"
                else:
                    found[path] = kind
            except ReadError as error:
                found[path] = error.reason
    return found
