"""Chain of custody: what a bundle holds, shown to be unchanged, and dated by others.

    hashes        the digests of a file and of its decoded sound
    merkle        one root for many leaves (RFC 6962), and that one leaf is among them
    manifest      manifest.json: the record of custody, every file, the root
    archive       the bundle as one .zip
    verification  whether a folder or .zip is what its manifest says
    timestamp     asking an authority to date the root (RFC 3161), and attaching its answer
    environment   what a run was made with

Ids of people do not pass through here: a bundle holds the pseudonyms that its tables hold.
"""

from biasbench.custody.archive import write_zip
from biasbench.custody.contents import Problem
from biasbench.custody.environment import environment
from biasbench.custody.hashes import PcmHash, sha256_of_file, sha256_of_pcm
from biasbench.custody.manifest import (
    PARTS,
    FileEntry,
    Manifest,
    Membership,
    describe_file,
    membership,
    write_manifest,
)
from biasbench.custody.merkle import audit_path, merkle_root, verify_path
from biasbench.custody.timestamp import attach_token, request_token, write_request
from biasbench.custody.tokens import Token, read_token
from biasbench.custody.verification import Verification, read_manifest, verify

__all__ = [
    "PARTS",
    "FileEntry",
    "Manifest",
    "Membership",
    "PcmHash",
    "Problem",
    "Token",
    "Verification",
    "attach_token",
    "audit_path",
    "describe_file",
    "environment",
    "membership",
    "merkle_root",
    "read_manifest",
    "read_token",
    "request_token",
    "sha256_of_file",
    "sha256_of_pcm",
    "verify",
    "verify_path",
    "write_manifest",
    "write_request",
    "write_zip",
]
