"""As much of kustomize as our manifests use, so that they can be checked where there is no kubectl.

A test holds its output against kubectl's where that is installed. It knows resources, namespace, labels, images and
JSON patches by target; anything else in a kustomization is refused rather than passed over.
"""

from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml

Manifest = dict[str, Any]
KNOWN = {"apiVersion", "kind", "resources", "namespace", "labels", "images", "patches"}
WITHOUT_NAMESPACE = {"Namespace"}


def render(folder: Path) -> list[Manifest]:
    asked = yaml.safe_load((folder / "kustomization.yaml").read_text("utf-8"))
    if unknown := asked.keys() - KNOWN:
        raise ValueError(f"{folder}: this renderer does not know {', '.join(sorted(unknown))}")
    manifests = [manifest for name in asked["resources"] for manifest in _resource(folder / name)]
    for manifest in manifests:
        if "namespace" in asked and manifest["kind"] not in WITHOUT_NAMESPACE:
            manifest["metadata"]["namespace"] = asked["namespace"]
        for labels in asked.get("labels", []):
            manifest["metadata"].setdefault("labels", {}).update(labels["pairs"])
        for image in asked.get("images", []):
            _rename(manifest, image)
        for patch in asked.get("patches", []):
            if _meant(patch["target"], manifest):
                _patch(manifest, yaml.safe_load(patch["patch"]))
    return manifests


def _resource(path: Path) -> Iterator[Manifest]:
    if path.is_dir():
        yield from render(path)
        return
    for manifest in yaml.safe_load_all(path.read_text("utf-8")):
        yield deepcopy(manifest)


def _rename(node: Any, image: dict[str, Any]) -> None:
    if isinstance(node, list):
        for item in node:
            _rename(item, image)
    elif isinstance(node, dict):
        name, _, tag = str(node.get("image", "")).partition(":")
        if name == image["name"]:
            node["image"] = f"{image.get('newName', name)}:{image.get('newTag', tag)}"
        for value in node.values():
            _rename(value, image)


def _meant(target: dict[str, str], manifest: Manifest) -> bool:
    return (manifest["kind"], manifest["metadata"]["name"]) == (target["kind"], target["name"])


def _patch(manifest: Manifest, operations: list[dict[str, Any]]) -> None:
    """RFC 6902 `add` and `replace`; what is replaced must be there."""
    for operation in operations:
        *way, last = operation["path"].strip("/").split("/")
        node: Any = manifest
        for step in way:
            node = node[int(step) if isinstance(node, list) else step]
        if operation["op"] not in ("add", "replace") or (operation["op"] == "replace" and _absent(node, last)):
            raise ValueError(f"cannot {operation['op']} {operation['path']}")
        node[int(last) if isinstance(node, list) else last] = operation["value"]


def _absent(node: Any, last: str) -> bool:
    return int(last) >= len(node) if isinstance(node, list) else last not in node
