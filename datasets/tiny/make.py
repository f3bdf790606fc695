"""Make the audio and the table of datasets/tiny with espeak-ng.

    python datasets/tiny/make.py            # needs the program espeak-ng (1.51 was used)

Eight English accents of espeak-ng, the same ten voice variants in each, the same script for
every voice: whatever differs between accents is the accent. The script is ours.
Sound is kept as Opus in Ogg, 16 kHz mono, so that the folder stays small.
"""

from __future__ import annotations

import csv
import io
import subprocess
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

FOLDER = Path(__file__).parent
SAMPLE_RATE = 16_000

ACCENTS = {
    "Britain": "en",  # espeak-ng's own name for it, en-gb, ignores the variant
    "Received Pronunciation": "en-gb-x-rp",
    "Lancaster": "en-gb-x-gbclan",
    "West Midlands": "en-gb-x-gbcwmd",
    "Scotland": "en-gb-scotland",
    "Caribbean": "en-029",
    "United States": "en-us",
    "New York City": "en-us-nyc",
}
VARIANTS = ("f1", "f2", "f3", "f4", "f5", "m1", "m2", "m3", "m4", "m7")
SCRIPTS = {
    "opening": (
        "Good morning, thank you for calling the billing team. "
        "My name is Alex, how may I help you today? "
        "I am sorry about the long wait. I have checked your account, "
        "and the refund of thirty pounds will arrive before Friday."
    ),
}


def speak(text: str, voice: str) -> tuple[NDArray[np.float32], int]:
    """Samples and sample rate of espeak-ng saying the text."""
    command = ["espeak-ng", "-v", voice, "-s", "165", "--stdout", text]
    wav = subprocess.run(command, check=True, capture_output=True).stdout
    samples, sample_rate = soundfile.read(io.BytesIO(wav), dtype="float32")
    return samples, sample_rate


def main() -> None:
    """Write audio/*.ogg and utterances.csv."""
    (FOLDER / "audio").mkdir(exist_ok=True)
    rows = []
    voice_of: dict[bytes, str] = {}
    for accent, voice in ACCENTS.items():
        for variant in VARIANTS:
            speaker_id = f"{voice}+{variant}"
            for sentence_id, text in SCRIPTS.items():
                name = f"audio/{speaker_id}-{sentence_id}.ogg"
                samples, sample_rate = speak(text, speaker_id)
                same = voice_of.setdefault(samples.tobytes(), speaker_id)
                if same != speaker_id:
                    raise SystemExit(f"{speaker_id} sounds exactly like {same}: not another voice")
                samples = soxr.resample(samples, sample_rate, SAMPLE_RATE)
                soundfile.write(
                    FOLDER / name,
                    samples,
                    SAMPLE_RATE,
                    format="OGG",
                    subtype="OPUS",
                    compression_level=0.9,
                )
                rows.append(
                    {
                        "utterance_id": f"{speaker_id}-{sentence_id}",
                        "speaker_id": speaker_id,
                        "audio": name,
                        "language": "en",
                        "reference": text,
                        "accent": accent,
                        "voice_variant": variant,
                        "sentence_id": sentence_id,
                    }
                )
    with (FOLDER / "utterances.csv").open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
