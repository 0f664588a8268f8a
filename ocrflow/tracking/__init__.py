"""MLflow: runs, registry, lineage. Mirrors the plain result files."""
