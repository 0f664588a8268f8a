"""Datasets as files: label lists, dictionaries, images, hashes, splits, synthesis and fetching. Knows nothing of models."""
