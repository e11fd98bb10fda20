"""The outside world: one folder per system; this module is the registry (name → dotted path, imported on first use)."""
