"""gate.toml: what it may say, and the line for what it may not."""

import pytest

from biasbench.errors import NotFoundError, OptionError
from biasbench.gates import Policy, read_policy


@pytest.fixture
def written(tmp_path):
    def write(text: str):
        path = tmp_path / "gate.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


SMALLEST = 'metrics = ["wer"]\nby = "accent"\nagainst = "rest"\nmax_change = 0.01\n'


def test_the_smallest_policy_is_four_lines(written):
    policy = read_policy(written(SMALLEST))
    assert policy.max_change == {"wer": 0.01}
    assert policy.max_gap == {}
    assert (policy.alpha, policy.min_people, policy.max_lost) == (0.05, 10, 0.01)
    assert (policy.undecided, policy.options, policy.corpora) == ("fail", "same", "same")


def test_a_limit_may_be_one_for_each_metric(written):
    policy = read_policy(
        written(
            'metrics = ["wer", "mean_score:tone"]\nby = "accent"\n'
            '[max_change]\nwer = 0.01\n"mean_score:tone" = 2\n[max_gap]\nwer = 0.03\n'
            '[direction]\n"mean_score:tone" = "higher is better"\n'
        )
    )
    assert policy.max_change == {"wer": 0.01, "mean_score:tone": 2}
    assert policy.max_gap == {"wer": 0.03}
    assert policy.direction == {"mean_score:tone": "higher is better"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('by = "accent"\nmax_change = 0.01', "metrics is missing"),
        ('metrics = ["wer"]\nmax_change = 0.01', "by is missing"),
        ('metrics = ["wer"]\nby = "accent"', "wer has no limit"),
        (SMALLEST + "max_chnage = 1", "did you mean 'max_change'"),
        (SMALLEST.replace("0.01", "0"), "max_change of wer is 0: it is above 0"),
        (SMALLEST.replace("0.01", "-0.01"), "max_change of wer is -0.01"),
        (SMALLEST.replace("0.01", "nan"), "write a finite number"),
        (SMALLEST.replace("0.01", '"1 %"'), "write a number, with a point and without quotes"),
        (SMALLEST + "alpha = 0.5", "alpha is 0.5"),
        (SMALLEST + "min_people = 3", "nothing can be said of fewer than 6 people"),
        (SMALLEST + "max_lost = 1", "max_lost is 1"),
        (SMALLEST + 'undecided = "pass"', "write one of: fail, go on"),
        (SMALLEST + 'groups = ["rest"]', "stands in groups and in against"),
        (SMALLEST.replace('["wer"]', '["wer", "wer"]'), "names 'wer' twice"),
        (SMALLEST.replace("max_change = 0.01", "[max_change]\ncer = 0.01"), "unknown key 'cer'"),
        ("metrics = [", "is not TOML"),
    ],
)
def test_a_wrong_policy_is_told_in_one_line_that_names_the_file(written, text, says):
    with pytest.raises(OptionError) as told:
        read_policy(written(text))
    assert says in str(told.value)
    assert "gate.toml" in str(told.value)
    assert "\n" not in str(told.value).rstrip()


def test_a_policy_that_is_not_there_is_not_found(tmp_path):
    with pytest.raises(NotFoundError, match=r"nowhere\.toml: no such file"):
        read_policy(tmp_path / "nowhere.toml")


def test_a_limit_of_a_metric_that_is_not_gated_is_refused():
    with pytest.raises(OptionError, match="max_gap is of 'cer'"):
        Policy(metrics=("wer",), by="accent", max_change={"wer": 0.01}, max_gap={"cer": 0.03})
