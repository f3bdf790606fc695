"""The pages of docs/ name what the package has: no metric, system or option more or less."""

import re
import tomllib

import pytest

from biasbench import registry
from biasbench.measures import METRICS
from biasbench.report.wording import NEVER_SAY
from biasbench.runs.exports.formats import formats
from biasbench.systems import load_system
from biasbench.tables import METRIC_DIRECTION

from ..conftest import ROOT
from .commands import known_options

PAGES = sorted((ROOT / "docs").glob("*.md"))
MEASURES, SYSTEMS, CONSEQUENCES = (
    (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    for name in ("measures", "systems", "consequences")
)
#: What is made from tables of labels and votes, and is in no catalogue.
OF_LABELS = {"label_rate", "false_positive_rate", "false_negative_rate"}
OF_VOTES = {"vote_agreement", "vote_share"}
WAYS = {"high": "higher is worse", "low": "higher is better", "–": "neither"}


def rows_of(page, n_cells):
    """The cells of every row of a table whose first cell is a name in code."""
    for line in page.splitlines():
        if line.startswith("| `"):
            cells = [cell.strip() for cell in line.strip("|").split("|")]
            if len(cells) == n_cells:
                yield cells


def scorers():
    return {re.match(r"`tone:([a-z0-9]+)", row[0])[1]: row for row in rows_of(SYSTEMS, 6)}


def test_every_metric_has_its_row_and_no_row_is_of_another():
    named = [re.match(r"`(\w+)", row[0])[1] for row in rows_of(MEASURES, 6)]
    assert len(named) == len(set(named))
    assert set(named) == set(METRICS) | OF_LABELS | OF_VOTES


def test_which_way_is_worse_is_that_of_the_code():
    said = {row[0].strip("`"): row[4] for row in rows_of(MEASURES, 6)}
    for metric, direction in METRIC_DIRECTION.items():
        assert WAYS[said[metric]] == direction, metric


def test_every_export_format_has_its_row_with_the_status_and_tier_of_its_reader():
    page = (ROOT / "docs" / "exports.md").read_text(encoding="utf-8")
    rows = {row[0].strip("`"): row for row in rows_of(page, 5)}
    rows.pop("FORMAT", None)
    words = {"documented": "yes", "partly documented": "in part", "by mapping": "no: by mapping"}
    known = formats()
    assert set(rows) == set(known)
    for name, about in known.items():
        assert rows[name][2:4] == [words[about.status], about.tier], name


@pytest.mark.parametrize("kind", ["asr", "tone"])
def test_every_system_has_its_row(kind):
    named = set(re.findall(rf"^\| `{kind}:([a-z0-9-]+)", SYSTEMS, flags=re.MULTILINE))
    assert named == set(registry.names(f"systems.{kind}"))


def test_licence_and_claim_of_a_scorer_are_what_it_says_of_itself():
    rows = scorers()
    for name in ("interact", "sentiment", "prosody", "emotion"):
        info = load_system(f"tone:{name}").info
        _, reads, _, licence, _, claims = rows[name]
        assert licence == info.licence
        assert (claims == "yes") == info.infers_emotion
        assert reads.startswith({"audio": "sound", "transcript": "a transcript"}[info.reads[0]])


def test_every_extra_is_one_of_the_package():
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = told["project"]["optional-dependencies"]
    named = [row[4] for row in scorers().values()]
    named += [row[3] for row in rows_of(SYSTEMS, 5)]
    assert {extra for cell in named for extra in re.findall(r"`([a-z-]+)`", cell)} <= set(extras)


def test_the_figures_on_the_emotion_scorer_are_those_of_its_card():
    card = (ROOT / "biasbench" / "systems" / "tone" / "emotion.md").read_text(encoding="utf-8")
    figures = dict(
        re.findall(r"^\| (as recorded|narrow µ-law) \| (.+?) \|", card, re.MULTILINE)[:2]
    )
    recorded, low, high = re.findall(r"0\.\d+", figures["as recorded"])
    narrow = re.match(r"0\.\d+", figures["narrow µ-law"])[0]
    page = " ".join(SYSTEMS.split())
    assert f"right about {float(recorded):.2f} of the clips" in page
    assert f"{low} to {high}, 10 people" in page
    assert f"{float(narrow):.2f} through a narrow telephone line" in page
    spelled = re.search(r"it labels (\d+ %) \(95 %: (\d+ to \d+), 70 people\)", card)
    assert f'it labels {spelled[1]} "sadness" ({spelled[2]})' in page


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_of_a_page_exists_with_its_options(page):
    text = page.read_text(encoding="utf-8")
    for line in re.findall(r"^ {4,}biasbench (.+)$", text, flags=re.MULTILINE):
        words, known = known_options(line)
        assert {word for word in words if word.startswith("-")} <= known, line


@pytest.mark.parametrize("page", ["measures", "systems", "consequences"])
def test_a_page_says_nothing_that_a_report_must_not(page):
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    said = [
        found[0] for rule in NEVER_SAY for found in re.finditer(rule.pattern, text, re.IGNORECASE)
    ]
    assert said == []


@pytest.mark.parametrize("page", [*PAGES, ROOT / "README.md"], ids=lambda page: page.stem)
def test_every_link_of_a_page_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
