import builtins
import hashlib
import importlib.util
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from biasbench.custody import (
    Manifest,
    attach_token,
    read_token,
    request_token,
    verify,
    write_manifest,
    write_request,
    write_zip,
)
from biasbench.custody.stamped import read_request
from biasbench.custody.tokens import _check_certificate
from biasbench.errors import InputError, MissingExtraError, NotFoundError, OptionError
from tests.custody.conftest import RECORD, Authority, openssl

core = pytest.importorskip("asn1crypto.core", reason="asn1crypto is not installed")
asn1_pem = pytest.importorskip("asn1crypto.pem", reason="asn1crypto is not installed")
x509 = pytest.importorskip("asn1crypto.x509", reason="asn1crypto is not installed")
tsp = pytest.importorskip("asn1crypto.tsp", reason="asn1crypto is not installed")

HAS_CRYPTOGRAPHY = importlib.util.find_spec("cryptography") is not None
ROOT = hashlib.sha256(b"a root").hexdigest()


def test_openssl_reads_the_request(tmp_path: Path) -> None:
    request = write_request(ROOT, tmp_path / "a.tsq", nonce=0x1234, policy="1.2.3.4.5")
    told = openssl("ts", "-query", "-in", request, "-text")
    assert "Version: 1" in told
    assert "Hash Algorithm: sha256" in told
    assert "Policy OID: 1.2.3.4.5" in told
    assert "Nonce: 0x1234" in told
    assert "Certificate required: yes" in told
    lines = [line for line in told.splitlines() if line.strip()[:4] in ("0000", "0010")]
    digits = "".join(line.split(" - ")[1][:47].replace("-", " ") for line in lines)
    assert digits.replace(" ", "") == ROOT


def test_openssl_makes_the_same_request(tmp_path: Path) -> None:
    openssl("ts", "-query", "-digest", ROOT, "-sha256", "-cert", "-out", tmp_path / "theirs.tsq")
    theirs = (tmp_path / "theirs.tsq").read_bytes()
    digest, nonce = read_request(theirs, "theirs.tsq")
    assert digest == ROOT
    assert write_request(ROOT, tmp_path / "ours.tsq", nonce=nonce).read_bytes() == theirs


def test_two_requests_have_two_nonces(tmp_path: Path) -> None:
    nonces = set()
    for number in range(20):
        request = write_request(ROOT, tmp_path / f"{number}.tsq")
        nonces.add(read_request(request.read_bytes(), "")[1])
    assert len(nonces) == 20
    assert all(nonce is not None and nonce.bit_length() == 64 for nonce in nonces)


@pytest.mark.parametrize(
    ("digest", "policy", "words"),
    [("ab", None, "64 hexadecimal digits"), (ROOT, "tsa", "an object identifier")],
)
def test_what_cannot_be_asked_is_refused(
    tmp_path: Path, digest: str, policy: str | None, words: str
) -> None:
    with pytest.raises(OptionError, match=words):
        write_request(digest, tmp_path / "a.tsq", policy=policy)


@pytest.mark.parametrize(
    "kind", [{"key": "rsa"}, {"key": "ec"}, {"ess": "sha1"}], ids=["rsa", "ec", "ess-sha1"]
)
def test_an_authoritys_answer_is_accepted_and_openssl_verifies_it(
    folder: Path,
    manifest: Manifest,
    tmp_path: Path,
    authority_of: Callable[..., Authority],
    kind: Mapping[str, str],
) -> None:
    authority = authority_of(**kind)
    answer = authority.answer(request_token(folder), tmp_path / "answer.tsr")
    token = attach_token(folder, answer)
    assert (token.imprint, token.algorithm) == (manifest.root, "sha256")
    assert (token.policy, token.serial, token.accuracy) == ("1.2.3.4.1", 2, 1.5)
    assert "TSA" in token.authority
    assert "CA" in token.issuer
    assert token.time.startswith("20")
    assert token.time.endswith("Z")
    assert token.signature == ("good" if HAS_CRYPTOGRAPHY else "not checked")
    told = openssl(
        "ts", "-verify", "-digest", manifest.root, "-in", folder / "manifest.tsr", "-CAfile",
        authority.ca,
    )  # fmt: skip
    assert "Verification: OK" in told
    for path in (folder, write_zip(folder, tmp_path / "bundle.zip")):
        found = verify(path)
        assert found.is_sound
        assert found.token == token
        assert found.root == manifest.root  # the time-stamp lies outside of the tree
        assert f"openssl ts -verify -digest {manifest.root}" in " ".join(found.unchecked)


def test_the_token_alone_is_accepted_too(
    folder: Path, manifest: Manifest, tmp_path: Path, authority: Authority
) -> None:
    request = request_token(folder)
    answer = authority.answer(request, tmp_path / "answer.tst", token_only=True)
    assert attach_token(folder, answer).imprint == manifest.root
    assert verify(folder).is_sound


