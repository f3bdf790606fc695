"""What a run was made with: code, packages, machine, threads. Facts that let another repeat it.

Nothing here names a person, a computer or a folder. Values of environment variables are written
only where they are short and hold no path.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

from biasbench.custody.hashes import sha256_of_file
from biasbench.custody.merkle import merkle_root

_PACKAGE = Path(__file__).parents[1]

_THREADS = (
    "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
    "NUMEXPR_NUM_THREADS", "VECLIB_MAXIMUM_THREADS", "OMP_DYNAMIC", "CT2_USE_MKL",
)  # fmt: skip
_DETERMINISM = (
    "PYTHONHASHSEED", "CUBLAS_WORKSPACE_CONFIG", "CUDA_VISIBLE_DEVICES", "OPENBLAS_CORETYPE",
    "MKL_CBWR", "CT2_FORCE_CPU_ISA",
)  # fmt: skip
_HARMLESS = re.compile(r"[\w:,.=-]{0,40}")
_COMMIT = re.compile("[0-9a-f]{40}([0-9a-f]{24})?")
_NAME = re.compile("[A-Za-z0-9][A-Za-z0-9._-]*")


def environment() -> Mapping[str, Any]:
    r"""Facts in plain JSON values; empty text where something cannot be told.

    code_sha256 is the Merkle root over the package's own files (leaves as in a manifest), so that
    a checkout with uncommitted changes is told from the commit it stands on. record_sha256 is the
    digest of the list of files and digests that the installed wheel brought (RECORD). lock lists
    biasbench's dependencies, optional ones where installed, and theirs: name==version, in order.

    >>> facts = environment()
    >>> hashlib.sha256("".join(f"{line}\n" for line in facts["lock"]).encode()).hexdigest() == (
    ...     facts["lock_sha256"])
    True
    """
    lock = locked_packages()
    return {
        "biasbench": _version("biasbench"),
        "git_commit": git_commit(_PACKAGE.parent),
        "code_sha256": code_root(_PACKAGE),
        "record_sha256": _record_digest(),
        "lock": lock,
        "lock_sha256": hashlib.sha256("".join(f"{line}\n" for line in lock).encode()).hexdigest(),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "system": f"{platform.system()} {platform.release()}",
        "machine": platform.machine(),
        "c_library": " ".join(platform.libc_ver()).strip(),
        "cpu": _cpu(),
        "n_cpus": os.cpu_count() or 0,
        "gpu": _gpus(),
        "algebra": _algebra(),
        "threads": _settings(_THREADS),
        "determinism": _settings(_DETERMINISM),
    }


def locked_packages() -> list[str]:
    """What biasbench depends on and what that does, as far as installed: name==version."""
    found: dict[str, str] = {}
    todo = ["biasbench"]
    while todo:
        name = re.sub("[-_.]+", "-", todo.pop()).lower()
        if name in found:
            continue
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:  # an optional one that is not installed
            continue
        found[name] = package.version
        for wanted in package.requires or ():
            if match := _NAME.match(wanted):
                todo.append(match.group())
    found.pop("biasbench", None)
    return sorted(f"{name}=={version}" for name, version in found.items())


def git_commit(checkout: Path) -> str:
    """The commit that a checkout stands on, read from .git; empty if it is no checkout.

    Uncommitted changes are not seen.
    """
    place = checkout / ".git"
    try:
        if place.is_file():  # a worktree: the file says where its own .git is
            place = checkout / place.read_text("utf-8").strip().removeprefix("gitdir: ")
        head = (place / "HEAD").read_text("utf-8").strip()
        if not head.startswith("ref: "):
            return head if _COMMIT.fullmatch(head) else ""
        common = place / "commondir"
        shared = place / common.read_text("utf-8").strip() if common.is_file() else place
        return _commit_of(shared, head.removeprefix("ref: "))
    except (OSError, UnicodeDecodeError):
        return ""


def _commit_of(shared: Path, ref: str) -> str:
    if (shared / ref).is_file():
        commit = (shared / ref).read_text("utf-8").strip()
        return commit if _COMMIT.fullmatch(commit) else ""
    packed = shared / "packed-refs"
    lines = packed.read_text("utf-8").splitlines() if packed.is_file() else []
    return next((line.split()[0] for line in lines if line.endswith(f" {ref}")), "")


def code_root(package: Path) -> str:
    """The Merkle root over the files of a package, caches left out."""
    files = sorted(
        path.relative_to(package).as_posix()
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith(".")
    )
    return merkle_root([f"{sha256_of_file(package / name)}  {name}" for name in files])


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _record_digest() -> str:
    try:
        package = metadata.distribution("biasbench")
    except metadata.PackageNotFoundError:
        return ""
    record = package.read_text("RECORD")
    # That of an editable install lists the install and not the code.
    if record is None or '"editable": true' in (package.read_text("direct_url.json") or ""):
        return ""
    return hashlib.sha256(record.encode()).hexdigest()


def _cpu() -> str:
    listing = Path("/proc/cpuinfo")
    if listing.is_file():
        for line in listing.read_text("utf-8", errors="replace").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor()


def _gpus() -> list[str]:
    # Only NVIDIA's driver lists its cards as files; of others nothing is known here.
    models = []
    for listing in sorted(Path("/proc/driver/nvidia/gpus").glob("*/information")):
        for line in listing.read_text("utf-8", errors="replace").splitlines():
            if line.startswith("Model:"):
                models.append(line.partition(":")[2].strip())
    return models


def _algebra() -> str:
    import numpy as np

    built: Any = np.show_config(mode="dicts")
    blas = built.get("Build Dependencies", {}).get("blas", {})
    return f"{blas.get('name', '')} {blas.get('version', '')}".strip()


def _settings(names: tuple[str, ...]) -> dict[str, str]:
    found = {name: os.environ[name] for name in names if name in os.environ}
    return {
        name: value if _HARMLESS.fullmatch(value) else "set, not shown"
        for name, value in found.items()
    }
