"""The models: which there are, how they get here, what they need."""
