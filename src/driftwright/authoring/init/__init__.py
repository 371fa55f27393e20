"""Init: create a workspace from at least two plain documents of a store and a module of readers."""
