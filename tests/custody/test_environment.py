import getpass
import json
import re
import socket
from importlib import metadata
from pathlib import Path

import pytest

from biasbench.custody import environment
from biasbench.custody.environment import code_root, git_commit, locked_packages

COMMIT = "0123456789abcdef0123456789abcdef01234567"


def test_facts_are_plain_json_and_the_same_twice() -> None:
    facts = environment()
    assert json.loads(json.dumps(facts)) == facts
    assert environment() == facts


def test_the_lock_lists_what_is_installed() -> None:
    lock = locked_packages()
    assert f"numpy=={metadata.version('numpy')}" in lock
    assert lock == sorted(lock)
    assert not any(line.startswith("biasbench==") for line in lock)


def test_nobody_and_no_place_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", "2")
    monkeypatch.setenv("PYTHONHASHSEED", "/home/marie/seed")
    facts = environment()
    assert facts["threads"]["OMP_NUM_THREADS"] == "2"
    assert facts["determinism"]["PYTHONHASHSEED"] == "set, not shown"
    text = json.dumps(facts)
    for secret in (socket.gethostname(), str(Path.home()), str(Path.cwd()), "marie"):
        # Whole words: a machine named 'vm' is not named by 'llvmlite'.
        assert not re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text)
    assert f'"{getpass.getuser()}"' not in text


def _checkout(folder: Path, head: str) -> Path:
    (folder / ".git" / "refs" / "heads").mkdir(parents=True)
    (folder / ".git" / "HEAD").write_text(f"{head}\n")
    return folder


def test_the_commit_is_read_off_a_branch(tmp_path: Path) -> None:
    checkout = _checkout(tmp_path, "ref: refs/heads/main")
    (checkout / ".git" / "refs" / "heads" / "main").write_text(f"{COMMIT}\n")
    assert git_commit(checkout) == COMMIT


def test_the_commit_is_read_where_no_branch_is(tmp_path: Path) -> None:
    assert git_commit(_checkout(tmp_path, COMMIT)) == COMMIT


def test_the_commit_is_read_off_packed_branches(tmp_path: Path) -> None:
    checkout = _checkout(tmp_path, "ref: refs/heads/main")
    (checkout / ".git" / "packed-refs").write_text(
        f"# pack-refs with: peeled\n{'f' * 40} refs/heads/other\n{COMMIT} refs/heads/main\n"
    )
    assert git_commit(checkout) == COMMIT


def test_the_commit_of_a_worktree_is_its_own(tmp_path: Path) -> None:
    main = _checkout(tmp_path / "main", "ref: refs/heads/main")
    (main / ".git" / "refs" / "heads" / "side").write_text(f"{COMMIT}\n")
    own = main / ".git" / "worktrees" / "side"
    own.mkdir(parents=True)
    (own / "HEAD").write_text("ref: refs/heads/side\n")
    (own / "commondir").write_text("../..\n")
    (tmp_path / "side").mkdir()
    (tmp_path / "side" / ".git").write_text(f"gitdir: {own}\n")
    assert git_commit(tmp_path / "side") == COMMIT


def test_a_folder_that_is_no_checkout_has_no_commit(tmp_path: Path) -> None:
    assert git_commit(tmp_path) == ""
    assert git_commit(_checkout(tmp_path, "ref: refs/heads/unborn")) == ""


def test_a_changed_line_of_code_is_another_root(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    first = code_root(tmp_path)
    (tmp_path / "__pycache__").mkdir()
    (tmp_path / "__pycache__" / "a.pyc").write_bytes(b"x")
    assert code_root(tmp_path) == first
    (tmp_path / "a.py").write_text("x = 2\n")
    assert code_root(tmp_path) != first
