"""Init: a whole workspace from two plain documents of a store and a module of readers."""
