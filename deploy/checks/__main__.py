import sys
from collections.abc import Callable

from deploy.checks import contracts, manifests, migrations

CHECKS: dict[str, Callable[[], list[str]]] = {
    "OpenAPI documents are current": contracts.faults,
    "migrations add up to the tables": migrations.faults,
    "Kubernetes manifests are valid": manifests.faults,
}


def main() -> int:
    wrong = 0
    for name, check in CHECKS.items():
        found = check()
        print(f"{'FAILED' if found else 'ok'}: {name}", *found, sep="\n  ", flush=True)
        wrong += len(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
