"""How long it takes from the start of the program until its window is on the screen.

    xvfb-run -a -s "-screen 0 1280x720x24" python tests/benchmarks/window_cold.py

Each round is a new process, timed from before it starts until its window has been exposed and
painted once; torch is loaded afterwards and does not count. With ``--drop-caches`` (as root, on
Linux) the files come from the disk as after a restart of the computer.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CHILD = """
import sys, time
from PySide6.QtCore import QEvent, QObject

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and watched.isWindow():
            print(time.time(), "torch" in sys.modules, flush=True)
            import os
            os._exit(0)
        return False

from aestudio.gui.app import make_application
app = make_application()
from aestudio.gui.crash_reports import CrashReports
from aestudio.gui.main_window import MainWindow
from aestudio.gui.settings import Settings
from aestudio.gui.theme import Theme
theme = Theme()
theme.follow_system(app)
window = MainWindow(theme, Settings(), CrashReports())
watch = Watch()
window.installEventFilter(watch)
window.show()
app.exec()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--drop-caches", action="store_true")
    options = parser.parse_args()
    seconds = []
    with tempfile.TemporaryDirectory() as home:
        environment = {
            **os.environ,
            "AESTUDIO_RUNS": str(Path(home, "runs")),
            "AESTUDIO_LOGS": str(Path(home, "logs")),
            "XDG_CONFIG_HOME": home,
        }
        for _ in range(options.rounds):
            if options.drop_caches:
                os.sync()
                Path("/proc/sys/vm/drop_caches").write_text("3")
            started = time.time()
            done = subprocess.run(
                [sys.executable, "-c", CHILD], env=environment, capture_output=True, text=True
            )
            if not done.stdout:
                sys.exit(f"no window appeared:\n{done.stderr}")
            painted, has_torch = done.stdout.split()
            if has_torch == "True":
                sys.exit("torch was loaded before the window was on the screen")
            seconds.append(float(painted) - started)
    print(
        f"window on screen: first {seconds[0]:.2f} s, "
        f"median of {len(seconds)} {statistics.median(seconds):.2f} s, worst {max(seconds):.2f} s"
    )


if __name__ == "__main__":
    main()
