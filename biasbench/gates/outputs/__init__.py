"""How a gate is told, one file a format: `text_of(gate) -> str`. The name is the ending."""
