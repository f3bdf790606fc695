"""`biasbench pay` as somebody uses it who has read the README and nothing else."""

import json
import re
import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from biasbench.cli import main
from biasbench.consequences import follow_to_pay
from biasbench.demo import tiny

GROUPS = ("--by", "accent", "--group", "a", "--margin", "2")
ALL = ("--threshold", "84", "--period", "month", "--rating", "human_rating")


def shell(*arguments: object):
    """What a command printed and its exit code; nothing of ours may escape as a traceback."""
    outcome = CliRunner().invoke(main, [str(argument) for argument in arguments])
    if outcome.exception is not None and not isinstance(outcome.exception, SystemExit):
        raise outcome.exception
    return outcome


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A planted world, its scores on both transcripts, all by the shell."""
    from biasbench.corpora import planted
    from biasbench.runs import Run
    from biasbench.tables import SCORES

    folder = tmp_path_factory.mktemp("pay")
    (folder / "world").mkdir()
    settings = "people = [30, 30]\ncalls = 3\nmonths = 2\nerrors = [0.28, 0.04]\nseed = 4\n"
    (folder / "world" / "planted.toml").write_text(settings, encoding="utf-8")
    world = planted.world(folder / "world")
    Run(world.transcripts, SCORES.empty(), world.provenance).write(folder / "heard")
    for kept, given in (("automatic", folder / "heard"), ("human", "reference")):
        for arguments in (
            ("run", folder / "world", "--system", "tone:interact", "--transcripts", given,
             "-o", folder / kept, "--no-progress"),
            ("measure", folder / kept, "--corpus", folder / "world", "--metric",
             "mean_score:quality", "-o", folder / f"{kept}.parquet"),
        ):  # fmt: skip
            outcome = shell(*arguments)
            assert outcome.exit_code == 0, outcome.stderr
    shutil.copy(tiny() / "bonus.toml", folder / "bonus.toml")
    return folder


@pytest.fixture
def here(made, tmp_path, monkeypatch) -> Path:
    """A folder of one's own with the same files."""
    for name in ("automatic.parquet", "human.parquet", "bonus.toml"):
        shutil.copy(made / name, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_whole_chain_is_printed_link_by_link_and_written_as_one_page(here):
    before = set(here.iterdir())
    outcome = shell(
        "pay", "automatic.parquet", *GROUPS, *ALL, "--scale", "bonus.toml", "--human",
        "human.parquet", "-o", "pay.html", "--lang", "fr",
    )  # fmt: skip
    assert outcome.exit_code == 0, outcome.stderr
    assert outcome.stderr == "pay.html\n"
    said = outcome.stdout
    links = (
        "Score « quality »|score « quality »", "Seuil de 84", "Tous les seuils possibles",
        "Les moins bien notés", "Refus contre l’avis humain", "Transcription humaine substituée",
        "Prime simulée",
    )  # fmt: skip
    places = [re.search(link, said.replace("\u00a0", " ")).start() for link in links]
    assert places == sorted(places)
    assert said.startswith("La parole de ce corpus est synthétique")
    assert set(here.iterdir()) - before == {here / "pay.html"}
    page = (here / "pay.html").read_text(encoding="utf-8")
    assert "Du score à la prime" in page
    assert page.count("<svg") >= 2
    assert not re.search(r'(?:src|href)="(?!#|data:)', page)  # one file


def test_json_is_the_chain_to_the_last_digit(here):
    outcome = shell(
        "pay", "automatic.parquet", *GROUPS, *ALL, "--scale", "bonus.toml", "--human",
        "human.parquet", "--json",
    )  # fmt: skip
    assert outcome.exit_code == 0
    told = json.loads(outcome.stdout, parse_constant=pytest.fail)
    chain = follow_to_pay(
        "automatic.parquet", by="accent", group="a", margin=2, threshold=84, period="month",
        rating="human_rating", scale="bonus.toml", human="human.parquet",
    )  # fmt: skip
    assert told["bonus"]["simulated"][0]["gap_change"]["value"] == (
        chain.bonus.simulated[0].gap_change.value
    )
    assert told["denial"]["finding"]["verdict"] == chain.denial.finding.verdict
    assert [row["threshold"] for row in told["curve"]["table"]] == list(
        chain.curve.table["threshold"]
    )
    assert told["refused"] == []


def test_the_same_inputs_give_the_same_page(here):
    for name in ("one.html", "two.html"):
        assert shell("pay", "automatic.parquet", *GROUPS, "-o", name).exit_code == 0
    assert (here / "one.html").read_bytes() == (here / "two.html").read_bytes()


def test_a_gap_that_the_data_cannot_decide_is_exit_3_with_what_was_observed(here):
    table = pd.read_parquet("automatic.parquet")
    few = table["speaker_id"].str[1:].astype(int) <= 8
    table[few].to_csv("few.csv", index=False)
    outcome = shell("pay", "few.csv", *GROUPS, "--threshold", "84", "--scale", "bonus.toml")
    assert outcome.exit_code == 3
    assert "fewer than 10 people in one of the groups" in outcome.stdout.replace("\n", " ")
    assert "Bonus simulation not run" in outcome.stdout
    assert "EUR" not in outcome.stdout


def test_a_remark_tells_what_was_left_out_of_a_table_of_ones_own(here):
    table = pd.read_parquet("automatic.parquet")
    own = table[["speaker_id", "month"]].drop_duplicates().rename(columns={"month": "period"})
    own = pd.concat([own, pd.DataFrame({"speaker_id": ["x9"], "period": ["m1"]})])
    own.assign(paid=np.arange(len(own)) % 4 * 30.0).to_csv("own.csv", index=False)
    outcome = shell(
        "pay", "automatic.parquet", *GROUPS, "--period", "month", "--scale", "bonus.toml", "--own",
        "own.csv",
    )  # fmt: skip
    assert outcome.exit_code == 0, outcome.stderr
    assert "1 person-months of the table supplied are of people without any call" in outcome.stderr
    assert "The bonus paid averages" in outcome.stdout


# ── What the reader of the README alone gets wrong ─────────────────────────────────────────────


def wrong_scale(here, old, new):
    text = (here / "bonus.toml").read_text(encoding="utf-8")
    assert old in text
    (here / "wrong.toml").write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--by", "acent"), "no group column named 'acent'. Did you mean 'accent'?"),
        (("--group", "A"), "no group of accent named 'A'. Known: a, b."),
        (("--against", "a"), "group and against are both 'a'"),
        (("--margin", "0"), "margin is 0"),
        (("--threshold", "nan"), "threshold=nan: give the score from which a person passes"),
        (("--rating", "human_rating"), "held against a threshold; give threshold= too"),
        (("--rating", "humanrating", "--threshold", "84"), "Did you mean 'human_rating'?"),
        (("--period", "mois"), "no period column named 'mois'"),
        (("--metric", "quality"), "no metric named 'quality'"),
        (("--scale", "prime.toml"), "prime.toml: no such file"),
        (("--own", "own.csv"), "nothing reads it without the bonus scale"),
        (("--own", "own.csv", "--scale", "bonus.toml"), "the measures have no periods"),
        (("--human", "none.parquet"), "none.parquet: no such file"),
        (("-o", "pay.pdf"), "pay.pdf: from score to pay is written as .html, not '.pdf'"),
        (("--direction", "higher is worse"), "mean_score:quality is 'higher is better' in the"),
    ],
)
def test_a_slip_is_one_line_on_stderr_and_nothing_is_written(options, says, here):
    before = sorted(here.iterdir())
    given = dict(zip(GROUPS[::2], GROUPS[1::2], strict=True)) | dict(
        zip(options[::2], options[1::2], strict=True)
    )
    outcome = shell("pay", "automatic.parquet", *(part for pair in given.items() for part in pair))
    assert outcome.exit_code == 2
    assert outcome.stdout == ""
    assert outcome.stderr.count("\n") == 1
    assert says in outcome.stderr
    assert sorted(here.iterdir()) == before


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("from = 90", "from = 190", "from is 190: the KPI 'quality' lies between 0 and 100"),
        ("amount = 120", 'amount = "120 EUR"', "amount"),
        ('period = "month"', 'period = "quarter"', 'write period = "month"'),
        ("higher is better", "higher is worse", "one of the two is wrong"),
        ("scale_max = 100", "scale_max = 0", "it must be above scale_min"),
        ("[[steps]]", "[steps]", "write each as [[steps]]"),
        ("from = 90", "from = 90\nfrom = 80", "is not TOML"),
        ("amount = 120", "amount = 120\n[cap]\nmonth = 100", "nobody could get it"),
    ],
)
def test_a_scale_that_contradicts_itself_is_one_line_with_its_file(old, new, says, here):
    wrong_scale(here, old, new)
    outcome = shell("pay", "automatic.parquet", *GROUPS, "--scale", "wrong.toml", "-o", "r.html")
    assert outcome.exit_code == 2
    assert outcome.stderr.count("\n") == 1
    assert says in outcome.stderr
    assert not (here / "r.html").exists()


