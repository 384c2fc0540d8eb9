"""Trained models on disk: what each is, and which one serves."""
