"""tone:wav2vec2: tiny checkpoints of random weights, made here, against torch computed directly.

pytest -m torch tests/systems      in an environment with torch and transformers
"""

import importlib.util
import json
import math
import pickle
import shutil
from pathlib import Path

import numpy as np
import pytest

from biasbench.audio import Audio, resample
from biasbench.errors import InputError, MissingExtraError, NotFoundError, OptionError
from biasbench.systems import Call, load_system
from biasbench.systems.tone._labels import (
    MULTI,
    REGRESSION,
    SINGLE,
    Labels,
    Piece,
    label_names,
    probabilities,
)
from biasbench.systems.tone.wav2vec2 import Wav2Vec2, pieces
from biasbench.systems.weights import sha256_of

RATE = 16_000
HUB_NAME = "nobody-at-all/no-such-model"
LABELS = ("Calm", "Very angry!", "sad")
#: float32 with another order of additions
CLOSE = 1e-5


def noise(seconds: float, seed: int = 0, rate: int = RATE) -> Audio:
    rng = np.random.default_rng(seed)
    return Audio((0.1 * rng.standard_normal(round(seconds * rate))).astype(np.float32), rate)


def values(system, audio: Audio) -> dict:
    return {score.name: score.value for score in system.score(Call(audio)).scores}


def config_of(kind: str, labels=LABELS, **settings):
    import transformers

    return getattr(transformers, f"{kind}Config")(
        hidden_size=16,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=32,
        conv_dim=(8, 8, 8),
        conv_kernel=(10, 3, 3),
        conv_stride=(5, 4, 4),
        num_feat_extract_layers=3,
        num_conv_pos_embeddings=16,
        num_conv_pos_embedding_groups=2,
        classifier_proj_size=8,
        initializer_range=0.5,  # so that outputs differ by more than rounding
        id2label=dict(enumerate(labels)),
        label2id={label: at for at, label in enumerate(labels)},
        **settings,
    )


def save(folder: Path, kind: str = "Wav2Vec2", rate: int = RATE, **settings) -> Path:
    """A checkpoint as transformers writes it."""
    import torch
    import transformers

    torch.manual_seed(1)
    model = getattr(transformers, f"{kind}ForSequenceClassification")(config_of(kind, **settings))
    with torch.no_grad():
        for weight in model.parameters():
            if weight.dim() > 1:
                weight.normal_(0, 0.3)
    model.eval().save_pretrained(folder)
    extractor = transformers.Wav2Vec2FeatureExtractor(sampling_rate=rate, do_normalize=True)
    extractor.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def saved(tmp_path_factory) -> Path:
    return save(tmp_path_factory.mktemp("checkpoints") / "tiny")


@pytest.fixture
def copied(saved, tmp_path) -> Path:
    return Path(shutil.copytree(saved, tmp_path / "copy"))


def directly(folder: Path, samples: np.ndarray, kind: str = "Wav2Vec2") -> np.ndarray:
    """The outputs by transformers' own class and a normalisation by hand."""
    import torch
    import transformers

    model = getattr(transformers, f"{kind}ForSequenceClassification").from_pretrained(folder).eval()
    normal = (samples - samples.mean()) / math.sqrt(samples.var() + 1e-7)
    with torch.no_grad():
        return model(torch.tensor(normal, dtype=torch.float32)[None]).logits[0].double().numpy()


def edit_settings(folder: Path, **settings) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**config, **settings}), encoding="utf-8")


@pytest.mark.torch
@pytest.mark.parametrize("kind", ["Wav2Vec2", "Hubert", "WavLM"])
def test_the_scores_are_what_torch_gives_directly(tmp_path, kind):
    folder = save(tmp_path / "tiny", kind)
    sound = noise(1.3)
    outputs = directly(folder, sound.samples.astype(np.float64), kind)
    assert np.ptp(outputs) > 100 * CLOSE
    expected = np.exp(outputs) / np.exp(outputs).sum()
    got = values(load_system(f"tone:wav2vec2/{folder}"), sound)
    assert list(got) == [
        *("calm_probability", "very_angry_probability", "sad_probability"),
        *("labelled_calm", "labelled_very_angry", "labelled_sad"),
    ]
    assert list(got.values())[:3] == pytest.approx(expected, abs=CLOSE)
    assert list(got.values())[3:] == [float(at == expected.argmax()) for at in range(3)]
    assert sum(list(got.values())[:3]) == pytest.approx(1, abs=1e-12)


