"""From score to pay in words: the figures are the data's, the sign is one, nobody is given away.

Figures are computed here from the tables by other means (sorting, counting, a loop over people),
never read off the objects that the text was written from.
"""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import biasbench as bb
from biasbench.consequences import follow_to_pay
from biasbench.consequences.bonus import read_scale
from biasbench.consequences.bonus.gap import BonusGap
from biasbench.consequences.bonus.scale_files import parse_scale
from biasbench.consequences.bonus.scenarios import PayRefusal
from biasbench.corpora.planted import Planting, plant
from biasbench.demo import tiny
from biasbench.evidence import assess
from biasbench.measures import measure
from biasbench.report import write_report
from biasbench.report.context import Context
from biasbench.report.document import Box, Claim, Figure, Paragraph, Subheading, Table
from biasbench.report.pay import pay
from biasbench.report.pay_lines import pay_lines
from biasbench.report.sections.annexes import reproduction
from biasbench.report.wording import LANGUAGES, check_wording, say, verdict_word
from biasbench.tables import SCORES
from tests.report.simulated import Handed
from tests.report.simulated import chain as provenance

METRIC = "mean_score:quality"
STEP = 84.0

SCALE = {
    "currency": "EUR",
    "period": "month",
    "steps": [{"from": 84, "amount": 120}],
    "kpis": {"quality": {"direction": "higher is better", "scale_min": 0, "scale_max": 100}},
}
#: The same scale on 100 − score.
MIRRORED = {
    "currency": "EUR",
    "period": "month",
    "steps": [{"from": 16, "amount": 120}],
    "kpis": {"quality": {"direction": "higher is worse", "scale_min": 0, "scale_max": 100}},
}
TWO_STEPS = {
    **SCALE,
    "steps": [{"from": 80, "amount": 60}, {"from": 90, "amount": 120}],
}

MIRROR_WORD = {
    "V-D1": "V-A1", "V-D2": "V-A2", "V-D3": "V-A3", "V-A1": "V-D1", "V-A2": "V-D2", "V-A3": "V-D3",
}  # fmt: skip


# ── A world whose truth is known ───────────────────────────────────────────────────────────────


@cache
def world(errors=(0.24, 0.08)):
    """The measures of the same scoring on both transcripts: (automatic, human)."""
    made = plant(Planting(people=(48, 48), calls=3, errors=errors), seed=1)
    heard = bb.Run(made.transcripts, SCORES.empty(), made.provenance)
    runs = [
        bb.run(made.corpus, "tone:interact", transcripts=source, progress=False)
        for source in (heard, "reference")
    ]
    return tuple(measure(run, made.corpus, metrics=[METRIC]) for run in runs)


def paid_to(months):
    """What was 'paid': 100, less 10 per score point below 84 on average, now and then nothing."""
    seed = np.arange(len(months))
    paid = np.where(seed % 3 == 0, 0.0, 60.0 + seed % 7 * 10.0)
    return months[["speaker_id", "period"]].assign(paid=paid)


@cache
def followed(group="a", errors=(0.24, 0.08)):
    automatic, human = world(errors)
    return follow_to_pay(
        automatic.table, by="accent", group=group, margin=2, threshold=STEP, period="month",
        scale=parse_scale(SCALE), rating="human_rating", human=human.table,
        own=paid_to(monthly(automatic.table)),
    )  # fmt: skip


def monthly(table):
    """Each person's score of each month, by plain grouping."""
    rows = table.assign(period=table["month"])
    sums = rows.groupby(["speaker_id", "accent", "period"])[["numerator", "denominator"]].sum()
    return (sums["numerator"] / sums["denominator"]).rename("score").reset_index()


def context_of(chain, lang="en", *, table=None, synthetic=True, **options):
    """A context about the chain's group; real people unless `synthetic`."""
    handed = Handed(
        world()[0].table if table is None else table,
        provenance(system="tone:interact", synthetic="yes" if synthetic else "no"),
    )
    evidence = assess(
        handed, by="accent", groups=[chain.group], against=chain.against, margin=2,
        direction=chain.direction, n_resamples=99,
    )  # fmt: skip
    return Context(evidence, lang, chain=chain, **options)


def claims_of(chain, lang="en", **options):
    """Title → (headline word, text) of each link."""
    blocks = pay(context_of(chain, lang, **options))
    return {
        block.about: (block.verdict, block.text) for block in blocks if isinstance(block, Claim)
    }


