"""People review what spaCy suggests; nothing is lost in silence."""
