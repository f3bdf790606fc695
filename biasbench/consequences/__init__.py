"""Consequences: what a gap does to people, at a threshold, in who is listened to, in pay."""
