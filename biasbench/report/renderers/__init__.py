"""Report formats: a file each, with `render(...)`."""