@pytest.mark.torch
@pytest.mark.parametrize(("problem", "labels"), [("regression", LABELS), (None, ("valence",))])
def test_a_regression_gives_its_outputs_as_they_are_on_no_scale(tmp_path, problem, labels):
    folder = save(tmp_path / "tiny", problem_type=problem, labels=labels)
    sound = noise(1.0)
    reading = load_system(f"tone:wav2vec2/{folder}").score(Call(sound))
    expected = directly(folder, sound.samples.astype(np.float64))
    assert [score.value for score in reading.scores] == pytest.approx(expected, abs=CLOSE)
    assert [score.name for score in reading.scores] == list(label_names(labels, ""))
    assert {(s.scale_min, s.scale_max, s.direction) for s in reading.scores} == {
        (None, None, "neither")
    }


@pytest.mark.torch
def test_several_labels_at_once_are_one_probability_each(tmp_path):
    folder = save(tmp_path / "tiny", problem_type=MULTI)
    sound = noise(1.0)
    expected = 1 / (1 + np.exp(-directly(folder, sound.samples.astype(np.float64))))
    got = list(values(load_system(f"tone:wav2vec2/{folder}"), sound).values())
    assert got[:3] == pytest.approx(expected, abs=CLOSE)
    assert got[3:] == [float(one > 0.5) for one in expected]


@pytest.mark.torch
@pytest.mark.parametrize("mode", ["mean", "sum", "max"])
def test_the_head_that_transformers_lacks_is_read_too(tmp_path, mode):
    """The published code of that head, on the same weights, says the same."""
    import torch
    import transformers
    from safetensors.torch import save_file

    config = config_of("Wav2Vec2", problem_type="regression", pooling_mode=mode)
    torch.manual_seed(2)
    encoder = transformers.Wav2Vec2Model(config).eval()
    dense, out_proj = torch.nn.Linear(16, 16), torch.nn.Linear(16, 3)
    weights = {f"wav2vec2.{name}": value for name, value in encoder.state_dict().items()}
    for name, layer in (("dense", dense), ("out_proj", out_proj)):
        weights |= {f"classifier.{name}.{key}": w for key, w in layer.state_dict().items()}
    folder = tmp_path / "tiny"
    config.architectures = ["Wav2Vec2ForSpeechClassification"]
    config.save_pretrained(folder)
    transformers.Wav2Vec2FeatureExtractor(do_normalize=True).save_pretrained(folder)
    contiguous = {name: value.contiguous() for name, value in weights.items()}
    save_file(contiguous, folder / "model.safetensors", metadata={"format": "pt"})

    sound = noise(1.0)
    exact = sound.samples.astype(np.float64)
    normal = torch.tensor((exact - exact.mean()) / math.sqrt(exact.var() + 1e-7)).float()
    with torch.no_grad():
        frames = encoder(normal[None]).last_hidden_state
        pools = {"mean": frames.mean(1), "sum": frames.sum(1), "max": frames.max(1).values}
        expected = out_proj(torch.tanh(dense(pools[mode])))[0].numpy()
    got = list(values(load_system(f"tone:wav2vec2/{folder}"), sound).values())
    assert got == pytest.approx(expected, abs=CLOSE)

    # as what it is not, transformers would fill its own head with random numbers
    edit_settings(folder, architectures=["Wav2Vec2ForSequenceClassification"])
    with pytest.raises(InputError, match=r"do not fill a .*classifier\.bias.*random numbers"):
        load_system(f"tone:wav2vec2/{folder}").score(Call(sound))


@pytest.mark.torch
def test_weights_of_the_old_format_are_the_same_weights(saved, copied):
    import torch
    from safetensors.torch import load_file

    old = {
        name.replace("parametrizations.weight.original0", "weight_g").replace(
            "parametrizations.weight.original1", "weight_v"
        ): value
        for name, value in load_file(copied / "model.safetensors").items()
        if not name.endswith("masked_spec_embed")  # used in training only
    }
    assert {"weight_g", "weight_v"} <= {name.rsplit(".", 1)[-1] for name in old}
    (copied / "model.safetensors").unlink()
    torch.save(old, copied / "pytorch_model.bin")
    one, other = (load_system(f"tone:wav2vec2/{folder}") for folder in (saved, copied))
    assert one.info.version != other.info.version
    assert values(one, noise(1.0)) == values(other, noise(1.0))


@pytest.mark.torch
def test_no_code_of_a_checkpoint_is_run(copied, tmp_path):
    class Payload:
        def __reduce__(self):
            return (Path.mkdir, (tmp_path / "was_run",))

    import torch

    (copied / "model.safetensors").unlink()
    torch.save({"classifier.bias": Payload()}, copied / "pytorch_model.bin")
    with pytest.raises(InputError, match="the weights cannot be read"):
        load_system(f"tone:wav2vec2/{copied}").score(Call(noise(1.0)))
    assert not (tmp_path / "was_run").exists()
    torch.load(copied / "pytorch_model.bin", weights_only=False)
    assert (tmp_path / "was_run").exists()  # it would have been


