"""Everything that reading imports when it is first asked, imported at once.

While one thread imports a package another one must not: where modules import each other, Python may
hand out a half imported one.
"""

from __future__ import annotations

import pyarrow as pa

from aestudio.data.checks.registry import checks
from aestudio.data.readers.registry import readers
from aestudio.data.samples import list_samples
from aestudio.data.tables.registry import table_uses


def import_all() -> None:
    """Import all that is registered, and what libraries put off until they are used."""
    readers()
    table_uses()
    checks()
    list_samples()
    # pyarrow looks for pandas when a column first becomes an array.
    pa.array([True]).to_numpy(zero_copy_only=False)
