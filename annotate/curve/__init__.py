"""Learning curves: how F1 grows with the gold, and how many more documents a target needs."""
