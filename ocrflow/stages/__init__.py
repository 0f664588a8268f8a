"""The stages: one file each, one function `run(config) -> dict` each."""
