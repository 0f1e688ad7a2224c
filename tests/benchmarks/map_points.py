"""How long the latent map takes to draw very many points, and to follow a drag.

xvfb-run -a -s "-screen 0 1280x720x24" python tests/benchmarks/map_points.py
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from PySide6.QtWidgets import QApplication

from aestudio.data.dataset import Kind
from aestudio.gui.plots.decoding import Decoding
from aestudio.gui.plots.latent_map import LatentMap, MapSamples
from aestudio.gui.plots.sample_art import SampleArt
from aestudio.gui.theme import Theme

NUM_CLASSES = 10
NUM_DRAGS = 200


def measure(app: QApplication, theme: Theme, num_points: int) -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, NUM_CLASSES, num_points)
    centres = rng.normal(scale=3.0, size=(NUM_CLASSES, 2))
    codes = (centres[labels] + rng.normal(size=(num_points, 2))).astype(np.float32)
    latent_map = LatentMap(theme, Decoding())
    latent_map.resize(640, 480)
    latent_map.show()
    app.processEvents()
    latent_map.set_samples(
        SampleArt(Kind.IMAGES, (1, 28, 28), 0.0, 255.0),
        MapSamples(
            rows=np.arange(num_points),
            labels=labels,
            label_names=tuple(str(label) for label in range(NUM_CLASSES)),
            num_all=num_points,
            sample=lambda place: None,
        ),
    )
    app.processEvents()
    started = time.perf_counter()
    latent_map.set_codes(codes)
    latent_map.plot.viewport().repaint()
    first_ms = 1000.0 * (time.perf_counter() - started)
    view = latent_map.plot.getViewBox()
    drags_ms = []
    for index in range(NUM_DRAGS):
        started = time.perf_counter()
        view.translateBy(x=0.01 * (-1) ** (index // 20), y=0.005)
        latent_map.plot.viewport().repaint()
        drags_ms.append(1000.0 * (time.perf_counter() - started))
    p50, p99 = np.percentile(drags_ms, [50, 99])
    print(
        f"{num_points:10,} points: first draw {first_ms:6.0f} ms, "
        f"drag median {p50:.1f} ms, p99 {p99:.1f} ms"
    )
    latent_map.deleteLater()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("counts", nargs="*", type=int, default=[3_000, 20_000, 100_000, 1_000_000])
    options = parser.parse_args()
    app = QApplication([])
    theme = Theme()
    theme.follow_system(app)
    for count in options.counts:
        measure(app, theme, count)


if __name__ == "__main__":
    main()
