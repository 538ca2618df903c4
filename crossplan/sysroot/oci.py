"""Images of containers: the OCI image layout (image-layout.md, manifest.md, v1.1) and what `docker save` wrote before it."""

from __future__ import annotations

import json
import os
import re
from typing import Any

from crossplan.readers.source import ReadError
from crossplan.sysroot.tree import RootError, Sysroot

_JSON_LIMIT = 4 << 20
_LAYERS = 512
_INDEXES = 16
_SAVED = r"[0-9a-f]{64}(?:\.json)?"  # the configuration, or a layer's folder, beside manifest.json
_DIGEST = r"(sha256|sha512):([0-9a-f]{64,128})"
_MANIFEST_TYPES = (
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
_INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)


def split_platform(place: str) -> tuple[str, str | None]:
    """A path, and the platform that follows it after `#`: `image.tar#linux/arm64`."""
    path, mark, platform = place.rpartition("#")
    return (path, platform) if mark and not os.path.lexists(place) else (place, None)


def is_image(root: Sysroot) -> bool:
    """Whether the root is the layout of an image rather than a file system."""
    try:
        if root.resolve("oci-layout") is not None:
            return root.resolve("index.json") is not None
        return root.resolve("manifest.json") is not None and any(
            re.fullmatch(_SAVED, name) for name in root.listdir("")
        )
    except ReadError:
        return False


def layers(root: Sysroot, platform: str | None) -> tuple[str, ...]:
    """The paths of the layers, lowest first, of the image for `platform` (`linux/arm64`), or of the only one.

    `RootError` where there are several, and none is named.
    """
    if root.resolve("index.json") is None:
        saved = _json(root, "manifest.json")
        names = saved[0].get("Layers") if isinstance(saved, list) and saved and isinstance(saved[0], dict) else None
        return tuple(str(name) for name in names[:_LAYERS]) if isinstance(names, list) else ()
    found = _manifests(root, "index.json", set())
    fitting = [path for path, its in found if platform in (None, its)]
    fitting = fitting or [path for path, its in found if its.startswith(f"{platform}/")]  # the one variant of linux/arm
    if len(set(fitting)) != 1:
        known = ", ".join(sorted({its for _, its in found})) or "none"
        wanted = f"no image for {platform}" if platform else "several images"
        raise RootError(f"{root.name} holds {wanted} (there: {known}); name one as {root.name}#linux/arm64")
    manifest = _json(root, fitting[0])
    listed = manifest.get("layers") if isinstance(manifest, dict) else None
    if not isinstance(listed, list) or len(listed) > _LAYERS:
        raise ReadError(f"{fitting[0]} lists no layers")
    return tuple(_blob(layer) for layer in listed)


def _manifests(root: Sysroot, path: str, seen: set[str]) -> list[tuple[str, str]]:
    """The manifests of images that an index leads to, each with its platform. Attestations are for platform `unknown`."""
    index = None if path in seen or len(seen) > _INDEXES else _json(root, path)
    seen.add(path)
    listed = index.get("manifests") if isinstance(index, dict) else None
    if not isinstance(listed, list) or len(listed) > _LAYERS:
        raise ReadError(f"{path} lists no manifests")
    found: list[tuple[str, str]] = []
    for item in listed:
        kind = item.get("mediaType") if isinstance(item, dict) else None
        if kind in _INDEX_TYPES:
            found += _manifests(root, _blob(item), seen)
        elif kind in _MANIFEST_TYPES and (its := _platform(item)) != "unknown/unknown":
            found.append((_blob(item), its))
        if len(found) > _LAYERS:
            raise ReadError(f"{path} lists more than {_LAYERS} images")
    return found


def _platform(item: dict[str, Any]) -> str:
    """`linux/arm/v7`; `any` where the descriptor names none."""
    its = item.get("platform")
    words = [its.get(key) for key in ("os", "architecture", "variant")] if isinstance(its, dict) else []
    return "/".join(str(word) for word in words if word) or "any"


def _blob(item: Any) -> str:
    """The path of the blob that a descriptor names."""
    match = re.fullmatch(_DIGEST, str(item.get("digest"))) if isinstance(item, dict) else None
    if match is None:
        raise ReadError("the image names a blob without a digest")
    return f"blobs/{match[1]}/{match[2]}"


def _json(root: Sysroot, path: str) -> Any:
    data = root.read(path, _JSON_LIMIT)
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ReadError(f"{path} is no JSON") from error
