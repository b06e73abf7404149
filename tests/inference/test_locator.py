"""The shipped locator: verified before it is loaded, silent where it cannot help, never in the way of the bones' answer."""

from __future__ import annotations

import json
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nibabel
import numpy as np
import pytest

from ankleviewer.core import paths
from ankleviewer.core.anatomy.boneshape import Coarse, coarsen
from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.anatomy.landmarks import DOME, PLAFOND
from ankleviewer.core.anatomy.upright import turned
from ankleviewer.core.errors import Cancelled, ModelError
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import UP, Grid, standing
from ankleviewer.core.imaging.resample import resample
from ankleviewer.core.volume import Volume
from ankleviewer.inference import locator as module
from ankleviewer.inference.engines import ort_session
from ankleviewer.inference.locator import LocatorModel, ankles_in, in_use, shipped_locator
from ankleviewer.io.reader import open_scan


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped one."""
    return Path(shutil.copytree(paths.assets_dir() / "locator", tmp_path / "assets" / "locator"))


def volume(edge: int = 40, spacing: float = 2.0) -> Volume:
    hu = np.random.default_rng(0).normal(0, 200, (edge,) * 3).astype(np.int16)
    return Volume(hu, Grid.axis_aligned(hu.shape, spacing, (0.0, 0.0, 0.0)))


def code(folder: Path) -> str:
    with pytest.raises(ModelError) as caught:
        LocatorModel(folder)
    return caught.value.code


def test_a_changed_missing_or_foreign_file_is_refused(folder: Path) -> None:
    data = bytearray((folder / "locator.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "locator.onnx").write_bytes(bytes(data))
    assert code(folder) == "MODEL_HASH_MISMATCH"
    record = json.loads((folder / "locator.json").read_text())
    for key, value in (("schema", "ankleviewer.locator/2"), ("landmarks", ["knee"]), ("input", {"spacing_mm": 1.0})):
        (folder / "locator.json").write_text(json.dumps({**record, key: value}))
        assert code(folder) == "MODEL_SPEC_UNKNOWN"
    (folder / "locator.json").write_text("[")
    assert code(folder) == "MODEL_FILE_MISSING"
    (folder / "locator.json").unlink()
    assert code(folder) == "MODEL_FILE_MISSING"


def test_what_is_larger_than_a_body_is_left_alone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = LocatorModel(folder)
    monkeypatch.setattr(module, "locator_input", lambda _: pytest.fail("it must not be prepared"))
    assert model.locate(coarsen(volume(40, 20.0))) == ()


def test_in_a_large_scan_it_looks_where_bone_is(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """500 x 500 x 500 mm of air with one leg's bone in it: what costs memory is the leg."""
    hu = np.full((200, 200, 200), -1000, np.int16)
    hu[20:40, 90:120, :] = 600
    sizes: list[tuple[int, ...]] = []
    real = module.locator_input

    def noted(coarse: Coarse) -> object:
        tensor, grid = real(coarse)
        sizes.append(tensor.shape)
        assert grid.to_voxel((50.0 + 25.0, 260.0, 250.0)).min() >= 0, "the bone lies inside"
        return tensor, grid

    monkeypatch.setattr(module, "locator_input", noted)
    LocatorModel(folder).locate(coarsen(Volume(hu, Grid.axis_aligned(hu.shape, 2.5, (0.0, 0.0, 0.0)))))
    ((x, y, z),) = sizes
    assert x <= 64 and y <= 64 and z >= 200


def test_cancelling_ends_it(folder: Path) -> None:
    with pytest.raises(Cancelled):
        LocatorModel(folder).locate(coarsen(volume(120, 2.5)), lambda: True)


def test_a_signal_is_heard_while_it_runs(folder: Path) -> None:
    """Python calls a signal's handler on the main thread, which must not lie inside the engine; the run is told to end."""

    class Engine:
        def run(self, _names: object, _inputs: object, options: Any) -> None:
            began.set()
            until = time.monotonic() + 60.0
            while not options.terminate and time.monotonic() < until:
                time.sleep(0.005)
            if options.terminate:
                ended.set()

    def interrupted() -> bool:
        if began.is_set():  # it is asked before the run begins, too
            raise KeyboardInterrupt
        return False

    began, ended, locator = threading.Event(), threading.Event(), LocatorModel(folder)
    locator._session = Engine()
    with pytest.raises(KeyboardInterrupt):
        locator.locate(coarsen(volume(120, 2.5)), interrupted)
    assert ended.is_set()


