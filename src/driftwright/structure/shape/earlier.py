"""What was folded at a position before some of its values were replaced: what lies beside them is not folded again."""

from __future__ import annotations

from dataclasses import dataclass

from driftwright.base.path import EACH_ITEM, EACH_VALUE, Key, Path, Step
from driftwright.structure.shape.model import Shape


@dataclass(frozen=True, slots=True)
class Earlier:
    """The shape of a position before.

    Args:
        shape: The shape.
        replaced: Where below the position values were replaced since, as paths of that shape.
    """

    shape: Shape
    replaced: tuple[Path, ...]

    def of_field(self, name: str) -> Earlier | None:
        """Return what is known of a field, where the objects are records now; None where they were none."""
        return self._below(self.shape.fields.get(name), Key(name)) if self.shape.values is None else None

    def of_values(self) -> Earlier | None:
        """Return what is known of the values, where the objects are maps now; None where they were none."""
        return self._below(self.shape.values, EACH_VALUE)

    def of_items(self) -> Earlier | None:
        """Return what is known of the items of lists; None where there were no lists."""
        return self._below(self.shape.items, EACH_ITEM)

    def _below(self, shape: Shape | None, step: Step) -> Earlier | None:
        paths = tuple(Path(path.steps[1:]) for path in self.replaced if path.steps[0] == step)
        # Below a replaced value nothing is as it was.
        return None if shape is None or not all(path.steps for path in paths) else Earlier(shape, paths)