@pytest.mark.torch
@pytest.mark.parametrize("content", [b"", b"not weights", b"\xff" * 64])
@pytest.mark.parametrize("name", ["model.safetensors", "pytorch_model.bin"])
def test_a_file_that_is_not_weights_is_refused(copied, name, content):
    (copied / "model.safetensors").unlink()
    (copied / name).write_bytes(content)
    with pytest.raises(InputError, match="copy: the weights cannot be read"):
        load_system(f"tone:wav2vec2/{copied}").score(Call(noise(1.0)))


@pytest.mark.torch
def test_weights_of_another_size_than_the_settings_say_are_refused(copied):
    edit_settings(copied, id2label={"0": "calm", "1": "sad"}, label2id={"calm": 0, "sad": 1})
    with pytest.raises(InputError, match="copy: the weights cannot be read"):
        load_system(f"tone:wav2vec2/{copied}").score(Call(noise(1.0)))


@pytest.mark.torch
def test_sound_of_another_rate_is_resampled_to_the_model_s(tmp_path):
    folder = save(tmp_path / "tiny", rate=8000)
    system = load_system(f"tone:wav2vec2/{folder}")
    sound = noise(1.0)
    exact = resample(sound, 8000).samples.astype(np.float64)
    outputs = directly(folder, exact)
    expected = np.exp(outputs) / np.exp(outputs).sum()
    assert list(values(system, sound).values())[:3] == pytest.approx(expected, abs=CLOSE)


@pytest.mark.torch
def test_long_sound_is_the_mean_over_equal_pieces(saved):
    system = Wav2Vec2(str(saved), longest=1.0)
    sound = noise(2.5)
    bounds = [(0, 13333), (13333, 26666), (26666, 40000)]
    each = [values(system, Audio(sound.samples[a:b], RATE))["sad_probability"] for a, b in bounds]
    assert np.ptp(each) > 0
    scored = {score.name: score for score in system.score(Call(sound)).scores}["sad_probability"]
    assert scored.value == pytest.approx(np.mean(each), abs=1e-9)
    assert [step.points for step in scored.trace] == pytest.approx(np.array(each) / 3, abs=1e-9)
    assert [(s.start, s.end) for s in scored.trace] == [(a / RATE, b / RATE) for a, b in bounds]
    whole = Wav2Vec2(str(saved))
    assert len(whole.score(Call(sound)).scores[0].trace) == 1
    assert dict(whole.info.options)["longest"] != dict(system.info.options)["longest"]


@pytest.mark.torch
def test_a_piece_of_digital_silence_is_left_out_and_said_to_be(saved):
    system = Wav2Vec2(str(saved), longest=1.0)
    sound = noise(1.0)
    muted = Audio(np.concatenate([sound.samples, np.zeros(RATE, dtype=np.float32)]), RATE)
    assert values(system, muted) == values(system, sound)
    trace = system.score(Call(muted)).scores[0].trace
    assert (trace[-1].rule, trace[-1].found) == ("pieces of digital silence, left out", "1 of 2")


@pytest.mark.torch
@pytest.mark.parametrize(
    ("samples", "note"),
    [
        (np.zeros(RATE), "digital silence"),
        (np.ones(59), "4 ms of sound are too short for one frame"),
    ],
)
def test_silence_and_too_short_a_sound_are_missing_and_not_zero(saved, samples, note):
    system = load_system(f"tone:wav2vec2/{saved}")
    reading = system.score(Call(Audio(samples.astype(np.float32), RATE)))
    assert [score.name for score in reading.scores] == list(values(system, noise(1.0)))
    for score in reading.scores:
        assert (score.value, score.missing_reason) == (None, "unset")
        assert note in score.note


@pytest.mark.torch
def test_the_shortest_sound_with_a_frame_has_scores(saved):
    system = load_system(f"tone:wav2vec2/{saved}")
    # kernels 10, 3, 3 and strides 5, 4, 4: one frame needs 3 of the second layer, and so 11, and 60
    has_score = [values(system, noise(n / RATE))["sad_probability"] is not None for n in (59, 60)]
    assert has_score == [False, True]


