"""A built extension, run as a traced copy: which paths of a store its own code reads."""
