"""What can run an exported model: one module an engine, each with `load` (see `ocrflow.inference.engine.Load`)."""
