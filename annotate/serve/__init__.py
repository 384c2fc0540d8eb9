"""Live suggestions in Label Studio, over its ML backend protocol."""
