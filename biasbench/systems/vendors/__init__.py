"""Export formats: a file each, with `read(path, mapping)`."""
