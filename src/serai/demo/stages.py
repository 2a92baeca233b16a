"""The six stages of the demo world and the moment each plays in. Pure: the supervisor reads it too."""

from datetime import UTC, datetime
from typing import Final

MOMENTS: Final[dict[str, datetime]] = {
    "need": datetime(2024, 9, 2, 8, 0, tzinfo=UTC),
    "matched": datetime(2024, 9, 30, 9, 0, tzinfo=UTC),
    "planned": datetime(2024, 11, 18, 8, 30, tzinfo=UTC),
    "live": datetime(2024, 11, 26, 9, 40, tzinfo=UTC),  # day two, 10:40 in Lipovar
    "closed": datetime(2024, 12, 9, 8, 0, tzinfo=UTC),
    "a-year-later": datetime(2025, 12, 1, 8, 0, tzinfo=UTC),
}
STAGES: Final = tuple(MOMENTS)
ADMINISTRATOR: Final = "administrator@demo.example"
