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


@pytest.mark.parametrize("value", [-3101, 40000.0])
def test_impossible_values_are_refused(value):
    with pytest.raises(ScanError) as caught:
        put(np.array([0, value], "f4"))
    assert caught.value.code == "HU_IMPLAUSIBLE"


def test_what_is_not_a_number_is_counted_and_shown_as_air():
    sink = put(np.array([np.nan, np.inf, 12], "f4"))
    assert sink.hu.ravel().tolist() == [-1024, -1024, 12]
    assert sink.not_finite == 2


def test_counts_are_taken_before_clipping():
    sink = put(np.array([-1400, -1400, 30], "i2"))
    assert sink.counts[32768 - 1400] == 2
    assert sink.counts[32768 + 30] == 1
