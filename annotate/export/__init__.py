"""Gold into the formats that were asked for, with a manifest and a card beside them."""
