"""Files that hold a root in a form which is not read: what each is, and what unpacks it, for the message."""

from __future__ import annotations

from crossplan.readers.source import ByteSource

# Where, with which bytes: what it is, and a way to unpack it.
_FORMS: tuple[tuple[int, bytes, str, str], ...] = (
    (0, b"\xed\xab\xee\xdb", "an RPM package", "rpm2cpio FILE | cpio -id"),
    (0, b"hsqs", "a squashfs image", "unsquashfs FILE"),
    (1080, b"\x53\xef", "an image of an ext file system", "debugfs -R 'rdump / FOLDER' FILE"),
    (32769, b"CD001", "an ISO image", "bsdtar -xf FILE"),
    (0, b"070701", "a cpio archive", "cpio -id < FILE"),
    (0, b"070702", "a cpio archive", "cpio -id < FILE"),
    (0, b"7z\xbc\xaf\x27\x1c", "a 7z archive", "7z x FILE"),
    (0, b"Rar!\x1a\x07", "a RAR archive", "unrar x FILE"),
    (0, b"xar!", "an installer package of macOS", "pkgutil --expand-full FILE FOLDER"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an installer of Windows (MSI)", "msiextract FILE, or msiexec /a FILE"),
    (0, b"MSCF", "a cabinet file", "cabextract FILE"),
    (0, b"MZ", "a program of Windows", "install it, and give the folder that it made"),
    (0, b"\x04\x22\x4d\x18", "compressed with lz4", "lz4 -d FILE"),
    (0, b"LZIP", "compressed with lzip", "lzip -d FILE"),
    (0, b"\x5d\x00\x00", "compressed with lzma's old format", "xz -d FILE"),
    (0, b"\x1f\x9d", "compressed with compress", "gzip -d FILE"),
)


def described(source: ByteSource) -> str | None:
    """What the file is, and how to get at the root in it; None where it is nothing known."""
    for at, magic, what, remedy in _FORMS:
        if source.size >= at + len(magic) and source.read(at, len(magic)) == magic:
            return f"it is {what}, which is not read: unpack it first ({remedy})"
    return None
