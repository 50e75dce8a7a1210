#!/usr/bin/env python3
"""Fails where a package that ships has a known vulnerability.

npm is asked about the lock file of the workspace (SEVERITIES count), pip-audit about that of the Python
client (which knows no severity: all count). Both ask the registry that the packages are from. A mirror may have no
advisories: then nothing is known, which is said, loudly, and is no failure. All else that keeps the audit from being
made is one.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
NPM = ["npm", "audit", "--package-lock-only", "--omit=dev", "--json"]
UV_EXPORT = ["uv", "export", "--project", "clients/python", "--frozen", "--no-dev", "--no-emit-project", "--quiet"]
PIP_AUDIT = ["uvx", "pip-audit@2.10.1", "-r", "/dev/stdin", "--disable-pip", "--progress-spinner=off", "--format=json"]
SEVERITIES = ("high", "critical")
# What a registry answers that does not have the endpoint.
NO_ENDPOINT = (404, 405)


class NoAdvisories(Exception):
    """The registry has no advisories to ask for."""


def run(command: list[str], text: str = "") -> dict[str, Any]:
    """The JSON that a command has printed. Its exit code says less."""
    done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, check=False)
    try:
        return json.loads(done.stdout)
    except json.JSONDecodeError:
        raise SystemExit(f"{' '.join(command)} has failed:\n{done.stderr}") from None


def audit_npm() -> list[str]:
    report = run(NPM)
    if report.get("statusCode") in NO_ENDPOINT:
        raise NoAdvisories(report["message"])
    if "auditReportVersion" not in report:
        raise SystemExit(f"npm audit has failed: {report.get('message')}")
    advisories = [
        advisory
        for package in report["vulnerabilities"].values()
        for advisory in package["via"]
        # The names of those that need a vulnerable package are there, too.
        if isinstance(advisory, dict)
    ]
    return [
        f"{each['name']}: {each['severity']}, {each['url']}" for each in advisories if each["severity"] in SEVERITIES
    ]


def audit_python() -> list[str]:
    requirements = subprocess.run(UV_EXPORT, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    packages = run(PIP_AUDIT, requirements)["dependencies"]
    skipped = [package["skip_reason"] for package in packages if "skip_reason" in package]
    if packages and len(skipped) == len(packages):
        raise NoAdvisories(skipped[0])
    if skipped:
        raise SystemExit("pip-audit could not audit all:\n" + "\n".join(skipped))
    return [
        f"{package['name']} {package['version']}: {vulnerability['id']}"
        for package in packages
        for vulnerability in package["vulns"]
    ]


def main() -> None:
    findings: list[str] = []
    for name, audit in (("npm", audit_npm), ("PyPI", audit_python)):
        try:
            found = audit()
        except NoAdvisories as reason:
            print(f"{'!' * 80}\nNOT AUDITED: the registry for {name} has no advisories.\n{reason}\n{'!' * 80}")
            continue
        print(f"{name}: {len(found)} known vulnerabilities")
        findings += found
    if findings:
        sys.exit("\n".join(findings))


if __name__ == "__main__":
    main()
