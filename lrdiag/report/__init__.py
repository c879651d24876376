"""A diagnosis as text or JSON, and the words that all faces share."""
