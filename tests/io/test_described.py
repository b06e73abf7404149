"""Words that tell who the patient is are left out of a description, and no others."""

from __future__ import annotations

import time

import pytest

from ankleviewer.io.described import described


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("Wang^Wei=王^伟", "王伟 ankle 王^伟 Wang_Wei WangWei", "ankle"),
        ("Hong^Gildong=洪^吉洞=홍^길동", "홍길동 Ankle HongGildong 洪吉洞 길동이", "Ankle"),
        ("Yamada^Tarou=山田^太郎=ヤマダ^タロウ", "ﾔﾏﾀﾞ axial 山田 足", "axial 足"),
        ("Li^Yu", "Li Yu LiYu yuli li-yu ankle 1.0 alignment", "ankle 1.0 alignment"),
        ("Li^Yu Na", "YuNa ankle Li,YuNa nau", "ankle nau"),
        ("Li^Y", "ankle LiY axial", "ankle axial"),
        ("Müller^Änne", "MULLER mu\u0308ller Anne's ANNE2 Fuß", "s Fuß"),
        ("Mueller^Anna", "Mueller_Anna Fuss ID12345 19700131 Fuss_Mueller/OSG 0.6_Anna", "Fuss Fuss OSG 0.6"),
        ("Mueller^Anna", "bone 1970-01-31 31.01.1970 1970/01/31 01/31/1970 geb.31.1.70", "bone geb.31.1.70"),
        ("Doe^J", "RIGHT ankle - axial (bone) 1.0 B60s J 12 345", "RIGHT ankle - axial (bone) 1.0 B60s J 12 345"),
        ("", "ankle axial\n0.6", "ankle axial 0.6"),
        ("Yıldız^Ayşe", "Fuss Yildiz AYSE 1.0 B60", "Fuss 1.0 B60"),
        ("Yildiz^Ali", "Yıldız ankle", "ankle"),
        ("Łukasz^Øyvind", "Lukasz ankle Oyvind łukasz", "ankle"),
        ("Đorđević^Æsa", "Dordevic ankle AESA", "ankle"),
        ("王小明".encode("gbk").decode("latin-1"), "王小明 左踝 axial".encode("gbk").decode("latin-1"), "×óõ× axial"),
        ("Wang^XiaoMing=" + "王^小明".encode("gbk").decode("latin-1"), "王小明 axial".encode("gbk").decode("latin-1"), "axial"),
        ("王春".encode("gbk").decode("latin-1"), "王春 axial".encode("gbk").decode("latin-1"), "axial"),
        ("董福".encode("gbk").decode("latin-1"), "董福 axial".encode("gbk").decode("latin-1"), "axial"),
        ("Ян^Ли", "Январь ankle Ли", "Январь ankle"),
        ("O’Neil^Ann", "Neil O’Neil ankle", "ankle"),
    ],
)
def test_a_name_is_left_out_in_whatever_form_it_is_written(name: str, text: str, left: str) -> None:
    header = {"PatientName": name, "PatientID": "12345", "PatientBirthDate": "19700131", "SeriesDescription": text}
    assert described(header) == left


@pytest.mark.parametrize("text", ["_" * 4000, "a" * 4000, "_a" * 2000])
def test_a_long_description_costs_no_time(text: str) -> None:
    start = time.perf_counter()
    described({"PatientName": "b" * 4000, "PatientID": "1" * 4000, "SeriesDescription": text})
    assert time.perf_counter() - start < 1
