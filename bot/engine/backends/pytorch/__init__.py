"""The `torch` backend: transformers' models, stepped by a loop of our own."""
