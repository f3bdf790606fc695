"""Recognisers: a file each, with `load(variant)`."""
