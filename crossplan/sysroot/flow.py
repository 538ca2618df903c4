"""The bytes of an archive from front to back, decompressed on the way, and bounded.

The standard library decompresses (zstd: `compression.zstd` of Python 3.14, or its backport); what is held here is how
much may come out. The formats allow a thousand and more bytes out for one byte in, and real archives of binaries give
less than twenty, so output is bounded by what went in as well as in total.
"""

from __future__ import annotations

import bz2
import lzma
import time
import zlib
from typing import Protocol

from crossplan.readers.source import ByteSource, ReadError

TOTAL_LIMIT = 16 << 30
"""Bytes that all archives of one root may give."""

TIME_LIMIT = 600.0
"""Seconds that reading the archives of one root may take."""

RATIO_LIMIT = 200
FREE_LIMIT = 64 << 20
"""What one stream may give: `FREE_LIMIT` bytes, and `RATIO_LIMIT` more for each byte of it that was read."""

_CHUNK = 1 << 18
_FIRST_STEP = 1 << 12  # read at the beginning of a stream: some archives are of many small ones
_PADDING = 1 << 20  # zeros that may stand between or behind streams

WINDOW_LOG = 27
"""The unpacked bytes that a decompressor may have to hold, as a power of two: 128 MiB, what zstd's own tool accepts without --long.

`xz -9` needs 64 MiB, and none of the libraries can do with less than the archive was packed with: this is the memory that
reading it takes. A header may ask for 4 GiB.
"""
_XZ_MEMORY = (1 << WINDOW_LOG) + (2 << 20)  # the decoder's own tables included

