"""tone:emotion: its scores add up, its figures can be redone, its card says what its files say."""

import json
import pickle
import re
import time

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import minimize

from biasbench.audio import Audio
from biasbench.errors import OptionError
from biasbench.report.wording import check_wording
from biasbench.systems import Call, load_system
from biasbench.systems.acoustics import FEATURES, describe
from biasbench.systems.tone.emotion import OURS, Emotion, read_classifier, softmax
from tests.systems.test_acoustics import gap, voice
from training import card, choosing, figures
from training.choosing import BANDS, Design, Heard
from training.clips import EMOTIONS, acted_clips, features
from training.emotion import FIGURES, OUT_OF_FOLD, heard_by
from training.lines import AS_RECORDED, LINES, NARROW, mu_law, narrow_mu_law
from training.logistic import class_weights, fit

RATE = 16_000
#: Of a synthetic voice, anger to sadness; far from any person's, so that each weight shows.
LOG_ODDS = [-3.396, -4.044, -1.451, 8.891]
NAMES = [*(f"{name}_probability" for name in EMOTIONS), *(f"labelled_{name}" for name in EMOTIONS)]


@pytest.fixture(scope="module")
def ours() -> Emotion:
    return load_system("tone:emotion")


@pytest.fixture(scope="module")
def predictions() -> pd.DataFrame:
    return pd.read_csv(OUT_OF_FOLD, dtype={"speaker_id": str})


@pytest.fixture(scope="module")
def found() -> dict:
    return json.loads(FIGURES.read_text(encoding="utf-8"))


def scored(system: Emotion, samples: np.ndarray, rate: int = RATE) -> dict[str, float | None]:
    return {score.name: score.value for score in system.score(Call(Audio(samples, rate))).scores}


def written(tmp_path, **changes):
    content = json.loads(OURS.read_text(encoding="utf-8")) | changes
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


# What it says


def test_four_probabilities_add_up_to_1_and_one_label_is_given(ours):
    for hertz in (100, 180, 320):
        heard = scored(ours, voice(2, hertz))
        assert list(heard) == NAMES
        shares = [heard[name] for name in NAMES[:4]]
        assert sum(shares) == pytest.approx(1, abs=1e-12)
        labels = [heard[name] for name in NAMES[4:]]
        assert sorted(labels) == [0, 0, 0, 1]
        assert labels.index(1) == int(np.argmax(shares))


def test_only_of_anger_is_it_clear_which_way_is_worse(ours):
    directions = {s.name: s.direction for s in ours.score(Call(Audio(voice(1), RATE))).scores}
    worse = {name for name, direction in directions.items() if direction == "higher is worse"}
    assert worse == {"anger_probability", "labelled_anger"}
    assert set(directions.values()) == {"higher is worse", "neither"}


def test_it_says_that_it_infers_emotion_from_the_voice_and_is_a_stand_in(ours):
    assert ours.info.infers_emotion
    assert (ours.info.modality, ours.info.tier, ours.info.reads) == ("voice", "T3", ("audio",))


@pytest.mark.parametrize("samples", [gap(2), voice(0.4), gap(0)], ids=["silence", "short", "none"])
def test_where_nothing_can_be_told_every_score_is_missing_with_a_sentence(ours, samples):
    scores = ours.score(Call(Audio(samples, RATE))).scores
    assert [score.name for score in scores] == NAMES
    assert {score.value for score in scores} == {None}
    assert {score.missing_reason for score in scores} == {"unset"}
    assert all("silence" in score.note or "are needed" in score.note for score in scores)


def test_neither_the_volume_nor_the_sample_rate_decides(ours):
    import soxr

    sound = voice(3, 210)
    plain = scored(ours, sound)
    assert scored(ours, sound * np.float32(0.02)) == pytest.approx(plain, abs=1e-4)
    at_44k = soxr.resample(sound, RATE, 44_100, quality="HQ")
    assert scored(ours, at_44k, 44_100) == pytest.approx(plain, abs=0.03)


def test_the_same_sound_is_scored_as_it_was_when_the_weights_were_made(ours):
    # fails when a feature changes and the weights do not: train again
    sound = voice(3, 120 * 2 ** (np.sin(np.arange(3 * RATE) / 4000) / 4))
    model = ours.classifier
    values = describe(sound, lowest=model.band[0], highest=model.band[1]).values
    log_odds = model.parts(values).sum(axis=1) + model.intercepts
    assert log_odds == pytest.approx(LOG_ODDS, abs=0.02)