@pytest.mark.torch
def test_it_answers_alike_twice_with_any_number_of_threads_and_leaves_the_sound_alone(
    saved, monkeypatch
):
    import torch

    before = torch.get_num_threads()
    sound = noise(3.0)
    digest = sound.sha256()
    try:
        answers = []
        for threads in ("1", "2", "2"):
            monkeypatch.setenv("BIASBENCH_CPU_THREADS", threads)
            answers.append(values(load_system(f"tone:wav2vec2/{saved}"), sound))
            assert torch.get_num_threads() == int(threads)
    finally:
        torch.set_num_threads(before)
    assert answers[1] == answers[2]
    assert list(answers[0].values()) == pytest.approx(list(answers[1].values()), abs=CLOSE)
    assert sound.sha256() == digest


@pytest.mark.torch
def test_a_worker_gets_the_options_and_reads_the_weights_itself(saved):
    system = load_system(f"tone:wav2vec2/{saved}")
    scored = values(system, noise(1.0))
    sent = pickle.dumps(system)
    assert len(sent) < (saved / "model.safetensors").stat().st_size
    assert pickle.loads(sent).info == system.info
    assert values(pickle.loads(sent), noise(1.0)) == scored


@pytest.mark.torch
def test_it_is_named_by_its_folder_and_versioned_by_its_weights(saved, copied):
    info = load_system(f"tone:wav2vec2/{saved}").info
    assert info.name == "tone:wav2vec2/tiny"
    assert info.version.endswith("+" + sha256_of(saved / "model.safetensors")[:8])
    assert (info.modality, info.reads, info.infers_emotion) == ("voice", ("audio",), True)
    edit_settings(copied, pooling_mode="max")
    other = load_system(f"tone:wav2vec2/{copied}").info
    assert other.version == info.version
    assert dict(other.options)["settings"] != dict(info.options)["settings"]


@pytest.mark.torch
@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"architectures": ["Wav2Vec2ForCTC"]}, "architecture Wav2Vec2ForCTC. Read are hubert"),
        ({"architectures": None}, "architecture none"),
        ({"model_type": "audio-spectrogram-transformer"}, "'audio-spectrogram-transformer'"),
    ],
)
def test_a_model_of_another_kind_is_refused_at_the_door(copied, settings, words):
    edit_settings(copied, **settings)
    with pytest.raises(InputError, match=words):
        load_system(f"tone:wav2vec2/{copied}")


@pytest.mark.torch
def test_settings_that_are_no_json_or_of_an_unknown_problem_are_refused(copied):
    edit_settings(copied, problem_type="ranking")
    with pytest.raises(InputError, match="ranking"):
        load_system(f"tone:wav2vec2/{copied}").score(Call(noise(1.0)))
    (copied / "config.json").write_text("not json", encoding="utf-8")
    with pytest.raises(InputError, match="is not the JSON of a model's settings"):
        load_system(f"tone:wav2vec2/{copied}")


@pytest.mark.torch
@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("config.json", "no config.json there"),
        ("preprocessor_config.json", "no preprocessor_config.json there"),
        ("model.safetensors", "no weights there"),
    ],
)
def test_a_file_that_lacks_is_named(copied, file, words):
    (copied / file).unlink()
    with pytest.raises(NotFoundError, match=words):
        load_system(f"tone:wav2vec2/{copied}")


@pytest.mark.torch
def test_without_a_checkpoint_it_says_what_to_give(tmp_path, monkeypatch):
    monkeypatch.delenv("BIASBENCH_ALLOW_DOWNLOAD", raising=False)
    with pytest.raises(NotFoundError, match="none were named.*a download is not allowed.*FOLDER"):
        load_system("tone:wav2vec2")
    with pytest.raises(NotFoundError, match="gone: no such folder of weights"):
        load_system(f"tone:wav2vec2/{tmp_path / 'gone'}")
    with pytest.raises(NotFoundError, match=f"'{HUB_NAME}'.*a download is not allowed"):
        load_system(f"tone:wav2vec2/{HUB_NAME}")


class Hub:
    """Stands in for the hub: nothing is cached, and `folders` says what each pattern brings."""

    def __init__(self, folders: dict[str, Path]):
        self.folders = folders
        self.asked: list[str] = []

    def __call__(self, repository, *, local_files_only=False, allow_patterns=()):
        from huggingface_hub.errors import LocalEntryNotFoundError

        assert repository == HUB_NAME
        if local_files_only:
            raise LocalEntryNotFoundError("not cached")
        self.asked.append(allow_patterns[-1])
        if not self.folders:
            raise ConnectionError("no route to host\nsecond line")
        return str(self.folders[allow_patterns[-1]])