def all_texts(blocks):
    for block in blocks:
        if isinstance(block, Claim):
            yield from (block.about, block.verdict, block.text)
        elif isinstance(block, Paragraph | Subheading):
            yield block.text
        elif isinstance(block, Box):
            yield from (block.title, *block.texts)
        elif isinstance(block, Table):
            yield from (block.caption, *block.heads)
            yield from (cell.text for row in block.rows for cell in row)
        elif isinstance(block, Figure):
            yield from (block.caption, block.alternative)


def written(value, lang, decimals=1):
    """A number as print has it, by other means than the report's own."""
    text = f"{abs(value):.{decimals}f}"
    sign = "−" if value < 0 and float(text) else ""
    return sign + (text.replace(".", ",") if lang == "fr" else text)


# ── Every link, its sentence, and figures computed by other means ──────────────────────────────


def title(name, lang, **values):
    return say(name, lang, values)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_threshold_has_the_pass_rates_that_one_counts(lang):
    months = monthly(world()[0].table)
    ours, other = (100 * (months.loc[months["accent"] == g, "score"] >= STEP).mean() for g in "ab")
    word, text = claims_of(followed(), lang)[title("P-pay-threshold", lang, tau="84")]
    names = {"G": "a", "R": say("W-rest", lang), "tau": "84", "n_g": "48", "n_r": "48"}
    rates = {"m_g": written(ours, lang), "m_r": written(other, lang)}
    assert text.startswith(say("M-PASS-ROW", lang, {**names, **rates}))
    assert written(ours / other, lang, 2) in text
    assert written((100 - ours) / (100 - other), lang, 2) in text
    assert say("IR-C", lang) in text
    assert word == say("W-disadvantage", lang)
    ends = re.search(r"(−?[\d.,]+) (?:to|à) (−?[\d.,]+) scores", text).groups()
    low, high = (float(end.replace("−", "-").replace(",", ".")) for end in ends)
    assert 0 < low < other - ours < high  # above 0: to the disadvantage of the misheard


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_table_of_thresholds_counts_the_same_people(lang):
    months = monthly(world()[0].table)
    table = next(b for b in pay(context_of(followed(), lang)) if isinstance(b, Table))
    assert sum("◂" in row[0].text for row in table.rows) == 1
    for row in table.rows:
        at = row[0].number
        ours, other = (
            100 * (months.loc[months["accent"] == group, "score"] >= at).mean() for group in "ab"
        )
        assert [cell.number for cell in row[1:4]] == pytest.approx([ours, other, other - ours])
        assert row[3].text == written(other - ours, lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_lowest_scored_are_those_who_stand_last_when_all_are_ranked(lang):
    table = world()[0].table
    people = table.groupby(["accent", "speaker_id"])["numerator"].mean().reset_index()
    ranked = people.sort_values("numerator", ignore_index=True)
    assert ranked["numerator"][8] != ranked["numerator"][9]  # 9 of 96: nobody is tied at the cut
    last = ranked["accent"][:9].value_counts()
    _, text = claims_of(followed(), lang)[title("P-pay-lowest", lang)]
    for group in "ab":
        assert written(100 * last.get(group, 0) / 48, lang) in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_denial_counts_the_months_that_people_put_above_and_the_score_below(lang):
    table = world()[0].table
    rated = table.groupby(["speaker_id", "month"])["human_rating"].mean()
    months = monthly(table).set_index(["speaker_id", "period"])
    above = months[(rated.to_numpy() >= STEP)]
    _, text = claims_of(followed(), lang)[title("P-pay-denial", lang)]
    for group in "ab":
        own = above[above["accent"] == group]
        assert written(100 * (own["score"] < STEP).mean(), lang) in text
        assert str(own.index.get_level_values("speaker_id").nunique()) in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_substitution_has_both_gaps_and_their_change(lang):
    gaps = []
    for measures in world():
        means = measures.table.groupby("accent")["numerator"].mean()
        gaps.append(means["b"] - means["a"])
    word, text = claims_of(followed(), lang)[title("P-pay-substitution", lang)]
    for figure in (*gaps, gaps[1] - gaps[0]):
        assert written(figure, lang, 2) in text or written(figure, lang, 1) in text
    assert written(100 * (1 - gaps[1] / gaps[0]), lang, 0) in text
    assert word == say("V-M-narrows", lang)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_crossings_count_the_people_whose_mean_changes_sides(lang):
    now, then = (
        m.table[m.table["accent"] == "a"].groupby("speaker_id")["numerator"].mean() >= STEP
        for m in world()
    )
    up, down = int((~now & then).sum()), int((now & ~then).sum())
    _, text = claims_of(followed(), lang)[title("P-pay-substitution", lang)]
    numbers = {"x": str(up + down), "n_g": "48", "up": str(up), "down": str(down), "G": "a"}
    assert say("M-CROSS", lang, numbers) in text
    assert up > 5


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_bonus_paid_has_mean_median_and_months_without(lang):
    months = monthly(world()[0].table)
    paid = paid_to(months)["paid"]
    _, text = claims_of(followed(), lang)[title("P-pay-observed", lang)]
    for group in "ab":
        own = paid[months["accent"] == group]
        for figure in (own.mean(), own.median()):
            assert f"{written(figure, lang, 0)} EUR" in text.replace("\u00a0", " ")
        assert written(100 * (own == 0).mean(), lang) in text


@pytest.mark.parametrize("lang", LANGUAGES)
def test_both_simulations_pay_everybody_again_by_hand(lang):
    automatic, human = (monthly(m.table) for m in world())
    calls = world()[0].table.groupby("accent")["numerator"].mean()

    def mean_pay(months, group, moved=0.0):
        own = months.loc[months["accent"] == group, "score"]
        return np.mean([120.0 if min(score + moved, 100) >= STEP else 0.0 for score in own])

    moved = mean_pay(automatic, "a", calls["b"] - calls["a"]) - mean_pay(automatic, "a")
    swapped = (mean_pay(automatic, "b") - mean_pay(automatic, "a")) - (
        mean_pay(human, "b") - mean_pay(human, "a")
    )
    found = claims_of(followed(), lang)
    word, text = found[title("P-pay-simulated-gap_removed", lang)]
    assert f" {written(moved, lang, 0)} EUR" in text.replace("\u00a0", " ")
    assert word == say("W-disadvantage", lang)
    word, text = found[title("P-pay-simulated-substituted", lang)]
    assert f" {written(swapped, lang, 0)} EUR" in text.replace("\u00a0", " ")
    assert word == say("W-disadvantage", lang)
    assert moved > 10
    assert swapped > 10


# ── One sign throughout ────────────────────────────────────────────────────────────────────────


def worse(measures):
    """The same people on 100 − score, where higher is worse."""
    return measures.table.assign(
        numerator=100 - measures.table["numerator"], direction="higher is worse",
        human_rating=100 - measures.table["human_rating"],
    )  # fmt: skip


@cache
def followed_mirrored(group="a"):
    automatic, human = (worse(measures) for measures in world())
    return follow_to_pay(
        automatic, by="accent", group=group, margin=2, threshold=100 - STEP, period="month",
        scale=parse_scale(MIRRORED), rating="human_rating", human=human,
        own=paid_to(monthly(automatic)),
    )  # fmt: skip


def test_a_score_where_higher_is_worse_reads_as_its_mirror_image():
    better = list(claims_of(followed()).values())
    table = worse(world()[0])
    mirrored = list(claims_of(followed_mirrored(), table=table).values())
    assert len(better) == len(mirrored) == 7
    for (word, text), (other_word, other_text) in zip(better, mirrored, strict=True):
        assert word == other_word
        # Sentences that speak of up and down have a like of their own where lower scores pass.
        above = r"up, (\d+) down"
        below = r"would clear it, (\d+) no longer would"
        rules = (
            rf"quality ≥ 84|threshold of 84|bonus threshold|threshold|{above}",
            rf"quality ≤ 16|threshold of 16|threshold|{below}",
        )
        texts = (text, other_text)
        told = [re.sub(rule, "RULE", one) for rule, one in zip(rules, texts, strict=True)]
        # A range is drawn, and people are drawn in the order of their sums: within a euro or two.
        ranges = [re.findall(r"range (\d+) to (\d+) EUR", one) for one in told]
        assert np.abs(np.array(ranges[0], float) - np.array(ranges[1], float)).max(initial=0) <= 2
        without = [re.sub(r"range \d+ to \d+", "range", one) for one in told]
        assert without[0] == without[1]


def numbers_of(text):
    return [float(n) for n in re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", text.replace("−", "-"))]


def test_swapping_the_sides_mirrors_words_and_turns_every_interval_round():
    ours, theirs = claims_of(followed("a")), claims_of(followed("b"))
    threshold = "Threshold of 84"
    assert ours[threshold][0] == "to its disadvantage"
    assert theirs[threshold][0] == "to its advantage"
    for link in (threshold, "The lowest-scored", "Denied against the human rating", "Bonus paid"):
        ends = []
        for _, text in (ours[link], theirs[link]):
            found = re.search(r"(−?[\d.]+) to (−?[\d.]+) \w+ (?:per|a)", text)
            ends.append([float(end.replace("−", "-")) for end in found.groups()])
        assert ends[0] == [-ends[1][1], -ends[1][0]]
    swap = "Human transcript substituted"
    gaps = [
        re.search(r"from (−?[\d.]+) to (−?[\d.]+)", x[swap][1]).groups() for x in (ours, theirs)
    ]
    first, second = ([float(g.replace("−", "-")) for g in pair] for pair in gaps)
    assert first == [-end for end in second]
    assert first[0] > 0  # above 0 is to the disadvantage of the group that is misheard
    assert ours[swap][0] == theirs[swap][0] == "the gap narrows"
    for name in ("substituted", "gap_removed"):
        at = say(f"P-pay-simulated-{name}", "en")
        assert (ours[at][0], theirs[at][0]) == ("to its disadvantage", "to its advantage")
    gaps = [followed(group).gap.verdict for group in "ab"]
    assert MIRROR_WORD[gaps[0]] == gaps[1]


def test_the_band_of_the_figure_lies_round_its_line_and_has_the_sign_of_the_table():
    blocks = pay(context_of(followed()))
    figure = next(b for b in blocks if isinstance(b, Figure))
    axes = figure.draw().axes[0]
    line = next(one for one in axes.lines if len(one.get_xdata()) > 2)
    drawn = dict(zip(line.get_xdata(), line.get_ydata(), strict=True))
    table = next(b for b in blocks if isinstance(b, Table))
    for row in table.rows:
        assert drawn[row[0].number] == pytest.approx(row[3].number)
    (band,) = axes.collections
    ends = band.get_paths()[0].vertices
    for place, gap in drawn.items():
        there = ends[np.isclose(ends[:, 0], place), 1]
        assert there.min() <= gap + 1e-9
        assert gap <= there.max() + 1e-9
    assert f"84: {written(drawn[84.0], 'en')}" in figure.alternative


# ── No simulation without an established gap ───────────────────────────────────────────────────


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_simulated_number_stands_anywhere_where_the_gap_is_not_established(lang):
    automatic, _ = world((0.1, 0.1))
    chain = replace(followed("a", (0.1, 0.1)), paid=None)  # what was paid is no simulation
    assert chain.gap.verdict == "V-I"
    texts = list(all_texts(pay(context_of(chain, lang, table=automatic.table))))
    assert sum(say("PAY-NO", lang) in text for text in texts) == 2
    said = " ".join(texts)
    assert "EUR" not in said
    for name in ("M-CROSS", "M-PAY-SIM", "M-PAY-SUBST"):
        opening = re.split(r"{", bb.report.wording.templates()[name][lang])[0]
        assert opening not in said
    assert say("C-PAY", lang) not in said  # a caveat of simulations


def test_a_simulation_refused_at_equal_rating_stands_beside_those_that_were_made():
    chain = followed()
    refusal = PayRefusal("PAY-NO", "gap_removed_at_equal_rating", "V-I", "not established")
    both = replace(chain, bonus=replace(chain.bonus, refusals=(refusal,)))
    texts = [text for _, text in claims_of(both).values()]
    assert say("M-PAY-RATED-NO", "en") in texts
    assert say("PAY-NO", "en") not in texts
    assert any("21 EUR" in text or "EUR of bonus" in text for text in texts)


def test_without_months_the_report_says_that_a_person_counts_as_one():
    automatic, _ = world()
    chain = follow_to_pay(
        automatic.table, by="accent", group="a", margin=2, scale=parse_scale(SCALE)
    )
    simulated = [text for about, (_, text) in claims_of(chain).items() if "Simulated" in about]
    assert len(simulated) == 1
    assert simulated[0].endswith(say("M-PAY-PERIOD", "en"))
    months = claims_of(followed())[say("P-pay-simulated-gap_removed", "en")][1]
    assert say("M-PAY-PERIOD", "en") not in months


# ── Real people ────────────────────────────────────────────────────────────────────────────────


def scored(scores, *, months=("03", "04"), rating=None):
    """Two calls a month of each person, 2 apart, about the person's own score.

    `scores`: group → one score a person. A month's mean is that score exactly.
    """
    rows = []
    for group, own in scores.items():
        for person, score in enumerate(own):
            for month in months:
                for call, off in enumerate((-1, 1)):
                    name = f"{group}{person:02}"
                    rows.append(
                        {
                            "system": "tone:own", "unit_id": f"{name}-{month}-{call}",
                            "metric": METRIC, "speaker_id": name, "numerator": score + off,
                            "denominator": 1.0, "direction": "higher is better", "accent": group,
                            "month": month, "human_rating": None if rating is None
                            else rating[group][person],
                        }
                    )  # fmt: skip
    return pd.DataFrame(rows)


EVEN = {"a": [60.0 + n for n in range(12)], "b": [62.25 + n for n in range(20)]}
#: 19 of 20 in each of... 'a': 11 of 12 pass at 70, 'b' 14 of 20.
NEARLY_ALL = {
    "a": [58.5, *(74.25 + 0.5 * n for n in range(11))],
    "b": [*(60.25 + n for n in range(6)), *(72.75 + 0.5 * n for n in range(14))],
}
FEW = {"a": [61.37 + n for n in range(8)], "b": [62.25 + n for n in range(20)]}


FOLLOWED = {}


def real(scores, *, ratings=None, scale=None, threshold=70, own=None, months=("03", "04")):
    """The chain of such people, and their calls; followed once for all languages."""
    key = repr((scores, ratings, scale, threshold, own is not None and own.to_csv(), months))
    if key in FOLLOWED:
        return FOLLOWED[key]
    table = scored(scores, rating=ratings, months=months)
    chain = follow_to_pay(
        table, by="accent", group="a", margin=2, period="month", threshold=threshold, own=own,
        rating=None if ratings is None else "human_rating",
        scale=None if scale is None else parse_scale(scale),
    )  # fmt: skip
    FOLLOWED[key] = chain, table
    return chain, table


@pytest.mark.parametrize("lang", LANGUAGES)
def test_eight_people_are_written_about_without_a_figure(lang, tmp_path):
    chain, table = real(FEW, scale=SCALE, threshold=66)
    here = context_of(chain, lang, table=table, synthetic=False)
    blocks = pay(here)
    assert list(all_texts(blocks)) == [say("V-S", lang, {"k": "10"})]
    path = write_report(here.evidence, tmp_path / "r.html", lang=lang, chain=chain)
    html = path.read_text(encoding="utf-8")
    section = html[html.index('id="pay"') :]
    section = re.sub(r"<[^>]+>", " ", section[: section.index("</section>")])
    assert set(re.findall(r"\d+", section.partition(">")[2])) <= {"10", "11"}  # k and §
    months = monthly(table)
    ours = months[months["accent"] == "a"]["score"]
    for figure in (ours.mean(), 100 * (ours >= 66).mean()):
        assert written(figure, lang) not in html
        assert written(figure, lang, 2) not in html


def test_a_link_about_fewer_people_than_the_report_asks_is_withheld_by_itself():
    # 12 people in the group, of whom people who listened put 7 above the threshold.
    ratings = {"a": [75.0] * 7 + [50.0] * 5, "b": [75.0] * 15 + [50.0] * 5}
    chain, table = real(EVEN, ratings=ratings)
    assert chain.denial.finding.n_speakers == 7
    word, text = claims_of(chain, table=table, synthetic=False)["Denied against the human rating"]
    assert word == verdict_word("V-S", "en")
    assert text == say("V-S", "en", {"k": "10"})
    own_screen = claims_of(chain, table=table, synthetic=False, withholds=False)
    assert "(7 and 15 people)" in own_screen["Denied against the human rating"][1]


def own_numbers(text):
    return set(re.findall(r"\d+(?:[.,]\d+)?", text))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_rate_of_nearly_everybody_is_a_band_and_cannot_be_had_back(lang):
    chain, table = real(NEARLY_ALL)
    rate = 100 * 11 / 12
    assert chain.curve.at.passing.comparison.value == pytest.approx(rate / 100)
    blocks = pay(context_of(chain, lang, table=table, synthetic=False))
    claim = next(b for b in blocks if isinstance(b, Claim))
    assert say("W-most", lang) in claim.text
    assert say("P-pay-hidden", lang) in claim.text
    # The threshold, the bound, the other side's rate, the two counts of people; nothing else.
    other = written(70, lang)
    assert own_numbers(claim.text) <= {"70", "90", "100", "12", "20", other}
    figure = next((b for b in blocks if isinstance(b, Figure)), None)
    rows = next(b for b in blocks if isinstance(b, Table)).rows
    hidden = [row for row in rows if row[1].number is None or row[2].number is None]
    assert len(hidden) >= 3
    for row in hidden:
        assert [cell.text for cell in row[3:]] == ["–"] * 3
        assert [cell.number for cell in row[3:]] == [None] * 3
    places = {row[0].number for row in hidden}
    drawn = figure.draw().axes[0]
    shown = {
        float(x) for line in drawn.lines for x in line.get_xdata() if len(line.get_xdata()) > 2
    }
    banded = monthly(table)
    for place in (*places, *shown):
        rates = [(banded.loc[banded["accent"] == g, "score"] >= place).mean() for g in "ab"]
        assert (place in shown) <= all(0.1 < one < 0.9 for one in rates)
    listed = re.findall(r"([\d.,]+)\u00a0?: ", figure.alternative)
    assert not places & {float(place.replace(",", ".")) for place in listed}
    assert any(isinstance(b, Paragraph) and b.text == say("P-pay-curve-part", lang) for b in blocks)


def test_a_band_has_no_ratio_beside_it_though_every_gate_holds():
    chain, table = real(NEARLY_ALL, months=("01", "02", "03", "04", "05", "06"))
    assert chain.curve.at.passing.code is not None  # a ratio that could be printed
    claims = claims_of(chain, table=table, synthetic=False)
    _, text = claims["Threshold of 70"]
    assert say("P-pay-hidden", "en") in text
    assert own_numbers(text) <= {"70", "90", "100", "12", "20", "70.0"}
    shown = claims_of(chain, table=table, synthetic=False, withholds=False)["Threshold of 70"][1]
    assert f"ratio {written((11 / 12) / 0.7, 'en', 2)}" in shown


def test_the_band_holds_in_the_html_too_attributes_and_drawing_included(tmp_path):
    chain, table = real(NEARLY_ALL)
    chain = replace(chain, lowest=None)  # whose shares are other shares
    here = context_of(chain, table=table, synthetic=False)
    html = write_report(here.evidence, tmp_path / "r.html", chain=chain).read_text(encoding="utf-8")
    section = html[html.index('id="pay"') :]
    section = section[: section.index("</section>")]
    # Places in the drawing are numbers too: their data is looked at above, their words are kept.
    section = re.sub(
        r"<svg.*?</svg>", lambda svg: re.sub(r"<[^>]+>", " ", svg[0]), section, flags=re.DOTALL
    )
    rate, gap = 100 * 11 / 12, 70 - 100 * 11 / 12
    for figure in (rate, gap, abs(gap), rate / 70, 100 - rate, (100 - rate) / 30):
        for decimals in (1, 2, 4):
            assert f"{abs(figure):.{decimals}f}" not in section, figure


def test_where_every_rate_is_banded_there_is_no_curve():
    apart = {"a": [60.0 + 0.01 * n for n in range(12)], "b": [90.0 + 0.01 * n for n in range(12)]}
    chain, table = real(apart)
    blocks = pay(context_of(chain, table=table, synthetic=False))
    assert not [b for b in blocks if isinstance(b, Figure)]
    rows = next(b for b in blocks if isinstance(b, Table)).rows
    assert {cell.text for row in rows for cell in row[1:]} == {"90 or more", "10 or fewer", "–"}


def test_no_threshold_of_the_curve_is_somebodys_own_score():
    chain, table = real({side: [x + 0.37 for x in own] for side, own in EVEN.items()})
    own = set(monthly(table)["score"])
    places = set(chain.curve.table["threshold"])
    assert len(places) > 5
    assert not own & places


def test_the_lowest_scored_are_withheld_where_nobody_of_a_side_is_among_them():
    # The lowest tenth of 32 are 3: all of them of 'a', none of 'b'.
    low = {"a": [40.0, 41.0, 42.0, *range(70, 79)], "b": [62.25 + n for n in range(20)]}
    chain, table = real(low)
    assert chain.lowest.comparison.against_value == 0
    word, text = claims_of(chain, table=table, synthetic=False)["The lowest-scored"]
    assert word == verdict_word("V-S", "en")
    assert own_numbers(text) == {"10"}
    some = {"a": [60.0, 61.0, *range(70, 80)], "b": [60.5, *(62.25 + n for n in range(19))]}
    chain, table = real(some)
    _, text = claims_of(chain, table=table, synthetic=False)["The lowest-scored"]
    assert written(100 * chain.lowest.comparison.value, "en") in text


def test_a_denial_of_nearly_nobody_is_a_band_without_its_interval():
    ratings = {"a": [75.0] * 12, "b": [75.0] * 20}
    scores = {"a": [60.0 + n for n in range(12)], "b": [61.5, *(72.25 + n for n in range(19))]}
    chain, table = real(scores, ratings=ratings)
    assert chain.denial.finding.against_value == pytest.approx(0.05)
    for lang in LANGUAGES:
        found = claims_of(chain, lang, table=table, synthetic=False)
        _, text = found[say("P-pay-denial", lang)]
        assert say("W-few", lang) in text
        assert say("P-pay-hidden", lang) in text
        rate = written(100 * chain.denial.finding.value, lang)
        assert own_numbers(text) <= {rate, "10", "12", "20", "100"}


def test_a_mean_bonus_of_one_amount_is_a_share_in_disguise():
    months = monthly(scored(EVEN))
    # 23 of the group's 24 months are paid 120: its mean, 115, would say so.
    ours = (months["accent"] == "a").to_numpy()
    paid = np.where(
        ours, np.where(np.cumsum(ours) == 1, 0.0, 120.0), np.arange(len(months)) % 2 * 120.0
    )
    own = months[["speaker_id", "period"]].assign(paid=paid)
    for scale, is_hidden in ((SCALE, True), (TWO_STEPS, False)):
        chain, table = real(EVEN, scale=scale, own=own)
        assert chain.paid.finding.value == pytest.approx(115)
        _, text = claims_of(chain, table=table, synthetic=False)["Bonus paid"]
        assert ("115" not in text) == is_hidden
        assert "10 or fewer" in text
        if is_hidden:
            assert own_numbers(text) <= {"10", "12", "20", "2", "100", "50.0"}


@pytest.mark.parametrize("audience", ["public", "restricted"])
def test_no_amount_is_printed_about_fewer_than_ten_people_whoever_reads(audience):
    table = scored(FEW)
    own = monthly(table)[["speaker_id", "period"]].assign(paid=77.0)
    own.loc[::3, "paid"] = 0.0
    chain = follow_to_pay(
        table, by="accent", group="a", margin=2, period="month", scale=parse_scale(TWO_STEPS),
        own=own, audience=audience,
    )  # fmt: skip
    evidence = assess(
        Handed(table, provenance(synthetic="no")), by="accent", groups=["a"], margin=2,
        audience=audience, n_resamples=99,
    )  # fmt: skip
    for withholds in (True, False):
        blocks = pay(Context(evidence, "en", chain=chain, withholds=withholds))
        texts = list(all_texts(blocks))
        assert not any("EUR" in text for text in texts)
        assert say("V-S", "en", {"k": "10"}) in texts
    synthetic = Handed(table, provenance(synthetic="yes"))
    made = assess(synthetic, by="accent", groups=["a"], margin=2, n_resamples=99)
    assert any("EUR" in text for text in all_texts(pay(Context(made, "en", chain=chain))))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_crossings_of_real_people_are_rounded_and_withheld_where_all_cross(lang):
    chain = followed()
    exact = chain.substitution.crossings.group

    def text_with(**counts):
        side = replace(exact, **counts)
        crossings = replace(chain.substitution.crossings, group=side)
        swap = replace(chain.substitution, crossings=crossings)
        found = claims_of(replace(chain, substitution=swap), lang, synthetic=False)
        return found[say("P-pay-substitution", lang)][1]

    names = {"n_g": "48", "G": "a"}
    some = text_with(up=13, down=1)
    assert say("M-CROSS", lang, {**names, "x": "15", "up": "15", "down": "0"}) in some
    assert say("M-CROSS-R", lang) in some
    assert "13" not in some
    nearly_all = text_with(up=45, down=0)
    assert say("M-CROSS-W", lang) in nearly_all
    assert "45" not in nearly_all


# ── What could not be computed ─────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_refused_link_says_why_and_only_ones_own_screen_has_the_programs_words(lang):
    nobody = {"a": [50.0] * 12, "b": [75.0] * 20}
    chain, table = real(EVEN, ratings=nobody)
    ((name, reason),) = chain.refused
    assert (name, "nobody in 'a' is rated at 70" in reason) == ("denial", True)
    why = say("P-pay-refused", lang, {"reason": say("P-pay-why-denial", lang)})
    at = say("P-pay-denial", lang)
    # "Nobody in 'a' is rated that high" says it of each of them.
    assert claims_of(chain, lang, table=table, synthetic=False)[at] == (
        verdict_word("V-N", lang),
        why,
    )
    screen = claims_of(chain, lang, table=table, synthetic=False, withholds=False)[at][1]
    assert screen == f"{why} {say('P-pay-said', lang, {'message': reason})}"


def test_every_link_can_be_refused_in_both_languages():
    chain = followed()
    links = ("threshold", "lowest", "denial", "substitution", "bonus", "observed")
    refused = replace(
        chain, curve=None, lowest=None, denial=None, substitution=None, bonus=None, paid=None,
        refused=tuple((link, "3 people with a score in 'a'") for link in links),
    )  # fmt: skip
    for lang in LANGUAGES:
        blocks = pay(context_of(refused, lang, synthetic=False))
        claims = [block for block in blocks if isinstance(block, Claim)]
        assert len(claims) == len(links)
        for claim in claims:
            assert claim.verdict == verdict_word("V-N", lang)
            assert "3 people" not in claim.text


def test_too_few_events_are_said_once_with_the_fewest():
    chain, table = real(EVEN)
    gates = (*chain.curve.at.passing.refused, *chain.curve.at.below.refused)
    counts = [int(n) for gate in gates for n in re.findall(r"n_events=(\d+)", gate)]
    assert len(counts) > 2
    text = next(iter(claims_of(chain, table=table).values()))[1]
    assert text.count("too few events observed") == 1
    assert f"too few events observed ({min(counts)})" in text


def test_what_is_in_no_figure_is_counted_by_group():
    automatic, human = world()
    table = automatic.table.copy()
    lost = (table["accent"] == "a") & (table["month"] == "m1") & (table["speaker_id"] < "a005")
    table.loc[lost, ["numerator", "denominator"]] = np.nan
    table.loc[table["speaker_id"] == "b001", "human_rating"] = np.nan
    chain = follow_to_pay(
        table, by="accent", group="a", margin=2, threshold=STEP, period="month",
        rating="human_rating", human=human.table,
    )  # fmt: skip
    found = claims_of(chain, table=table)
    sides = {"G": "a", "R": "everyone else"}
    assert (
        say("M-PASS-MISSING", "en", {**sides, "x_g": "4", "x_r": "0"})
        in found["Threshold of 84"][1]
    )
    denied = found["Denied against the human rating"][1]
    assert say("M-DENY-UNRATED", "en", {**sides, "x_g": "0", "x_r": "2"}) in denied
    swapped = found["Human transcript substituted"][1]
    assert say("M-SUBST-MISSING", "en", {**sides, "x_g": str(lost.sum()), "x_r": "0"}) in swapped


# ── Wording ────────────────────────────────────────────────────────────────────────────────────


@cache
def chains():
    """Chains of every kind that the tests above know of, with the table each stands on."""
    return (
        (followed("a"), world()[0].table),
        (followed("b"), world()[0].table),
        (followed_mirrored(), worse(world()[0])),
        (followed("a", (0.1, 0.1)), world((0.1, 0.1))[0].table),
        real(FEW),
        real(NEARLY_ALL),
        real(EVEN, scale=TWO_STEPS),
    )


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("synthetic", [True, False])
def test_nothing_that_a_report_never_says_is_said_and_nothing_is_left_open(lang, synthetic):
    n_texts = 0
    for chain, table in chains():
        here = context_of(chain, lang, table=table, synthetic=synthetic)
        for text in (*all_texts(pay(here)), *pay_lines(here), *(r for _, r in chain.refused)):
            n_texts += 1
            check_wording(text, lang)
            assert not re.search(r"[{}]|\b(None|nan|inf)\b", text), text
    assert n_texts > 300


def test_a_french_section_has_no_english_sentence_in_it():
    english = re.compile(r"\b(the|people|group|against|threshold|months|calls|nobody)\b")
    for chain, table in chains():
        for text in all_texts(pay(context_of(chain, "fr", table=table))):
            quoted = re.sub(r"«.*?»", "", text)
            assert not english.search(quoted), text


def test_the_screen_begins_with_the_score_gap_that_everything_else_hangs_on():
    lines = "\n".join(pay_lines(context_of(followed())))
    assert lines.index("“quality” score") < lines.index("Threshold of 84")
    assert verdict_word("V-D1", "en") in lines


def test_the_scale_of_the_demonstration_can_be_read():
    scale = read_scale(tiny() / "bonus.toml")
    assert scale.rule == "quality ≥ 90 → 120 EUR"
    assert isinstance(followed().bonus, BonusGap)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_the_command_to_redo_the_report_does_not_claim_the_way_to_pay(lang):
    chain = followed()
    said = say("P-reproduce-pay", lang)
    with_it, without = (
        all_texts(reproduction(replace(context_of(chain, lang), chain=given)))
        for given in (chain, None)
    )
    assert said in with_it
    assert said not in without
