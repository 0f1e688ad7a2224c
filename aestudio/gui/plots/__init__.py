"""The live views: curves, pictures and the map; they draw what they are given."""

from __future__ import annotations

import os

# Where several Qt bindings are installed, pyqtgraph has to take the one of this program.
os.environ["PYQTGRAPH_QT_LIB"] = "PySide6"