def test_without_a_sound_file_the_bones_stand_alone(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bones = (Ankle("L", (1.0, 2.0, 3.0), (0.0, 0.0, 0.0), (9.0, 9.0, 9.0), True, ""),)
    monkeypatch.setattr(module, "find_ankles", lambda *_: bones)
    monkeypatch.setattr(paths, "assets_dir", lambda: tmp_path / "assets")
    assert shipped_locator() is shipped_locator() is not None, "loaded once"
    (tmp_path / "other" / "locator").mkdir(parents=True)
    (tmp_path / "other" / "locator" / "locator.json").write_text("{}")
    monkeypatch.setattr(paths, "assets_dir", lambda: tmp_path / "other")
    assert shipped_locator() is None
    findings: list[Finding] = []
    assert ankles_in(volume(), None, findings) == bones
    assert [(f.level, f.code) for f in findings] == [("caveat", "LOCATOR_MISSING")]
    assert in_use() == ""
    with pytest.raises(Cancelled):
        ankles_in(volume(), lambda: True)


def test_a_file_that_cannot_be_read_for_once_is_read_for_the_next_scan(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_: Path) -> bytes:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr(paths, "assets_dir", lambda: folder.parent)
    with monkeypatch.context() as away:
        away.setattr(Path, "read_bytes", fails)
        assert shipped_locator() is None and in_use() == ""
    assert shipped_locator() is not None and in_use()


@pytest.mark.parametrize("raised", [SystemError("x"), OSError("libx.so"), SystemExit(1)], ids=repr)
def test_an_engine_that_cannot_be_loaded_ends_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, raised: BaseException
) -> None:
    def fails() -> object:
        raise raised

    monkeypatch.setattr(paths, "assets_dir", lambda: folder.parent)
    with monkeypatch.context() as broken:
        broken.setattr(ort_session, "load_onnxruntime", fails)
        assert code(folder) == "ENGINE_MISSING" and shipped_locator() is None
    assert shipped_locator() is not None, "it may have been the memory"


def test_a_file_that_is_another_is_not_read_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = (folder / "locator.onnx").read_bytes()
    monkeypatch.setattr(paths, "assets_dir", lambda: folder.parent)
    (folder / "locator.onnx").write_bytes(sound + b"x")
    assert shipped_locator() is None
    (folder / "locator.onnx").write_bytes(sound)
    assert shipped_locator() is None


