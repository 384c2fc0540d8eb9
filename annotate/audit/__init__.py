"""Where gold is likely wrong: models that haven't seen a document, and gold itself, disagree."""
