"""A capture by hand: what a person pasted, saved, or an extension sent."""