@pytest.mark.torch
def test_a_download_happens_only_when_it_is_allowed(saved, monkeypatch):
    import huggingface_hub

    hub = Hub({"model*.safetensors": saved})
    monkeypatch.setattr(huggingface_hub, "snapshot_download", hub)
    for not_allowed in ("", "0", "yes"):
        monkeypatch.setenv("BIASBENCH_ALLOW_DOWNLOAD", not_allowed)
        with pytest.raises(NotFoundError, match="a download is not allowed"):
            load_system(f"tone:wav2vec2/{HUB_NAME}")
    assert hub.asked == []
    monkeypatch.setenv("BIASBENCH_ALLOW_DOWNLOAD", "1")
    assert load_system(f"tone:wav2vec2/{HUB_NAME}").info.name == f"tone:wav2vec2/{HUB_NAME}"
    assert hub.asked == ["model*.safetensors"]


@pytest.mark.torch
def test_the_hub_is_asked_for_the_other_format_and_what_it_lacks_is_said(
    saved, copied, monkeypatch
):
    import huggingface_hub

    monkeypatch.setenv("BIASBENCH_ALLOW_DOWNLOAD", "1")
    (copied / "model.safetensors").unlink()
    formats = ("model*.safetensors", "pytorch_model*.bin")
    for folders, words in (
        ({formats[0]: copied, formats[1]: saved}, None),
        ({formats[0]: copied, formats[1]: copied}, "holds no model.safetensors and no"),
        ({}, r"could not be downloaded: no route to host\. Give a folder"),
    ):
        hub = Hub(folders)
        monkeypatch.setattr(huggingface_hub, "snapshot_download", hub)
        if words is None:
            assert load_system(f"tone:wav2vec2/{HUB_NAME}").checkpoint.folder == saved
            assert hub.asked == list(formats)
        else:
            with pytest.raises(NotFoundError, match=words):
                load_system(f"tone:wav2vec2/{HUB_NAME}")


@pytest.mark.torch
@pytest.mark.parametrize("longest", [0, 0.5, -1, math.inf, math.nan])
def test_pieces_shorter_than_a_second_are_refused(saved, longest):
    with pytest.raises(OptionError, match="longest is"):
        Wav2Vec2(str(saved), longest=longest)


# ── What needs no torch ────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("n_samples", [1, 99, 100, 101, 250, 1001])
def test_pieces_are_whole_equal_and_as_few_as_can_be(n_samples):
    cut = pieces(n_samples, 100)
    lengths = [end - start for start, end in cut]
    assert cut[0][0] == 0
    assert cut[-1][1] == n_samples == sum(lengths)
    assert max(lengths) <= 100
    assert max(lengths) - min(lengths) <= 1
    assert len(cut) == math.ceil(n_samples / 100)


def test_probabilities_of_huge_outputs_are_numbers():
    outputs = np.array([1e4, -1e4, 0.0])
    assert probabilities(outputs, SINGLE).tolist() == [1, 0, 0]
    assert probabilities(outputs, MULTI).tolist() == [1, 0, 0.5]


def test_a_label_is_of_the_mean_probabilities_and_not_of_most_pieces():
    # two pieces just for 'a', one surely for 'b'
    heard = [Piece(at, at + 1, np.array(outputs)) for at, outputs in enumerate([[0.1, 0]] * 2)]
    heard.append(Piece(2, 3, np.array([0.0, 9.0])))
    scores = {score.name: score.value for score in Labels(("a", "b"), SINGLE).scores(heard, 3)}
    assert (scores["labelled_a"], scores["labelled_b"]) == (0.0, 1.0)
    mean = (2 / (1 + math.exp(-0.1)) + 1 / (1 + math.exp(9))) / 3
    assert scores["a_probability"] == pytest.approx(mean)


@pytest.mark.parametrize("problem", [SINGLE, MULTI, REGRESSION])
def test_the_points_of_every_trace_add_up_to_its_score(problem):
    rng = np.random.default_rng(3)
    heard = [Piece(at, at + 1, rng.standard_normal(4)) for at in range(5)]
    for score in Labels(("a", "b", "c", "d"), problem).scores(heard, 7):
        points = [step.points for step in score.trace if step.points is not None]
        assert sum(points) == pytest.approx(score.value, abs=1e-12)


@pytest.mark.parametrize("labels", [["Sad", "sad!"], ["a", "!!"]])
def test_labels_that_would_be_one_score_are_refused(labels):
    with pytest.raises(InputError, match=r"config\.json: label '.*' of id2label"):
        label_names(labels, "config.json")


def test_without_the_packages_the_extra_is_named():
    if importlib.util.find_spec("transformers") is not None:
        pytest.skip("transformers is installed here")
    with pytest.raises(MissingExtraError, match=r"pip install 'biasbench\[transformers\]'"):
        load_system("tone:wav2vec2")
