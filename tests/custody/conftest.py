"""A small bundle, and a time-stamping authority of our own, made with OpenSSL."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
import soundfile

from biasbench.custody import PARTS, Manifest, attach_token, request_token, write_manifest

RECORD = {
    **{part: {} for part in PARTS},
    "case": {"id": "C-1", "requester": "comité social et économique", "interests": ["aucun"]},
    "files": [{"path": "call.wav", "obtained": "worker access request", "transfers": []}],
    "run": {"start": "2026-03-01T09:00:00Z", "end": "2026-03-01T09:04:10Z", "seeds": [0, 1]},
    "missing_or_refused": [{"what": "barème", "asked": "2026-02-01", "answer": None}],
}

_CONF = """
[req]
distinguished_name = dn
prompt = no
[dn]
O = Throw-away authority
CN = {cn}
[ca]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
subjectKeyIdentifier = hash
[stamp]
basicConstraints = critical, CA:FALSE
extendedKeyUsage = critical, timeStamping
keyUsage = critical, digitalSignature
subjectKeyIdentifier = hash
[web]
extendedKeyUsage = critical, serverAuth
[tsa]
default_tsa = one
[one]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.5
digests = sha256, sha384
accuracy = secs:1, millisecs:500
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = {ess}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The files of a bundle, without a manifest: tables, an accented name, one recording."""
    bundle = tmp_path / "bundle"
    (bundle / "tables").mkdir(parents=True)
    (bundle / "plan.toml").write_text('margin = "3"\n', encoding="utf-8")
    (bundle / "tables" / "écarts.csv").write_text("group,gap\nA,3.1\n", encoding="utf-8")
    (bundle / "empty.txt").write_bytes(b"")
    soundfile.write(bundle / "call.wav", np.array([0.0, 0.5, -0.5, 0.25]), 8000)
    return bundle


@pytest.fixture
def manifest(folder: Path) -> Manifest:
    """The manifest of that folder, written."""
    return write_manifest(folder, RECORD)


@dataclass(frozen=True)
class Authority:
    """Answers requests as a time-stamping authority does; `ca` is its root certificate."""

    folder: Path
    ca: Path

    def answer(self, request: Path, response: Path, *, token_only: bool = False) -> Path:
        """Its answer to a request."""
        only = ["-token_out"] if token_only else []
        openssl(
            "ts", "-reply", "-config", self.folder / "conf", "-queryfile", request, "-signer",
            self.folder / "tsa.pem", "-inkey", self.folder / "tsa.key", "-out", response, *only,
        )  # fmt: skip
        return response


def openssl(*arguments: object) -> str:
    """What OpenSSL says; its failure is the test's."""
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("openssl is not installed")
    done = subprocess.run(
        [found, *map(str, arguments)], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="session")
def authority_of(
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[..., Authority]:
    """`authority_of(key="ec")`: a throw-away authority with that kind of key and certificate."""

    def make(*, key: str = "rsa", usage: str = "stamp", ess: str = "sha256") -> Authority:
        folder = tmp_path_factory.mktemp("authority")
        conf = folder / "conf"
        (folder / "serial").write_text("01")
        kind = {
            "rsa": ("RSA", "rsa_keygen_bits:2048"),
            "ec": ("EC", "ec_paramgen_curve:P-256"),
        }[key]
        for name in ("ca", "tsa"):
            conf.write_text(_CONF.format(cn=name.upper(), folder=folder, ess=ess))
            openssl(
                "genpkey",
                "-algorithm",
                kind[0],
                "-pkeyopt",
                kind[1],
                "-out",
                folder / f"{name}.key",
            )
            openssl(
                "req", "-new", "-config", conf, "-key", folder / f"{name}.key", "-out",
                folder / f"{name}.csr",
            )  # fmt: skip
        openssl(
            "x509", "-req", "-in", folder / "ca.csr", "-signkey", folder / "ca.key", "-days", "30",
            "-extfile", conf, "-extensions", "ca", "-out", folder / "ca.pem",
        )  # fmt: skip
        openssl(
            "x509", "-req", "-in", folder / "tsa.csr", "-CA", folder / "ca.pem", "-CAkey",
            folder / "ca.key", "-set_serial", "77", "-days", "30", "-extfile", conf,
            "-extensions", usage, "-out", folder / "tsa.pem",
        )  # fmt: skip
        return Authority(folder, folder / "ca.pem")

    return make


@pytest.fixture(scope="session")
def authority(authority_of: Callable[..., Authority]) -> Authority:
    """One with an RSA key."""
    return authority_of()


@pytest.fixture
def stamped(authority: Authority) -> Callable[[Path], Authority]:
    """`stamped(folder)` has the authority date the manifest of a folder."""
    pytest.importorskip("asn1crypto", reason="asn1crypto is not installed")

    def stamp(folder: Path) -> Authority:
        answer = authority.answer(request_token(folder), folder.parent / "answer.tsr")
        attach_token(folder, answer)
        return authority

    return stamp
