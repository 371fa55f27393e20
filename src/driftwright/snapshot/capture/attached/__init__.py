"""A capture from a browser that somebody else started, over its DevTools port."""