def test_a_probability_is_made_of_the_parts_that_the_trace_shows(ours):
    sound = voice(2, 180)
    model = ours.classifier
    values = describe(sound, lowest=model.band[0], highest=model.band[1]).values
    parts = model.parts(values)
    by_hand = np.exp(model.intercepts + parts.sum(axis=1))
    heard = scored(ours, sound)
    assert [heard[name] for name in NAMES[:4]] == pytest.approx(by_hand / by_hand.sum())
    trace = ours.score(Call(Audio(sound, RATE))).scores[0].trace
    largest = sorted(np.abs(parts[0]))[::-1]
    for step, size in zip(trace, largest[:3], strict=True):
        name, number, part = re.fullmatch(r"(\w+) = (\S+): (\S+)", step.found).groups()
        assert float(number) == pytest.approx(values[FEATURES.index(name)], rel=1e-3, abs=1e-3)
        assert abs(float(part)) == pytest.approx(size, abs=6e-4)
        assert step.points is None  # a probability is no sum


@pytest.mark.slow
def test_three_seconds_of_sound_take_under_a_third_of_a_second(ours):
    call = Call(Audio(voice(3), RATE))
    ours.score(call)  # librosa compiles at its first call
    began = time.process_time()
    for _ in range(10):
        ours.score(call)
    assert (time.process_time() - began) / 10 < 0.3


# Another file of weights


def test_another_file_is_another_system_and_is_named_without_its_folder(ours, tmp_path):
    path = written(tmp_path, weights=np.zeros((4, len(FEATURES))).tolist(), intercepts=[0.0] * 4)
    other = load_system(f"tone:emotion/{path}")
    assert other.info.name == "tone:emotion/mine"
    assert other.info.version != ours.info.version
    heard = scored(other, voice(2))
    assert [heard[name] for name in NAMES[:4]] == [0.25] * 4


def test_a_file_with_fewer_features_is_read(tmp_path):
    path = written(
        tmp_path,
        classes=["calm", "agitated"],
        features=["pitch_median"],
        means=[12.0],
        sds=[2.0],
        intercepts=[0.0, 0.0],
        weights=[[-1.0], [1.0]],
    )
    system = Emotion(path)
    low, high = scored(system, voice(2, 80)), scored(system, voice(2, 320))
    assert low["labelled_calm"] == high["labelled_agitated"] == 1
    assert list(low) == ["calm_probability", "agitated_probability", *list(low)[2:]]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"biasbench_emotion": 2}, "is not an emotion classifier of form 1"),
        ({"classes": ["anger"] * 4}, "classes is empty or names something twice"),
        ({"classes": ["Anger!", "b", "c", "d"]}, "class 'Anger!': write lower-case letters"),
        ({"features": ["pitch_medan"]}, "no feature named 'pitch_medan'. Did you mean 'pitch_med"),
        ({"means": [0.0]}, r"means has the shape \(1,\); \(86,\) finite numbers are needed"),
        ({"weights": [["a"]]}, "weights does not hold numbers"),
        ({"intercepts": [0, 0, 0, float("nan")]}, "intercepts has the shape"),
        ({"band_hz": [4000, 50]}, "band_hz is 4000 to 50; 0 to 8000 Hz"),
        ({"sds": [0.0] * 86}, "the sd of mfcc_01_mean is 0; leave that feature out"),
        ({"sds": None}, "sds does not hold numbers|sds has the shape"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_the_reason(tmp_path, changes, why):
    with pytest.raises(OptionError, match=why):
        load_system(f"tone:emotion/{written(tmp_path, **changes)}")


def test_a_file_that_is_missing_or_no_json_is_refused(tmp_path):
    with pytest.raises(OptionError, match="no such file. tone:emotion takes a JSON file"):
        load_system("tone:emotion/nowhere.json")
    (tmp_path / "x.json").write_text("weights: 3")
    with pytest.raises(OptionError, match="is not JSON"):
        load_system(f"tone:emotion/{tmp_path / 'x.json'}")


def test_it_can_be_sent_to_a_worker(ours):
    sent = pickle.loads(pickle.dumps(ours))
    assert scored(sent, voice(1)) == scored(ours, voice(1))


# The fit


def sample(n: int = 120, k: int = 5, seed: int = 3):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, k))
    odds = values @ rng.normal(size=(k, 3)) + rng.normal(size=3)
    return values, np.array([rng.choice(3, p=softmax(row)) for row in odds])


