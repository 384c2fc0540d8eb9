"""Gold documents → models, and whether they are better."""
