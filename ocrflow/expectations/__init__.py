"""What the rows of a dataset are expected to be: suites in YAML, judged by Great Expectations, shown as a page."""
