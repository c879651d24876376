"""A diagnosis as text, JSON or one HTML file, and the words that all faces share."""
