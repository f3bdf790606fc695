"""Tone scorers: a file each, with `load(variant)`."""
