"""Validation: what is wrong with a gold file, and the repair of what is safe."""
