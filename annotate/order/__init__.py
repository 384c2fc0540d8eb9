"""Which document next: how sure the suggestions are, and how much is new in a text. Pure."""