def test_newton_finds_the_minimum_that_scipy_finds():
    values, codes = sample()
    weights = class_weights(codes, 3)

    def loss(flat: np.ndarray) -> float:
        theta = flat.reshape(3, 6)
        odds = theta[:, 0] + values @ theta[:, 1:].T
        log_sum = np.log(np.exp(odds).sum(axis=1))
        fitted = weights @ (log_sum - odds[np.arange(len(codes)), codes])
        return fitted + 2.5 / 2 * (theta[:, 1:] ** 2).sum()

    ours = fit(values, codes, weights, penalty=2.5, n_classes=3)
    theirs = minimize(loss, np.zeros(18), method="BFGS", options={"gtol": 1e-7}).x.reshape(3, 6)
    theirs[:, 0] -= theirs[:, 0].mean()  # ours are held at a sum of 0
    np.testing.assert_allclose(ours, theirs, atol=2e-5)


def test_with_hardly_a_penalty_it_is_the_logit_of_statsmodels():
    from statsmodels.discrete.discrete_model import MNLogit

    values, codes = sample()
    theirs = MNLogit(codes, np.column_stack([np.ones(len(codes)), values])).fit(disp=False).params
    ours = fit(values, codes, np.ones(len(codes)), penalty=1e-6, n_classes=3)
    np.testing.assert_allclose((ours[1:] - ours[0]).T, theirs, atol=1e-4)


def test_every_class_weighs_the_same_and_a_repeated_clip_changes_nothing():
    values, codes = sample()
    weights = class_weights(codes, 3)
    assert [weights[codes == c].sum() for c in range(3)] == pytest.approx([len(codes) / 3] * 3)
    once = fit(values, codes, weights, penalty=1.0, n_classes=3)
    twice = fit(
        np.vstack([values, values]),
        np.tile(codes, 2),
        np.tile(weights, 2) / 2,
        penalty=1.0,
        n_classes=3,
    )
    np.testing.assert_allclose(once, twice, atol=1e-8)


def test_our_weights_are_those_of_a_minimum():
    # a penalised softmax without a reference class: what one class gains the others lose
    model = read_classifier(OURS)
    assert np.abs(model.weights.sum(axis=0)).max() < 1e-5
    assert abs(model.intercepts.sum()) < 1e-5


# Judging on people never heard


def voices_that_give_the_emotion_away() -> Heard:
    """Six people, each recognisable, each with one favourite emotion: nothing carries over."""
    rng = np.random.default_rng(0)
    speakers = np.repeat([f"p{i}" for i in range(6)], 24)
    codes = np.concatenate([np.r_[np.repeat(i % 4, 18), np.arange(6) % 4] for i in range(6)])
    own = np.repeat(rng.normal(size=(6, 8)) * 3, 24, axis=0)
    values = own + 0.1 * rng.normal(size=own.shape)
    return Heard(dict.fromkeys(LINES, values), codes, speakers)


def test_knowing_the_speaker_is_worth_nothing_about_a_speaker_never_heard():
    heard = voices_that_give_the_emotion_away()
    everyone = np.full(len(heard.codes), True)
    in_sample = choosing.train(heard, (AS_RECORDED,), everyone)[-1]
    told = in_sample.probabilities(heard.features[AS_RECORDED]).argmax(axis=1)
    unheard = choosing.out_of_fold(heard, (AS_RECORDED,)).probabilities[AS_RECORDED]
    assert (told == heard.codes).mean() > 0.7  # the wrong way: the same clips
    assert (unheard.argmax(axis=1) == heard.codes).mean() < 0.4


