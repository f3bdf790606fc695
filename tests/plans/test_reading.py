"""A plan is read whole, or says in one line what is wrong with it."""

import re
import tomllib

import pytest

from biasbench.errors import NotFoundError, OptionError
from biasbench.plans import reading
from biasbench.plans.reading import read_plan

LEAST = """biasbench_plan = 1
[groups]
by = "accent"
[[comparison]]
metric = "wer"
margin = 0.03
anchor = "agreed"
why = "agreed with the employer"
"""


def written(tmp_path, text):
    path = tmp_path / "plan.toml"
    path.write_text(text, encoding="utf-8")
    return path


def wrong(tmp_path, text):
    with pytest.raises(OptionError) as caught:
        read_plan(written(tmp_path, text))
    message = str(caught.value)
    assert "\n" not in message
    assert "plan.toml" in message
    return message


def test_the_example_of_the_docstring_is_a_plan(tmp_path):
    example = "\n".join(
        line[4:] for line in reading.__doc__.splitlines() if line.startswith("    ")
    )
    plan = read_plan(written(tmp_path, example))
    assert plan.title == "Transcription and politeness by accent, 2026"
    assert (plan.k, plan.audience, plan.jurisdiction) == (12, "public", "fr")
    assert plan.groups.joined("Martinique") == "Antilles"
    assert [one.metric for one in plan.primary] == ["wer"]
    assert [one.metric for one in plan.secondary] == ["mean_score:politeness"]
    assert plan.robustness.exclusions[0].values == ("2026-03",)
    assert plan.pay.scale == "bonus.toml"
    assert set(tomllib.loads(example)) <= set(reading._TOP)  # no key of the example is unread


def test_the_least_plan_has_careful_defaults(tmp_path):
    plan = read_plan(written(tmp_path, LEAST))
    assert (plan.level, plan.method, plan.seed, plan.n_resamples) == (0.95, "cr3", 0, 9999)
    assert (plan.groups.against, plan.groups.compare, plan.audience) == ("rest", None, "public")
    assert plan.of("wer").margin == 0.03


def test_a_margin_without_a_reason_is_none(tmp_path):
    assert "why is missing" in wrong(tmp_path, LEAST.replace("why =", "# why ="))
    assert "margin is missing" in wrong(tmp_path, LEAST.replace("margin =", "# margin ="))
    assert "anchor is missing" in wrong(tmp_path, LEAST.replace("anchor =", "# anchor ="))


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("biasbench_plan = 1", "biasbench_plan = 2", "not a plan of form 1"),
        ("margin = 0.03", "margin = 0", "above 0"),
        ("margin = 0.03", 'margin = "0.03"', "without quotes"),
        ('anchor = "agreed"', 'anchor = "agree"', "did you mean 'agreed'"),
        ("[groups]", "[group]", "did you mean 'groups'"),
        ('by = "accent"', 'by = "accent"\ncompere = ["a"]', "did you mean 'compare'"),
        ("[groups]", "smallest_group = 9\n[groups]", "at least 10"),
        ("[groups]", 'audience = "everybody"\n[groups]', "public, restricted"),
        (
            'by = "accent"',
            'by = "accent"\nagainst = "a"\ncompare = ["a"]',
            "not compared with itself",
        ),
        (
            'by = "accent"',
            'by = "accent"\nmerge = { x = ["a"], y = ["a"] }',
            "goes into two groups",
        ),
        ('why = "agreed', 'role = "secondary"\nwhy = "agreed', "every comparison is secondary"),
    ],
)
def test_what_is_wrong_is_one_line_that_says_what_to_do(tmp_path, old, new, words):
    assert old in LEAST
    assert words in wrong(tmp_path, LEAST.replace(old, new))


def test_a_metric_is_planned_once(tmp_path):
    again = LEAST[LEAST.index("[[comparison]]") :]
    assert "'wer' stands there twice" in wrong(tmp_path, LEAST + again)


def test_what_a_gap_does_to_pay_needs_a_margin_for_the_gap(tmp_path):
    text = LEAST + '[pay]\nmetric = "mean_score:politeness"\n'
    assert "in no [[comparison]]" in wrong(tmp_path, text)


def test_the_scale_lies_beside_the_plan(tmp_path):
    text = LEAST + '[pay]\nmetric = "wer"\nscale = "../bonus.toml"\n'
    assert "beside the plan" in wrong(tmp_path, text)


def test_an_exclusion_leaves_something_out_and_says_why(tmp_path):
    rule = LEAST + '[[exclusion]]\nname = "short"\ncolumn = "seconds"\nwhy = "no exchange"\n'
    assert "leaves out nothing" in wrong(tmp_path, rule)
    assert "why is missing" in wrong(tmp_path, rule.replace('why = "no exchange"', "below = 60"))


def test_no_plan_at_all_is_said_with_the_name(tmp_path):
    with pytest.raises(NotFoundError, match="nothing.toml"):
        read_plan(tmp_path / "nothing.toml")
    assert re.search("is not TOML", wrong(tmp_path, "biasbench_plan = "))
