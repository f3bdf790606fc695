"""Methods of comparison: a file each, with `compare(...)`."""
