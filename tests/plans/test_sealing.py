"""A seal fixes a plan with a time; an amendment has a reason, and both stay."""

import json
from datetime import UTC, datetime

import pytest

from biasbench.errors import OptionError, TableError
from biasbench.plans import read_plan, read_seal, seal_plan, standing
from biasbench.plans.sealing import check_unchanged, seal_path
from tests.plans.test_reading import LEAST


def at(day):
    return lambda: datetime(2026, 2, day, 8, 0, tzinfo=UTC)


@pytest.fixture
def plan(tmp_path):
    path = tmp_path / "plan.toml"
    path.write_text(LEAST, encoding="utf-8")
    return path


def test_the_fingerprint_is_that_of_the_file(plan):
    import hashlib

    seal = seal_plan(plan, now=at(10))
    assert seal.last.sha256 == hashlib.sha256(plan.read_bytes()).hexdigest()
    assert seal.last.at == "2026-02-10T08:00:00Z"
    assert read_seal(plan) == seal


def test_sealing_again_what_is_sealed_changes_nothing(plan):
    seal_plan(plan, now=at(10))
    before = seal_path(plan).read_bytes()
    seal_plan(plan, now=at(11))
    assert seal_path(plan).read_bytes() == before


def test_a_changed_plan_is_sealed_with_a_reason_and_the_old_text_stays(plan):
    seal_plan(plan, now=at(10))
    plan.write_text(LEAST.replace("0.03", "0.02"), encoding="utf-8")
    with pytest.raises(OptionError, match="Give the reason of the amendment"):
        seal_plan(plan, now=at(11))
    seal = seal_plan(plan, reason="the employer agreed to 2 points", now=at(11))
    assert [version.reason for version in seal.versions] == ["", "the employer agreed to 2 points"]
    assert "0.03" in seal.versions[0].text
    assert "0.02" in seal.last.text


def test_a_plan_that_is_not_the_sealed_one_is_refused(plan):
    seal = seal_plan(plan, now=at(10))
    plan.write_text(LEAST.replace("0.03", "0.3"), encoding="utf-8")
    with pytest.raises(OptionError, match=r"has changed since it was sealed on 2026-02-10"):
        check_unchanged(read_plan(plan), seal)


def test_before_is_before_the_first_look_and_nothing_else(plan):
    seal = seal_plan(plan, now=at(10))
    assert standing(seal, "2026-02-10T08:00:01Z") == "before"
    assert standing(seal, "2026-02-10T08:00:00Z") == "after"
    assert standing(seal, "2026-02-10T09:00:00+02:00") == "after"  # 7:00 UTC
    assert standing(None, "2026-02-10T08:00:01Z") == "unsealed"


def test_an_amendment_after_the_first_look_makes_the_whole_exploratory(plan):
    seal_plan(plan, now=at(10))
    plan.write_text(LEAST.replace("0.03", "0.02"), encoding="utf-8")
    seal = seal_plan(plan, reason="smaller", now=at(20))
    assert standing(seal, "2026-02-15T00:00:00Z") == "after"


def test_a_seal_whose_text_was_edited_is_refused(plan):
    seal_plan(plan, now=at(10))
    path = seal_path(plan)
    content = json.loads(path.read_text(encoding="utf-8"))
    content["versions"][0]["text"] = content["versions"][0]["text"].replace("0.03", "0.3")
    path.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(TableError, match="does not have its fingerprint"):
        read_seal(plan)


def test_a_file_that_is_no_seal_is_said_to_be_none(plan):
    seal_path(plan).write_text("[]", encoding="utf-8")
    with pytest.raises(TableError, match="is not a seal of a plan"):
        read_seal(plan)


def test_line_ends_and_marks_of_other_machines_survive_the_seal(plan):
    plan.write_bytes(b"\xef\xbb\xbf" + LEAST.replace("\n", "\r\n").encode())
    seal_plan(plan, now=at(10))
    check_unchanged(read_plan(plan), read_seal(plan))
