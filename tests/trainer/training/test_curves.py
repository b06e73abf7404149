"""Learning curves from a log."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from trainer.training.curves import draw_curves, read_log, smoothed

HEAD = "step,lr,loss,pair_accuracy,val_auc,val_auc_hairline"


def log(folder: Path, rows: list[str]) -> Path:
    (folder / "log.csv").write_text("\n".join([HEAD, *rows]))
    return folder


def test_gaps_are_gaps(tmp_path: Path) -> None:
    found = read_log(log(tmp_path, ["0,0.1,2.0,nan,,", "1,0.1,1.0,0.5,0.7,0.6"]) / "log.csv")
    assert found["loss"].tolist() == [2.0, 1.0] and np.isnan(found["val_auc"][0]) and found["val_auc"][1] == 0.7


def test_the_mean_is_over_the_last_values_that_are_there() -> None:
    values = np.array([1.0, np.nan, 3.0, 5.0, 7.0])
    np.testing.assert_allclose(smoothed(values, 2), [1.0, 1.0, 3.0, 4.0, 6.0])
    assert np.isnan(smoothed(np.array([np.nan, 1.0]), 2)[0])


@pytest.mark.parametrize("validated", [True, False])
def test_a_picture_is_drawn(tmp_path: Path, validated: bool) -> None:
    rows = [f"{i},{0.01 * 0.99**i},{2 - i / 100},0.7,{'0.8,0.6' if validated and i % 50 == 49 else ','}" for i in range(100)]
    path = draw_curves(log(tmp_path, rows))
    assert path == tmp_path / "curves.png"
    picture = np.asarray(Image.open(path).convert("L"))
    assert picture.shape[1] > 900 and (picture < 250).mean() > 0.01
    assert not (tmp_path / ".curves.png").exists()


def test_scans_without_twins_get_no_panel_of_pairs_and_low_figures_are_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from matplotlib.figure import Figure

    met: list[tuple[int, float]] = []
    real = Figure.savefig

    def watch(figure: Figure, *a: object, **more: object) -> None:
        met.append((len(figure.axes), figure.axes[-1].get_ylim()[0]))
        real(figure, *a, **more)

    monkeypatch.setattr(Figure, "savefig", watch)
    draw_curves(log(tmp_path, [f"{i},0.01,1.0,nan,{'0.33,' if i % 5 == 4 else ','}" for i in range(20)]))
    draw_curves(log(tmp_path, [f"{i},0.01,1.0,0.6,{'0.83,' if i % 5 == 4 else ','}" for i in range(20)]))
    assert met == [(3, pytest.approx(0.28)), (4, pytest.approx(0.4))]


def test_nothing_logged_gives_no_picture(tmp_path: Path) -> None:
    assert draw_curves(log(tmp_path, [])) is None


@pytest.mark.parametrize("steps", [1, 4, 40, 2000])
def test_every_point_lies_within_its_panel_and_no_legend_on_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    from matplotlib.figure import Figure

    met: list[bool] = []
    real = Figure.savefig

    def watch(figure: Figure, *a: object, **more: object) -> None:
        real(figure, *a, **more)
        for axis in figure.axes:
            low, high = axis.get_xlim()
            met.extend(low < x < high for line in axis.lines for x in line.get_xdata())
            if (legend := axis.get_legend()) is not None:
                met.append(legend.get_window_extent().y0 >= axis.get_window_extent().y1 - 1)
        assert figure.axes[0].lines[0].get_xdata()[-1] == figure.axes[-1].lines[0].get_xdata()[-1] == steps

    monkeypatch.setattr(Figure, "savefig", watch)
    often = max(1, steps // 4)
    draw_curves(log(tmp_path, [f"{i},0.01,1.0,0.7,{'0.8,1.0' if (i + 1) % often == 0 else ','}" for i in range(steps)]))
    assert len(met) > 4 * steps - 1 and all(met)