MAGIC = {b"\x1f\x8b": "gzip", b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd"}
"""How compressed data begins, and the method's name."""


class OverLimit(ReadError):
    """Reading on would take more than crossplan allows one archive."""


class MissingModule(ReadError):
    """The module that decompresses it is not installed."""


class Allowance:
    """How many bytes may still come out of the archives of one root."""

    def __init__(self, limit: int = TOTAL_LIMIT) -> None:
        self._limit = self._left = limit
        self._deadline = time.monotonic() + TIME_LIMIT

    def spend(self, length: int) -> None:
        """Account for decompressed bytes; `OverLimit` when too many, or when the time is over."""
        self._left -= length
        if self._left < 0:
            raise OverLimit(f"it unpacks to more than {self._limit} bytes")
        if time.monotonic() > self._deadline:
            raise OverLimit(f"reading it took more than {TIME_LIMIT:.0f} seconds")


class Flow(Protocol):
    """Sequential reading. `upto` gives fewer bytes than asked only at the end; `skip` beyond the end is a `ReadError`."""

    @property
    def position(self) -> int:
        """How many bytes lie behind."""
        ...

    def upto(self, length: int) -> bytes:
        """The next `length` bytes, or as many as there are."""
        ...

    def skip(self, length: int) -> None:
        """Go on by `length` bytes."""
        ...


def exactly(flow: Flow, length: int) -> bytes:
    """The next `length` bytes, or `ReadError`."""
    data = flow.upto(length)
    if len(data) < length:
        raise ReadError(f"it ends early: {length} bytes wanted, {len(data)} left", f"offset {flow.position:#x}")
    return data


class PlainFlow:
    """A source as it is; to skip costs nothing."""

    def __init__(self, source: ByteSource) -> None:
        self._source = source
        self.position = 0

    def upto(self, length: int) -> bytes:
        """See `Flow`."""
        data = self._source.read(self.position, min(length, self._source.size - self.position))
        self.position += len(data)
        return data

    def skip(self, length: int) -> None:
        """See `Flow`."""
        if self.position + length > self._source.size:
            raise ReadError(f"it ends early: {length} bytes wanted", f"offset {self.position:#x}")
        self.position += length


class _Decoder(Protocol):
    """What the decompressors of `bz2`, `lzma` and `compression.zstd` share."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Zlib:
    """`zlib.decompressobj` in the shape of the others."""

    def __init__(self, bits: int) -> None:
        self._inner = zlib.decompressobj(bits)

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inner.decompress(self._inner.unconsumed_tail + data, max(max_length, 0))


class _Zstd:
    """`ZstdDecompressor`, of Python 3.14 or its backport, whose own error is there only where the module is."""

    def __init__(self) -> None:
        try:
            from compression import zstd  # type: ignore[import-not-found, unused-ignore]  # Python 3.14
        except ImportError:
            try:
                from backports import zstd  # type: ignore[no-redef, unused-ignore]
            except ImportError:
                raise MissingModule(
                    "it is compressed with zstd, for which this Python has no module: pip install 'crossplan[zstd]'"
                ) from None
        self._error: type[Exception] = zstd.ZstdError
        self._inner: _Decoder = zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: WINDOW_LOG})

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def needs_input(self) -> bool:
        return self._inner.needs_input

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        try:
            return self._inner.decompress(data, max_length)
        except self._error as error:
            raise ValueError(str(error)) from error


def _decoder(method: str) -> _Decoder:
    """A decompressor. `deflate` is the bare form that zip uses."""
    if method == "bzip2":
        return bz2.BZ2Decompressor()
    if method == "xz":
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)
    if method == "zstd":
        return _Zstd()
    return _Zlib(-zlib.MAX_WBITS if method == "deflate" else zlib.MAX_WBITS | 16)


class InflatedFlow:
    """A compressed source, decompressed. Streams that follow one another count as one, as in every tool of these formats."""

    def __init__(self, source: ByteSource, method: str, allowance: Allowance) -> None:
        self._source = source
        self._method = method
        self._allowance = allowance
        self._magic = next((magic for magic, name in MAGIC.items() if name == method), None)
        self._consumed = 0
        self._step = _FIRST_STEP
        self._decoder = _decoder(method)
        self.position = 0

    def upto(self, length: int) -> bytes:
        """See `Flow`."""
        pieces: list[bytes] = []
        while length:
            piece = self._more(min(length, _CHUNK))
            if not piece:
                break
            pieces.append(piece)
            length -= len(piece)
        return b"".join(pieces)

    def skip(self, length: int) -> None:
        """See `Flow`."""
        while length:
            length -= len(exactly(self, min(length, _CHUNK)))

    def _more(self, limit: int) -> bytes:
        """At least one byte and at most `limit`; nothing at the end."""
        while True:
            if self._decoder.eof and not self._next_stream():
                return b""
            fed = self._feed() if self._decoder.needs_input else b""
            ended = self._decoder.needs_input and not fed
            try:
                data = self._decoder.decompress(fed, limit)
            except (lzma.LZMAError, zlib.error, OSError, ValueError, EOFError) as error:
                if "emory" in str(error):  # both libraries' word for what is over the limit
                    raise OverLimit(
                        f"its {self._method} window is more than {1 << WINDOW_LOG - 20} MiB: unpack it first"
                    ) from error
                raise self._damaged() from error
            except MemoryError as error:
                raise OverLimit("its compressed data asks for more memory than there is") from error
            if data:
                return self._account(data)
            if ended and not self._decoder.eof:
                raise ReadError(f"its {self._method} data ends early", f"offset {self._consumed:#x}")

    def _damaged(self) -> ReadError:
        return ReadError(f"its {self._method} data is damaged", f"before offset {self._consumed:#x}")

    def _account(self, data: bytes) -> bytes:
        self.position += len(data)
        self._allowance.spend(len(data))
        if self.position > FREE_LIMIT + RATIO_LIMIT * self._consumed:
            raise OverLimit(f"it unpacks to more than {RATIO_LIMIT} times its size, as a decompression bomb does")
        return data

    def _feed(self) -> bytes:
        data = self._source.read(self._consumed, min(self._step, self._source.size - self._consumed))
        self._consumed += len(data)
        self._step = min(2 * self._step, _CHUNK)
        return data

    def _next_stream(self) -> bool:
        """Whether another stream follows (after zeros, if any); what else follows is no part of the archive."""
        if self._magic is None:
            return False
        start = self._consumed - len(self._decoder.unused_data)
        limit = start + _PADDING
        while head := self._source.read(start, min(4096, limit - start, self._source.size - start)):
            if stripped := head.lstrip(b"\0"):
                start += len(head) - len(stripped)
                break
            start += len(head)
        self._consumed = start
        if self._source.read(start, min(len(self._magic), self._source.size - start)) != self._magic:
            return False
        self._allowance.spend(0)
        self._decoder, self._step = _decoder(self._method), _FIRST_STEP
        return True


def flow_of(source: ByteSource, allowance: Allowance) -> Flow:
    """The flow of a source, by how it begins."""
    head = source.read(0, min(6, source.size))
    method = next((name for magic, name in MAGIC.items() if head.startswith(magic)), None)
    return InflatedFlow(source, method, allowance) if method else PlainFlow(source)
