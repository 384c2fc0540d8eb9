"""Whether suggestions help reviewers, how much, and whether they pull them along."""