def test_what_is_said_of_a_speaker_does_not_depend_on_that_speakers_labels():
    heard = voices_that_give_the_emotion_away()
    own = heard.speakers == "p2"
    relabelled = Heard(
        heard.features, np.where(own, (heard.codes + 1) % 4, heard.codes), heard.speakers
    )
    before = choosing.out_of_fold(heard, (AS_RECORDED, NARROW), speakers=("p2",))
    after = choosing.out_of_fold(relabelled, (AS_RECORDED, NARROW), speakers=("p2",))
    np.testing.assert_array_equal(
        before.probabilities[NARROW][own], after.probabilities[NARROW][own]
    )
    assert (before.penalty, before.loss) == (after.penalty, after.loss)


def test_the_design_chosen_inside_is_the_one_of_the_smallest_loss_among_the_others():
    heard = voices_that_give_the_emotion_away()
    rng = np.random.default_rng(1)
    signal = np.eye(4)[heard.codes] + 0.1 * rng.normal(size=(len(heard.codes), 4))
    useful = Heard(dict.fromkeys(LINES, signal), heard.codes, heard.speakers)
    designs = {
        Design(BANDS[0], (AS_RECORDED,)): choosing.out_of_fold(heard, (AS_RECORDED,)),
        Design(BANDS[1], (AS_RECORDED,)): choosing.out_of_fold(useful, (AS_RECORDED,)),
    }
    chosen = choosing.chosen_inside(designs, heard.speakers)
    assert figures.uar(heard.codes, chosen.probabilities[AS_RECORDED].argmax(axis=1)) > 0.95


