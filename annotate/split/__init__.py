"""Splits: gold documents into train, dev and test that don't leak and don't move."""
