"""The audit, with the real npm and pip-audit, before registries that answer one thing or another."""

from __future__ import annotations

import json
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from audit import SEVERITIES

AUDIT = Path(__file__).with_name("audit.py")
ADVISORY = {"id": 1, "url": "https://advisory.example", "title": "Bad", "vulnerable_versions": "<9999"}
PYTHON_FINDING = {"id": "PYSEC-1", "aliases": [], "fixed_in": ["9999"], "details": "Bad", "summary": None}

Answer = tuple[int, object]


def clean_npm() -> Answer:
    return 200, {}


def npm_finding(severity: str, package: str = "ws") -> Callable[[], Answer]:
    return lambda: (200, {package: [{**ADVISORY, "severity": severity}]})


def clean_pypi(_path: str) -> Answer:
    return 200, {"vulnerabilities": []}


def bad_httpx(path: str) -> Answer:
    return 200, {"vulnerabilities": [PYTHON_FINDING] if path.startswith("/pypi/httpx/") else []}


def without_httpx(path: str) -> Answer:
    return (404, {}) if path.startswith("/pypi/httpx/") else clean_pypi(path)


class Registries(ThreadingHTTPServer):
    """npm's registry, and PyPI to whoever takes this for the proxy to it."""

    npm: Callable[[], Answer] = staticmethod(clean_npm)
    pypi: Callable[[str], Answer] = staticmethod(clean_pypi)

    def __init__(self, certificate: Path) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.tls.load_cert_chain(certificate)


class Handler(BaseHTTPRequestHandler):
    server: Registries

    def do_CONNECT(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.connection = self.server.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb")
        self.handle_one_request()
        self.wfile.flush()
        self.close_connection = True

    def do_GET(self) -> None:
        self._answer(self.server.pypi(self.path) if self.path.startswith("/pypi/") else (404, {}))

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        assert self.path == "/-/npm/v1/security/advisories/bulk"
        self._answer(self.server.npm())

    def _answer(self, answer: Answer) -> None:
        status, body = answer
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("certificate") / "pypi.pem"
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=pypi.org -addext subjectAltName=DNS:pypi.org"
    subprocess.run([*command.split(), "-keyout", path, "-out", f"{path}.cert"], check=True, capture_output=True)
    path.write_text(path.read_text() + Path(f"{path}.cert").read_text())
    # So that it is here when the registry is another one.
    subprocess.run(["uvx", "pip-audit@2.10.1", "--version"], check=True, capture_output=True)
    return path


@pytest.fixture
def registries(certificate: Path) -> Iterator[Registries]:
    server = Registries(certificate)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def audit(registries: Registries, certificate: Path, cache: Path) -> subprocess.CompletedProcess[str]:
    url = f"http://127.0.0.1:{registries.server_port}"
    environment = {
        **os.environ,
        "npm_config_registry": url,
        "npm_config_fetch_retries": "0",
        "npm_config_cache": str(cache / "npm"),
        "PIP_CACHE_DIR": str(cache / "pip"),
        "HTTPS_PROXY": url,
        "NO_PROXY": "127.0.0.1",
        "REQUESTS_CA_BUNDLE": str(certificate),
        "UV_OFFLINE": "1",
    }
    return subprocess.run([sys.executable, AUDIT], env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("npm", [clean_npm, npm_finding("moderate"), npm_finding("critical", "no-package-of-ours")])
def test_nothing_that_counts_is_found(npm: Callable[[], Answer], registries, certificate, tmp_path) -> None:
    registries.npm = npm
    done = audit(registries, certificate, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "npm: 0 known vulnerabilities\nPyPI: 0 known vulnerabilities\n"


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_finding_of_npm_fails(severity: str, registries, certificate, tmp_path) -> None:
    registries.npm = npm_finding(severity)
    done = audit(registries, certificate, tmp_path)
    assert done.returncode == 1
    assert done.stderr == f"ws: {severity}, https://advisory.example\n"


def test_a_finding_of_python_fails(registries, certificate, tmp_path) -> None:
    registries.pypi = bad_httpx
    done = audit(registries, certificate, tmp_path)
    assert done.returncode == 1
    assert done.stderr.startswith("httpx ") and done.stderr.endswith(": PYSEC-1\n")


@pytest.mark.parametrize("status", [404, 405])
def test_a_registry_without_advisories_is_said_to_be_one(status: int, registries, certificate, tmp_path) -> None:
    registries.npm = lambda: (status, {})
    registries.pypi = lambda _path: (404, {})
    done = audit(registries, certificate, tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line for line in done.stdout.splitlines() if line.startswith("NOT AUDITED")] == [
        "NOT AUDITED: the registry for npm has no advisories.",
        "NOT AUDITED: the registry for PyPI has no advisories.",
    ]


def test_one_registry_without_advisories_does_not_hide_the_finding_of_the_other(
    registries, certificate, tmp_path
) -> None:
    registries.npm = lambda: (405, {})
    registries.pypi = bad_httpx
    done = audit(registries, certificate, tmp_path)
    assert (done.returncode, "NOT AUDITED" in done.stdout) == (1, True)


@pytest.mark.parametrize("status", [403, 503])
def test_an_audit_that_npm_could_not_make_fails(status: int, registries, certificate, tmp_path) -> None:
    registries.npm = lambda: (status, {})
    done = audit(registries, certificate, tmp_path)
    assert done.returncode == 1
    assert "npm audit has failed" in done.stderr


@pytest.mark.parametrize("pypi", [without_httpx, lambda _path: (503, {})])
def test_an_audit_that_pip_audit_could_not_make_fails(pypi, registries, certificate, tmp_path) -> None:
    registries.pypi = pypi
    done = audit(registries, certificate, tmp_path)
    assert (done.returncode, "pip-audit" in done.stderr) == (1, True)