def test_the_telephone_takes_what_it_should():
    t = np.arange(2 * RATE) / RATE
    for hertz, kept_by_8k, kept_by_narrow in ((100, 1, 0), (1000, 1, 1), (6000, 0, 0)):
        tone = (0.3 * np.sin(2 * np.pi * hertz * t)).astype(np.float32)
        middle = slice(RATE // 2, -RATE // 2)
        for line, kept in ((mu_law, kept_by_8k), (narrow_mu_law, kept_by_narrow)):
            left = np.sqrt(np.mean(line(tone)[middle] ** 2) / np.mean(tone[middle] ** 2))
            assert left == pytest.approx(kept, abs=0.05), (hertz, line.__name__)


# What the card says


def test_on_people_never_heard_the_four_recalls_average_80_percent_or_more(predictions, found):
    for line in LINES:
        rows = predictions[predictions["line"] == line]
        assert len(rows) == 339
        right = (rows["predicted"] == rows["emotion"]).groupby(rows["emotion"]).mean()
        said = found["emodb"]["lines"][line]["uar"]["overall"]
        assert right.mean() == pytest.approx(said["value"], abs=1e-6)
        assert said["value"] >= 0.80
        assert said["low"] < said["value"] < said["high"]


def test_the_figures_are_those_of_the_predictions(predictions, found):
    shares = {
        line: rows[[f"{name}_probability" for name in EMOTIONS]].to_numpy()
        for line, rows in predictions.groupby("line")
    }
    again = figures.acted_figures(predictions, shares)
    for line, said in found["emodb"]["lines"].items():
        assert again[line]["confusion"] == said["confusion"]
        assert again[line]["log_loss"] == pytest.approx(said["log_loss"], abs=0.002)  # 4 decimals
        assert again[line]["uar"]["difference"] == pytest.approx(
            said["uar"]["difference"], abs=1e-6
        )
        for one, other in zip(again[line]["recall"], said["recall"], strict=True):
            for side in ("overall", "female", "male"):
                assert one[side] == pytest.approx(other[side], abs=1e-6)
            assert (one["verdict"], one["reason"]) == (other["verdict"], other["reason"])


def test_the_interval_of_the_average_is_the_jackknife_by_person(predictions, found):
    rows = predictions[predictions["line"] == AS_RECORDED]

    def average(part: pd.DataFrame) -> float:
        return (part["predicted"] == part["emotion"]).groupby(part["emotion"]).mean().mean()

    people = rows["speaker_id"].unique()
    without = np.array([average(rows[rows["speaker_id"] != person]) for person in people])
    error = np.sqrt(((without - average(rows)) ** 2).sum())
    said = found["emodb"]["lines"][AS_RECORDED]["uar"]["overall"]
    assert said["n_speakers"] == len(people) == 10
    t_of_9 = 2.262157
    assert said["high"] - said["value"] == pytest.approx(t_of_9 * error, abs=1e-5)


def test_a_prediction_is_the_highest_of_its_four_probabilities(predictions):
    shares = predictions[[f"{name}_probability" for name in EMOTIONS]].to_numpy()
    np.testing.assert_allclose(shares.sum(axis=1), 1, atol=2.01e-4)
    predicted = [EMOTIONS.index(name) for name in predictions["predicted"]]
    np.testing.assert_array_equal(shares[np.arange(len(shares)), predicted], shares.max(axis=1))


def test_groups_of_few_people_are_put_together():
    labels = pd.DataFrame(
        {
            "utterance_id": [f"u{i}" for i in range(18)],
            "speaker_id": [f"p{i}" for i in range(18)],
            "accent": ["a"] * 6 + ["b"] * 6 + ["c"] * 2 + ["d"] * 4,
            "label": ["anger"] * 4 + ["neutral"] * 10 + ["no label"] * 2 + ["sadness"] * 2,
        }
    )
    groups = {
        each["group"]: each for each in figures.label_figures(labels, by=["accent"])["accent"]
    }
    assert set(groups) == {"a", "b", "others (under 5 people each)", "overall"}
    assert groups["a"]["anger"]["value"] == 4 / 6
    # no label is missing, not another label
    assert groups["others (under 5 people each)"]["anger"]["n_missing"] == 2
    assert groups["overall"]["anger"]["value"] == 4 / 16
    few = figures.label_figures(labels[labels["accent"] != "d"], by=["accent"])["accent"]
    assert {each["group"] for each in few} == {"a", "b", "overall"}  # c has two people


def test_the_card_says_what_the_weights_and_the_figures_say(found):
    written_card = card.CARD.read_text(encoding="utf-8")
    model = json.loads(OURS.read_text(encoding="utf-8"))
    assert card.filled(written_card, model, found) == written_card
    found["emodb"]["lines"][AS_RECORDED]["uar"]["female"]["value"] += 0.001
    model["training"]["penalty"] = 7
    other = card.filled(written_card, model, found)
    assert other != written_card
    assert "| penalty λ | 7 |" in other


def test_a_card_without_a_mark_is_refused(found):
    model = json.loads(OURS.read_text(encoding="utf-8"))
    with pytest.raises(KeyError, match="no marks <!-- training -->"):
        card.filled("# a card", model, found)


def test_the_card_says_nothing_that_a_report_must_not():
    check_wording(card.CARD.read_text(encoding="utf-8"), "en")


def test_the_weights_name_what_they_were_made_from():
    facts = json.loads(OURS.read_text(encoding="utf-8"))["training"]
    assert (facts["n_clips"], facts["n_speakers"]) == (339, 10)
    assert re.fullmatch("[0-9a-f]{64}", facts["table_sha256"])
    assert facts["packages"].keys() >= {"librosa", "numpy"}


# With the corpus at hand


@pytest.mark.slow
def test_the_weights_and_the_predictions_come_from_the_corpus(shared_data, predictions):
    clips = acted_clips(shared_data("emodb"))
    facts = json.loads(OURS.read_text(encoding="utf-8"))
    assert clips.sha256() == facts["training"]["table_sha256"]
    design = Design(tuple(facts["band_hz"]), tuple(facts["training"]["trained_on"]))
    heard = heard_by(design, clips, features(clips, [design.band]))
    two = ("03", "14")
    again = choosing.out_of_fold(heard, design.trained_on, speakers=two)
    for line, shares in again.probabilities.items():
        theirs = clips.table["speaker_id"].isin(two).to_numpy()
        rows = predictions[(predictions["line"] == line) & predictions["speaker_id"].isin(two)]
        assert list(rows["utterance_id"]) == list(clips.table["utterance_id"][theirs])
        said = rows[[f"{name}_probability" for name in EMOTIONS]].to_numpy()
        np.testing.assert_allclose(shares[theirs], said, atol=1e-3)
    everyone = np.full(len(clips.table), True)
    best = int(choosing.losses(heard, design.trained_on, everyone).argmin())
    model = choosing.train(heard, design.trained_on, everyone)[best]
    np.testing.assert_allclose(read_classifier(OURS).weights, model.theta[:, 1:], atol=1e-4)