def test_a_scale_in_another_unit_is_told_before_a_figure(here):
    wrong_scale(here, "scale_max = 100", "scale_max = 1\n")
    text = (here / "wrong.toml").read_text(encoding="utf-8").replace("from = 90", "from = 0.9")
    (here / "wrong.toml").write_text(text, encoding="utf-8")
    outcome = shell("pay", "automatic.parquet", *GROUPS, "--scale", "wrong.toml")
    assert outcome.exit_code == 2
    assert "the scale declares it between 0 and 1: check the unit" in outcome.stderr


def test_ratings_that_nobody_gave_are_a_refused_link_and_the_others_stand(here):
    table = pd.read_parquet("automatic.parquet").assign(human_rating=np.nan)
    table.to_csv("m.csv", index=False)
    outcome = shell("pay", "m.csv", *GROUPS, *ALL)
    assert outcome.exit_code == 0
    said = " ".join(outcome.stdout.split())
    assert "Denied against the human rating – insufficient evidence Link not computed" in said
    assert "no human rating in 'human_rating' for anybody in 'a'" in said
    assert "Threshold of 84" in said


def test_a_rating_in_words_is_told_with_its_call(here):
    table = pd.read_parquet("automatic.parquet").astype({"human_rating": object})
    table.loc[3, "human_rating"] = "très bien"
    table.to_csv("m.csv", index=False)
    outcome = shell("pay", "m.csv", *GROUPS, *ALL)
    assert outcome.exit_code == 2
    line = outcome.stderr
    for part in ("unit 'a001-m2-c01'", "speaker 'a001'", "human_rating", "'très bien'"):
        assert part in line


