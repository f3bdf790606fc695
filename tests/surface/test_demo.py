"""`biasbench demo`: everything once, for somebody who has typed nothing else yet."""

import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from biasbench.cli import main
from biasbench.report.wording import check_wording, say

from ..conftest import listens_to_tiny

pytestmark = listens_to_tiny

PAGES = ("report.html", "prosody.html", "pay.html", "planted.html")
WRITTEN = ("report.html", "findings.csv", "prosody.html", "prosody.csv", "pay.html", "planted.html")


def section_of(page: Path, name: str) -> str:
    """The text of one section of a page."""
    html = page.read_text(encoding="utf-8")
    section = html[html.index(f'id="{name}"') :]
    return re.sub(r"<[^>]+>", " ", section[: section.index("</section>")])


@pytest.mark.slow
def test_the_demo_runs_says_that_speech_is_synthetic_and_where_things_are(french_demo):
    outcome, output = french_demo
    assert outcome.exit_code == 0, outcome.stderr
    first, *_ = outcome.stdout.strip().splitlines()
    assert "synthétique" in first
    assert "synthétique" in outcome.stderr
    assert "preuve insuffisante" in outcome.stdout
    assert outcome.stdout.strip().splitlines()[-len(WRITTEN) :] == [
        str(output / name) for name in WRITTEN
    ]
    for name in WRITTEN:
        assert "synthétique" in (output / name).read_text(encoding="utf-8-sig"), name
    assert (output / "report.html").read_text(encoding="utf-8").count("<audio") >= 1


@pytest.mark.slow
def test_every_page_of_the_demo_is_one_file(french_demo):
    _, output = french_demo
    for name in PAGES:
        page = (output / name).read_text(encoding="utf-8")
        assert not re.search(r'(?:src|href)="(?!#|data:)', page), name


@pytest.mark.slow
@pytest.mark.parametrize("name", ["pay.html", "planted.html"])
def test_the_section_on_pay_is_french_and_says_that_nobody_speaks(french_demo, name):
    text = section_of(french_demo[1] / name, "pay")
    assert say("S-pay", "fr") in text
    assert say("SYN", "fr") in text
    check_wording(text, "fr")
    assert not re.search(r"\b(people|against|threshold of|the score|transcript)\b", text)


@pytest.mark.slow
def test_the_planted_world_is_followed_to_its_end_and_the_spoken_one_refuses(french_demo):
    _, output = french_demo
    planted = section_of(output / "planted.html", "pay")
    assert "l’écart se réduit" in planted
    assert "changeraient de côté du seuil" in planted
    assert "EUR de prime par mois" in planted.replace("\u00a0", " ")
    # Ten voices a group decide nothing about pay, and no amount is printed about them.
    spoken = section_of(output / "pay.html", "pay")
    assert say("PAY-NO", "fr") in spoken
    assert "EUR" not in spoken


@pytest.mark.slow
def test_the_demo_twice_gives_the_same_pages_byte_by_byte(french_demo, tmp_path):
    _, first = french_demo
    again = tmp_path / "again"
    for kept in ("whisper", "prosody"):  # what was listened to is not listened to again
        shutil.copytree(first / kept, again / kept)
    outcome = CliRunner().invoke(main, ["demo", "-o", str(again), "--lang", "fr"])
    assert outcome.exit_code == 0, outcome.stderr
    for name in PAGES:
        assert (again / name).read_bytes() == (first / name).read_bytes(), name
