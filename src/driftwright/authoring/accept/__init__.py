"""Accept: the next version of what drifted, tried as a whole before it is written."""