@pytest.mark.usefixtures("manifest")
def test_an_answer_about_another_root_is_refused(
    folder: Path, tmp_path: Path, authority: Authority
) -> None:
    request_token(folder)
    other = authority.answer(write_request(ROOT, tmp_path / "o.tsq"), tmp_path / "o.tsr")
    with pytest.raises(InputError, match=f"dates sha256 {ROOT}, and not"):
        attach_token(folder, other)
    assert not (folder / "manifest.tsr").exists()


def test_an_answer_to_another_request_is_refused(
    folder: Path, manifest: Manifest, tmp_path: Path, authority: Authority
) -> None:
    request_token(folder)
    other = write_request(manifest.root, tmp_path / "o.tsq")
    with pytest.raises(InputError, match="its nonce is another"):
        attach_token(folder, authority.answer(other, tmp_path / "o.tsr"))


@pytest.mark.usefixtures("manifest")
def test_a_refusal_of_the_authoritys_is_said(
    folder: Path, tmp_path: Path, authority: Authority
) -> None:
    request = request_token(folder, policy="1.2.3.99")  # a policy that it does not have
    answer = authority.answer(request, tmp_path / "answer.tsr")
    with pytest.raises(InputError, match=r"the authority refused \(rejection: Requested policy"):
        attach_token(folder, answer)


@pytest.mark.usefixtures("manifest")
def test_a_token_of_another_bundle_is_told(
    folder: Path, stamped: Callable[[Path], Authority]
) -> None:
    stamped(folder)
    (folder / "plan.toml").write_text("margin = 9\n")
    with pytest.raises(OptionError, match=r"manifest.tsq: is about the root that the folder had"):
        write_manifest(folder, RECORD)
    stamps = {name: (folder / name).read_bytes() for name in ("manifest.tsq", "manifest.tsr")}
    for name in stamps:
        (folder / name).unlink()
    write_manifest(folder, RECORD)
    for name, raw in stamps.items():
        (folder / name).write_bytes(raw)
    assert {problem.kind for problem in verify(folder).problems} == {"timestamp"}
    (folder / "manifest.tsq").unlink()
    digest = hashlib.sha256(stamps["manifest.tsr"]).hexdigest()
    (folder / "timestamp.sha256").write_text(f"{digest}  manifest.tsr\n")
    told = [str(problem) for problem in verify(folder).problems]
    assert len(told) == 1
    assert told[0].startswith("manifest.tsr: dates sha256")


@pytest.mark.usefixtures("manifest")
def test_a_request_without_an_answer_is_said_and_is_no_problem(folder: Path) -> None:
    request_token(folder)
    found = verify(folder)
    assert found.is_sound
    assert "asked for, and the answer is not there" in found.unchecked[0]
    with pytest.raises(OptionError, match=r"manifest.tsq: is there already"):
        request_token(folder)


@pytest.mark.usefixtures("manifest")
@pytest.mark.parametrize("name", ["manifest.tsq", "manifest.tsr", "timestamp.sha256"])
def test_a_missing_part_of_a_time_stamp_is_told(
    folder: Path, stamped: Callable[[Path], Authority], name: str
) -> None:
    stamped(folder)
    (folder / name).unlink()
    assert {problem.kind for problem in verify(folder).problems} == {"timestamp"}


@pytest.mark.usefixtures("manifest")
def test_a_second_token_is_refused(folder: Path, stamped: Callable[[Path], Authority]) -> None:
    stamped(folder)
    with pytest.raises(OptionError, match=r"manifest.tsr: is there already"):
        attach_token(folder, folder / "manifest.tsr")


def _forged(path: Path, change: Callable[[Any], None]) -> Path:
    """The answer with its signed content or its signature changed, and all lengths right."""
    response = tsp.TimeStampResp.load(path.read_bytes())
    change(response["time_stamp_token"]["content"])
    path.write_bytes(response.dump(force=True))
    return path


def test_a_token_whose_content_was_changed_is_refused(tmp_path: Path, authority: Authority) -> None:
    answer = authority.answer(write_request(ROOT, tmp_path / "a.tsq"), tmp_path / "a.tsr")

    def serial(signed: Any) -> None:
        info = tsp.TSTInfo.load(signed["encap_content_info"]["content"].contents)
        info["serial_number"] = 99
        signed["encap_content_info"]["content"] = core.ParsableOctetString(info.dump())

    with pytest.raises(InputError, match="its content is not the one that was signed"):
        read_token(_forged(answer, serial))


@pytest.mark.skipif(not HAS_CRYPTOGRAPHY, reason="cryptography is not installed")
@pytest.mark.parametrize("key", ["rsa", "ec"])
def test_a_token_whose_signature_was_changed_is_refused(
    tmp_path: Path, authority_of: Callable[..., Authority], key: str
) -> None:
    authority = authority_of(key=key)
    answer = authority.answer(write_request(ROOT, tmp_path / "a.tsq"), tmp_path / "a.tsr")

    def signature(signed: Any) -> None:
        raw = bytearray(signed["signer_infos"][0]["signature"].native)
        raw[-1] ^= 1
        signed["signer_infos"][0]["signature"] = bytes(raw)

    with pytest.raises(InputError, match="its signature is not that of its certificate"):
        read_token(_forged(answer, signature))