@pytest.mark.parametrize("part", ["coarsen", "locator_input", "standing_ankles"])
def test_a_request_to_stop_is_heard_while_a_large_scan_is_prepared(
    folder: Path, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """Each takes seconds of a scan with two legs, and asks nobody meanwhile."""
    coarse, locator = coarsen(volume(80)), LocatorModel(folder)
    began, go_on = threading.Event(), threading.Event()

    def slow(*_: object) -> None:
        began.set()
        go_on.wait(20.0)

    monkeypatch.setattr(module, "search", lambda _located, look: (look(np.eye(3)), np.eye(3)))
    monkeypatch.setattr(module, part, slow)
    start = time.perf_counter()
    try:
        with pytest.raises(Cancelled):
            module._across(volume(80), coarse, locator, (), began.is_set)
        assert time.perf_counter() - start < 18.0
    finally:
        go_on.set()


def test_a_locator_that_fails_is_no_reason_not_to_open_a_scan(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bones = (Ankle("L", (1.0, 2.0, 3.0), (0.0, 0.0, 0.0), (9.0, 9.0, 9.0), True, ""),)
    monkeypatch.setattr(module, "find_ankles", lambda *_: bones)
    monkeypatch.setattr(paths, "assets_dir", lambda: folder.parent)
    locator = shipped_locator()
    assert locator is not None and in_use() == locator.sha256

    def fails(*_: object) -> None:
        raise RuntimeError("Failed to allocate memory")

    monkeypatch.setattr(LocatorModel, "locate", fails)
    findings: list[Finding] = []
    assert ankles_in(volume(), None, findings) == bones
    assert [f.code for f in findings] == ["LOCATOR_MISSING"]

    def stops(*_: object) -> None:
        raise Cancelled

    monkeypatch.setattr(LocatorModel, "locate", stops)
    with pytest.raises(Cancelled):
        ankles_in(volume())


@pytest.mark.parametrize("up", [(0, 0, -1), (0, -0.87, 0.5)])
def test_the_sample_ankle_is_found_however_the_patient_lies(up: tuple[float, ...]) -> None:
    """A scan whose axes are not the patient's: ankle, middle and completeness are the same, and the cube stands with the leg."""
    scan = open_scan(next((paths.assets_dir() / "sample").glob("*.nii.gz"))).volume
    (standing_one,) = ankles_in(scan)
    assert standing_one.up == UP
    turn = standing(up).T
    (lying,) = ankles_in(turned(scan, turn))
    assert lying.complete
    assert lying.side in (standing_one.side, "unknown")
    np.testing.assert_allclose(lying.center_mm, turn @ standing_one.center_mm, atol=6.0)
    assert float(np.dot(lying.up, up) / np.linalg.norm(up)) > np.cos(np.deg2rad(30))


@pytest.fixture(scope="module")
def two_legs() -> Callable[[float], Volume]:
    """The sample's leg, and the same leg 170 mm beside it, which leans backwards by so many degrees."""
    scan = open_scan(next((paths.assets_dir() / "sample").glob("*.nii.gz"))).volume
    middle = np.mean(scan.grid.bounds_mm(), axis=0)

    def both(degrees: float) -> Volume:
        grid = Grid.axis_aligned((230, 150, 150), 1.5, (-172.5, -112.5, -112.5))
        angle = np.deg2rad(degrees)
        lean = np.array([[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]])
        legs = []
        for x, turn in ((-85.0, np.eye(3)), (85.0, lean)):
            place = np.eye(4)
            place[:3, :3], place[:3, 3] = turn, (x, 0.0, 0.0) - turn @ middle
            legs.append(resample(Volume(scan.hu, Grid(scan.grid.shape, place @ scan.grid.affine)), grid, -1024.0))
        return Volume(np.rint(np.maximum(*legs)).astype(np.int16), grid)

    return both


def test_a_leg_that_lies_across_is_found_beside_one_that_stands(two_legs: Callable[[float], Volume]) -> None:
    findings: list[Finding] = []
    ankles = ankles_in(two_legs(90.0), None, findings)
    (first,) = [a for a in ankles if a.up == UP]
    (other,) = [a for a in ankles if a.up != UP]
    assert first.center_mm[0] < -60 and other.center_mm[0] > 60
    assert first.complete and other.complete and findings == []
    assert abs(other.up[2]) < 0.6


def test_a_leg_that_stands_in_doubt_is_found_beside_one_that_lies_across(two_legs: Callable[[float], Volume]) -> None:
    """Cut off 20 mm below its joint, the locator is no longer sure of it: it looks in every direction, and finds the other."""
    both = two_legs(90.0)
    hu = both.hu.copy()
    hu[: hu.shape[0] // 2, :, : int(both.grid.to_voxel((0.0, 0.0, -20.0))[2])] = -1024
    volume, findings = Volume(hu, both.grid), list[Finding]()
    coarse = coarsen(volume)
    locator = shipped_locator()
    assert locator is not None and module.in_doubt(module.find_ankles(volume, None, coarse), locator.locate(coarse))
    ankles = ankles_in(volume, None, findings)
    assert sorted((a.up == UP, a.center_mm[0] > 0, a.complete) for a in ankles) == [(False, True, True), (True, False, True)]
    assert findings == [], "bones and locator agree on both"


def test_what_only_the_bones_show_beside_a_leg_that_lies_across_is_told(
    two_legs: Callable[[float], Volume], monkeypatch: pytest.MonkeyPatch
) -> None:
    volume, real, findings = two_legs(90.0), LocatorModel.locate, list[Finding]()

    def blind(self: LocatorModel, coarse: Coarse, cancelled: Callable[[], bool] | None = None) -> tuple[Any, ...]:
        return tuple(seen for seen in real(self, coarse, cancelled) if seen.center_mm[0] > 0)  # the turn is about x

    monkeypatch.setattr(LocatorModel, "locate", blind)
    ankles = ankles_in(volume, None, findings)
    assert sorted((a.up == UP, a.center_mm[0] > 0) for a in ankles) == [(False, True), (True, False)]
    assert [(f.level, f.code) for f in findings] == [("caveat", "ANKLE_UNSURE")] and "is uncertain" in findings[0].message


@pytest.mark.parametrize(("degrees", "count", "said"), [(70.0, 2, "is uncertain"), (90.0, 1, "was not assessed")])
def test_another_leg_whose_ankle_is_not_found_is_told(
    degrees: float, count: int, said: str, two_legs: Callable[[float], Volume], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the one the bones show an ankle in a wrong place, which no turn confirms; in the other none."""
    volume = two_legs(degrees)
    monkeypatch.setattr(module, "search", lambda *_: None)
    findings: list[Finding] = []
    ankles = ankles_in(volume, None, findings)
    assert len(ankles) == count and min(a.center_mm[0] for a in ankles) < -60
    assert [(f.level, f.code) for f in findings] == [("caveat", "ANKLE_UNSURE")]
    assert said in findings[0].message


def test_the_leg_that_stands_is_never_lost_to_the_other(
    two_legs: Callable[[float], Volume], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the other leg's bone the bones of the first may look like none; the locator alone is not sure of it."""
    volume, real, asked = two_legs(90.0), module.find_ankles, []

    def once(*arguments: Any) -> tuple[Ankle, ...]:
        asked.append(arguments)
        return real(*arguments) if len(asked) == 1 else ()

    monkeypatch.setattr(module, "find_ankles", once)
    ankles = ankles_in(volume)
    assert len(asked) == 2 and len(ankles) == 2
    assert sorted(a.up == UP for a in ankles) == [False, True]


def test_another_leg_that_stands_has_the_side_that_its_bones_tell(
    two_legs: Callable[[float], Volume], monkeypatch: pytest.MonkeyPatch
) -> None:
    volume = two_legs(0.0)
    before = ankles_in(volume)
    doubted = max(before, key=lambda a: a.center_mm[0])
    sure = module.beyond_doubt
    monkeypatch.setattr(
        module, "beyond_doubt", lambda *a: tuple(s for s in sure(*a) if np.linalg.norm(s.center_mm - doubted.center_mm) > 60)
    )
    monkeypatch.setattr(module, "stands", bool)
    assert [(a.side, a.up) for a in ankles_in(volume)] == [(a.side, a.up) for a in before]


def test_cancelling_is_heard_in_the_search_for_another_leg(
    two_legs: Callable[[float], Volume], monkeypatch: pytest.MonkeyPatch
) -> None:
    volume, asked = two_legs(70.0), threading.Event()

    def stops(*_: object) -> None:
        asked.set()

    real = module.bone_elsewhere
    monkeypatch.setattr(module, "bone_elsewhere", lambda *a: (stops(), real(*a))[1])
    with pytest.raises(Cancelled):
        ankles_in(volume, asked.is_set)


def test_the_shipped_locator_sees_the_sample_ankle() -> None:
    locator = LocatorModel(paths.assets_dir() / "locator")
    assert locator.measured["sim-shift-v1"]["median_mm"] < 4.0
    sample = paths.assets_dir() / "sample"
    scan = open_scan(next(sample.glob("*.nii.gz"))).volume
    (seen,) = locator.locate(coarsen(scan))
    assert PLAFOND not in seen.missing and DOME not in seen.missing
    truth = json.loads((sample / "truth.json").read_text())
    (ankle,) = next(iter(truth.values()))["ankles"]
    assert np.linalg.norm(seen.center_mm - ankle["center_mm"]) < 8.0


def test_real_feet_without_a_tibia(data_folder: Path) -> None:
    """Two feet of the Visible Human Female; the field of view ends 3 mm above the talus."""
    volume = open_scan(data_folder / "ct" / "vhf-foot").volume
    labels = nibabel.load(data_folder / "ct" / "vhf-foot-labels" / "bone_labels.nii.gz")
    values, affine = np.asarray(labels.dataobj), labels.affine
    seen = LocatorModel(paths.assets_dir() / "locator").locate(coarsen(volume))
    assert len(seen) == 2
    for talus in (3, 23):  # right and left
        ras = np.argwhere(values == talus) @ affine[:3, :3].T + affine[:3, 3]
        lps = ras * (-1, -1, 1)
        domes = [ankle.mm(DOME) for ankle in seen]
        away = [float(np.linalg.norm(lps - dome, axis=1).min()) for dome in domes if dome is not None]
        assert min(away, default=np.inf) <= 8.0
    ankles = ankles_in(volume)
    assert [a.side for a in ankles] == ["R", "L"]
    assert not any(a.complete for a in ankles)
