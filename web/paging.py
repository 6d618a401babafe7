"""A page of a long list: which rows to show, and where the neighbours are."""

from dataclasses import dataclass, replace

FARTHEST = 1_000_000


@dataclass(frozen=True)
class Page:
    """One page. `total` is the whole list's length, known once it was counted."""

    number: int
    size: int
    total: int = 0

    @classmethod
    def read(cls, text: str, size: int) -> "Page":
        """The page an address names; the first for anything that is no page number."""
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1
        return cls(min(max(number, 1), FARTHEST), size)

    def of(self, total: int) -> "Page":
        """The same page once the list was counted; past the end, the last."""
        return replace(self, total=total, number=min(self.number, max(1, -(-total // self.size))))

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.number - 1) * self.size

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.total // self.size))

    @property
    def first_row(self) -> int:
        """The first row shown, counted from one; 0 for an empty list."""
        return min(self.offset + 1, self.total)

    @property
    def last_row(self) -> int:
        """The last row shown, counted from one."""
        return min(self.offset + self.size, self.total)
