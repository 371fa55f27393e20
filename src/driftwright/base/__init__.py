"""Words and files: paths, terms, faults, forms, JSON and TOML text; each module is its own face."""
