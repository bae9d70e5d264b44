"""Report formats: they render findings and compute nothing."""
