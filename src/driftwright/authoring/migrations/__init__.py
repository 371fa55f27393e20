"""Prove migrations: the consumer's own functions run on profiles, and eight laws held against what they do."""
