"""The manifests that are checked are those that kubectl would apply."""

import shutil
import subprocess
from copy import deepcopy
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from deploy.checks.kustomize import Manifest, render
from deploy.checks.manifests import FOLDER, faults, faults_of, folders
from services.shared import feed, openapi
from services.shared.app import Service, create_app
from services.shared.main import DESCRIBING

SERVICES = {"survey", "analytics", "notification"}
# Public beside what the document describes.
PAGES = {
    "/",
    "/docs",
    "/docs/assets",
    "/docs/openapi.json",
    "/redoc",
    "/r/{name}",
    "/scim/v2{path:path}",
    "/v1/openapi.json",
    "/v1/openapi.yaml",
}


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


def addresses_of(name: str) -> tuple[set[str], set[str]]:
    """All of a service, and those that its document describes."""
    service: Service = import_module(f"services.{name}.service").service()
    kind = getattr(import_module(f"services.{name}.settings"), f"{name.capitalize()}Settings")
    described = import_module(f"services.{name}.__main__").DESCRIBING
    app = create_app(service, kind.model_validate({**DESCRIBING, **described}))
    routers = [app.router, *service.routers, *service.described, feed.router]
    every = {str(route.path) for router in routers for route in router.routes if hasattr(route, "path")}
    return every, {f"/v1{path}" for path in openapi.document(app)["paths"]}


def leads_to(rule: dict[str, str], path: str) -> bool:
    """As Kubernetes has it: a prefix is of whole elements."""
    asked, given = path.split("/"), rule["path"].split("/")
    return asked == given or (rule["pathType"] == "Prefix" and asked[: len(given)] == given)


def test_only_public_addresses_are_published() -> None:
    (ingress,) = of_kind(render(FOLDER / "overlays" / "production"), "Ingress")
    seen = set()
    for host in ingress["spec"]["rules"]:
        rules = host["http"]["paths"]
        (name,) = {rule["backend"]["service"]["name"] for rule in rules}
        seen.add(name)
        every, described = addresses_of(name)
        inside = every - described - PAGES
        assert {"/metrics", "/livez", "/readyz", "/v1/events"} <= inside
        assert {path for path in inside if any(leads_to(rule, path) for rule in rules)} == set()
        assert {path for path in every - inside if not any(leads_to(rule, path) for rule in rules)} == set()
        assert [rule["path"] for rule in rules if not any(leads_to(rule, path) for path in every)] == []
    assert seen == SERVICES


def test_peers_and_prometheus_come_in_beside_the_ingress() -> None:
    policies = of_kind(render(FOLDER / "overlays" / "production"), "NetworkPolicy")
    (called,) = [policy for policy in policies if policy["metadata"]["name"] == "klankbord-called"]
    (rule,) = called["spec"]["ingress"]
    assert rule["ports"] == [{"port": 8000}]
    assert rule["from"] == [
        {"podSelector": called["spec"]["podSelector"]},
        {"namespaceSelector": {"matchLabels": {"klankbord.example/may-call": "true"}}},
    ]
