"""Review: which annotation counts, and what the reviewer did to the suggestions."""
