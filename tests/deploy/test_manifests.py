"""The manifests that are checked are those that kubectl would apply."""

import shutil
import subprocess
from copy import deepcopy
from pathlib import Path

import pytest
import yaml

from deploy.checks.kustomize import Manifest, render
from deploy.checks.manifests import FOLDER, faults, faults_of, folders

SERVICES = {"survey", "analytics", "notification"}


def of_kind(manifests: list[Manifest], kind: str) -> list[Manifest]:
    return [manifest for manifest in manifests if manifest["kind"] == kind]


def test_all_are_valid() -> None:
    assert len(folders()) == 3
    assert faults() == []


def test_a_misspelt_field_is_found() -> None:
    deployment = deepcopy(of_kind(render(FOLDER / "base"), "Deployment")[0])
    deployment["spec"]["template"]["spec"]["containers"][0]["readynessProbe"] = {}
    assert "readynessProbe" in faults_of(deployment, "1.32")[0]


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
@pytest.mark.parametrize("folder", folders(), ids=lambda folder: str(folder.relative_to(FOLDER)))
def test_rendered_as_kubectl_does(folder: Path) -> None:
    rendered = subprocess.run(["kubectl", "kustomize", str(folder)], check=True, capture_output=True, text=True).stdout

    def order(manifest: Manifest) -> tuple[str, str]:
        return manifest["kind"], manifest["metadata"]["name"]

    assert sorted(render(folder), key=order) == sorted(yaml.safe_load_all(rendered), key=order)


@pytest.mark.parametrize("folder", folders(), ids=lambda folder: str(folder.relative_to(FOLDER)))
def test_every_container_is_hardened(folder: Path) -> None:
    manifests = render(folder)
    workloads = of_kind(manifests, "Deployment") + of_kind(manifests, "Job")
    assert len(workloads) == 6
    for workload in workloads:
        pod = workload["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in pod["containers"]:
            security = container["securityContext"]
            assert security["readOnlyRootFilesystem"] is True
            assert security["allowPrivilegeEscalation"] is False
            assert security["capabilities"] == {"drop": ["ALL"]}
            assert "memory" in container["resources"]["limits"]


def test_every_service_is_probed_scaled_and_kept_up() -> None:
    manifests = render(FOLDER / "base")
    for kind in ("Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget"):
        assert {manifest["metadata"]["name"] for manifest in of_kind(manifests, kind)} == SERVICES
    assert {job["metadata"]["name"] for job in of_kind(manifests, "Job")} == {f"{name}-migrate" for name in SERVICES}
    for deployment in of_kind(manifests, "Deployment"):
        container = deployment["spec"]["template"]["spec"]["containers"][0]
        assert {"startupProbe", "livenessProbe", "readinessProbe"} <= container.keys()


def test_secrets_come_from_outside() -> None:
    assert not any(of_kind(render(folder), "Secret") for folder in folders())