def test_a_token_without_its_certificate_is_refused(tmp_path: Path, authority: Authority) -> None:
    answer = authority.answer(write_request(ROOT, tmp_path / "a.tsq"), tmp_path / "a.tsr")

    def certificates(signed: Any) -> None:
        signed["certificates"] = []

    with pytest.raises(InputError, match="lacks its signer's certificate"):
        read_token(_forged(answer, certificates))


def test_a_certificate_swapped_for_another_is_refused(
    tmp_path: Path, authority: Authority, authority_of: Callable[..., Authority]
) -> None:
    """Same issuer's name and serial number, another key: only its digest tells."""
    answer = authority.answer(write_request(ROOT, tmp_path / "a.tsq"), tmp_path / "a.tsr")
    other = authority_of().answer(write_request(ROOT, tmp_path / "b.tsq"), tmp_path / "b.tsr")
    theirs = tsp.TimeStampResp.load(other.read_bytes())["time_stamp_token"]["content"]

    def certificates(signed: Any) -> None:
        signed["certificates"] = theirs["certificates"].copy()

    with pytest.raises(InputError, match="not the one that its signer named"):
        read_token(_forged(answer, certificates))


def test_a_request_about_another_root_is_told(folder: Path, manifest: Manifest) -> None:
    request = write_request(ROOT, folder / "manifest.tsq")
    digest = hashlib.sha256(request.read_bytes()).hexdigest()
    (folder / "timestamp.sha256").write_text(f"{digest}  manifest.tsq\n")
    assert [problem.what for problem in verify(folder).problems] == [
        f"manifest.tsq: asks to date {ROOT}, and the root is {manifest.root}"
    ]


@pytest.mark.parametrize(
    ("usage", "year", "words"),
    [("web", 0, "not one for time-stamping alone"), ("ca", 0, "not one for time-stamping alone"),
     ("stamp", -1, "was not valid at"), ("stamp", 1, "was not valid at")],
)  # fmt: skip
def test_a_certificate_for_another_use_or_another_time_is_refused(
    authority_of: Callable[..., Authority], usage: str, year: int, words: str
) -> None:
    pem = (authority_of(usage=usage).folder / "tsa.pem").read_bytes()
    certificate = x509.Certificate.load(asn1_pem.unarmor(pem)[2])
    time = certificate.not_valid_before + timedelta(days=1 + 365 * year)
    with pytest.raises(InputError, match=words):
        _check_certificate(certificate, time, "a.tsr")


def test_a_certificate_for_time_stamping_in_its_time_is_accepted(authority: Authority) -> None:
    pem = (authority.folder / "tsa.pem").read_bytes()
    certificate = x509.Certificate.load(asn1_pem.unarmor(pem)[2])
    _check_certificate(certificate, certificate.not_valid_before, "a.tsr")


@pytest.mark.parametrize("raw", [b"", b"\x30\x00", b"<html>not found</html>", b"\x30\x80" * 50])
def test_what_is_no_token_is_refused(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / "a.tsr").write_bytes(raw)
    with pytest.raises(InputError, match=r"a.tsr: is not a time-stamp of RFC 3161"):
        read_token(tmp_path / "a.tsr")
    with pytest.raises(NotFoundError, match="no such time-stamp"):
        read_token(tmp_path / "b.tsr")


@pytest.mark.slow
def test_no_altered_bit_of_a_token_is_a_traceback(tmp_path: Path, authority: Authority) -> None:
    answer = authority.answer(write_request(ROOT, tmp_path / "a.tsq"), tmp_path / "a.tsr")
    raw = answer.read_bytes()
    refused = 0
    for position in range(8 * len(raw)):
        altered = bytearray(raw)
        altered[position // 8] ^= 1 << position % 8
        answer.write_bytes(altered)
        try:
            read_token(answer)
        except InputError:
            refused += 1
    assert refused > 4 * len(raw)


@pytest.mark.usefixtures("manifest")
def test_without_asn1crypto_a_time_stamp_is_unchecked_and_says_so(
    folder: Path, stamped: Callable[[Path], Authority], monkeypatch: pytest.MonkeyPatch
) -> None:
    stamped(folder)
    imported = builtins.__import__

    def refuse(name: str, *rest: Any) -> Any:
        if name.startswith("asn1crypto"):
            raise ImportError(name)
        return imported(name, *rest)

    monkeypatch.setattr(builtins, "__import__", refuse)
    found = verify(folder)
    assert found.is_sound
    assert found.token is None
    assert "needs the package 'asn1crypto'" in found.unchecked[0]
    with pytest.raises(MissingExtraError, match=r"biasbench\[custody\]"):
        write_request(ROOT, folder / "a.tsq")
