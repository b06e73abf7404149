from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.errors import ScanError
from ankleviewer.io.sink import HuSink


def put(values, slope=1.0, intercept=0.0, no_value=None) -> HuSink:
    sink = HuSink((len(values), 1, 1))
    sink.put(0, np.asarray(values)[:, None], slope, intercept, None if no_value is None else np.asarray(no_value)[:, None])
    return sink


@pytest.mark.parametrize("dtype", ["i2", ">i2", "u2", "i4", "f4", "f8"])
def test_every_type_gives_the_same_hu(dtype):
    sink = put(np.array([24, 1024, 2100], dtype), 1, -1024)
    assert sink.hu.dtype == np.int16
    assert sink.hu.ravel().tolist() == [-1000, 0, 1076]
    assert sink.padding is None


def test_fractions_are_rounded_not_cut():
    assert put(np.array([10, 11], "u2"), 0.35, -1).hu.ravel().tolist() == [2, 3]


def test_unsigned_numbers_do_not_wrap():
    assert put(np.array([40000], "u2"), 1, -32768).hu.ravel().tolist() == [7232]


def test_an_offset_beyond_all_numbers_is_no_hu():
    with pytest.raises(ScanError, match="HU_IMPLAUSIBLE"):
        put(np.array([1], "i2"), 1, 1e10)


def test_what_the_scanner_did_not_measure_becomes_padding_at_minus_1024():
    sink = put(np.array([-3024, -2000, -1050, 40, 77], "i2"), no_value=[False, False, False, False, True])
    assert sink.hu.ravel().tolist() == [-1024, -1024, -1024, 40, -1024]
    assert sink.padding.ravel().tolist() == [True, True, False, False, True]
    assert sink.counts.sum() == 4


def test_tagged_padding_may_have_any_value():
    assert put(np.array([-32768, 5], "i2"), no_value=[True, False]).hu.ravel().tolist() == [-1024, 5]


@pytest.mark.parametrize("values", [[-3101, -3200, -3300], [0, 40000.0], [40000.0, -8192], [-4000, -3999] + [0] * 900])
def test_impossible_values_are_refused(values):
    with pytest.raises(ScanError) as caught:
        put(np.array(values, "f4"))
    assert caught.value.code == "HU_IMPLAUSIBLE"


@pytest.mark.parametrize("outside", [-8192, -33792])
def test_a_number_for_outside_the_field_is_padding_without_its_tag(outside):
    sink = put(np.array([outside, 40, outside, -1000], "i4"))
    assert sink.hu.ravel().tolist() == [-1024, 40, -1024, -1000]
    assert sink.padding.ravel().tolist() == [True, False, True, False] and sink.counts.sum() == 2


def test_a_streak_beside_a_number_for_outside_is_padding_too():
    values = np.full(4000, 30, dtype="i2")
    values[:900] = -8192
    values[[2000, 2003]] = -4000, -3500
    assert put(values).padding.sum() == 902


def test_a_streak_of_metal_costs_nobody_the_scan():
    values = np.full(4000, 30, dtype="i2")
    values[[7, 9, 11]] = -3500, -4100, -3700
    sink = put(values)
    assert sink.padding.ravel().nonzero()[0].tolist() == [7, 9, 11] and sink.counts.sum() == 3997


def test_what_is_not_a_number_is_counted_and_shown_as_air():
    sink = put(np.array([np.nan, np.inf, 12], "f4"))
    assert sink.hu.ravel().tolist() == [-1024, -1024, 12]
    assert sink.not_finite == 2


def test_counts_are_taken_before_clipping():
    sink = put(np.array([-1400, -1400, 30], "i2"))
    assert sink.counts[32768 - 1400] == 2
    assert sink.counts[32768 + 30] == 1
