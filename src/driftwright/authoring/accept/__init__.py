"""Accept drift: build and test the next version of changed stores before anything is written."""