def test_a_score_of_ones_own_is_asked_which_way_is_worse(here):
    table = pd.read_parquet("automatic.parquet").drop(columns="direction")
    table.assign(metric="mean_score:warmth").to_csv("m.csv", index=False)
    outcome = shell("pay", "m.csv", *GROUPS)
    assert outcome.exit_code == 2
    assert "mean_score:warmth does not say which way is worse" in outcome.stderr
    told = shell("pay", "m.csv", *GROUPS, "--direction", "higher is better")
    assert told.exit_code == 0
    assert "gap above margin" in told.stdout


def test_people_without_names_are_refused_in_one_sentence(here):
    pd.read_parquet("automatic.parquet").drop(columns="speaker_id").to_csv("m.csv", index=False)
    outcome = shell("pay", "m.csv", *GROUPS, "-o", "r.html")
    assert outcome.exit_code == 3
    assert outcome.stderr.count("\n") == 1
    assert "no speaker labels" in outcome.stderr
    assert not (here / "r.html").exists()


def test_real_people_few_of_them_are_withheld_on_the_page_and_shown_to_their_analyst(here):
    table = pd.read_parquet("automatic.parquet")
    kept = table["accent"].eq("b") | table["speaker_id"].isin([f"a{n:03}" for n in range(1, 9)])
    table[kept].to_csv("m.csv", index=False)  # a table without its provenance is of real people
    outcome = shell("pay", "m.csv", *GROUPS, "--threshold", "84", "-o", "r.html")
    assert "(8 and 30 people" in outcome.stdout
    page = (here / "r.html").read_text(encoding="utf-8")
    assert "Result withheld: fewer than 10 people" in page
    mean = table[kept & table["accent"].eq("a")]["numerator"].mean()
    assert f"{mean:.1f}" not in page
