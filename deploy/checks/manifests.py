"""The rendered manifests against the schemas of Kubernetes: an unknown or misspelt field is an error."""

from pathlib import Path

import kubernetes_validate

from deploy.checks.kustomize import Manifest, render

FOLDER = Path(__file__).parents[1] / "kubernetes"
VERSIONS = ("1.30", "1.32", "1.34")


def folders() -> list[Path]:
    return sorted(path.parent for path in FOLDER.rglob("kustomization.yaml"))


def faults() -> list[str]:
    return [
        f"{folder.relative_to(FOLDER)}: {fault}"
        for folder in folders()
        for manifest in render(folder)
        for version in VERSIONS
        for fault in faults_of(manifest, version)
    ]


def faults_of(manifest: Manifest, version: str) -> list[str]:
    name = f"{manifest['kind']} {manifest['metadata']['name']} ({version})"
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return [f"{name}: {'/'.join(map(str, error.path))}: {error.message}"]
    return []
