"""Teaching: the teacher stays as it is, the student's translation learns."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from trainer.networks.compact import compact
from trainer.networks.head import FractureNet
from trainer.networks.mobilenet import mobilenet
from trainer.networks.registry import build
from trainer.training.deep import SideExits
from trainer.training.teach import Teacher, _per_cell


def test_a_student_of_its_teachers_own_kind_is_taught() -> None:
    torch.manual_seed(0)
    teacher_net = compact(0.25)
    before = {k: v.clone() for k, v in teacher_net.state_dict().items()}
    student = mobilenet(width=0.25, pooling="lse")
    teacher = Teacher(teacher_net, student).train()
    assert not teacher.teacher.training and all(not p.requires_grad for p in teacher.teacher.parameters())
    exits = SideExits(student, taps=teacher.layers)
    optimiser = torch.optim.Adam([*student.parameters(), *teacher.learning()], lr=3e-3)
    x = torch.randn(2, 1, 32, 32, 32, generator=torch.Generator().manual_seed(1))
    losses = []
    for _ in range(12):
        _, cam, _, taps = exits(student, x)
        loss = teacher.lesson(student, x, taps, cam)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(float(loss.detach()))
    assert losses[-1] < 0.8 * losses[0]
    assert all(torch.equal(v, before[k]) for k, v in teacher_net.state_dict().items()), "the teacher does not learn"


def test_features_and_map_are_weighed_apart_and_the_map_alone_needs_no_translation() -> None:
    torch.manual_seed(0)
    student = mobilenet(width=0.25, pooling="lse")
    teacher = Teacher(compact(0.25), student)
    x = torch.randn(2, 1, 32, 32, 32)
    _, cam, _, taps = SideExits(student, taps=teacher.layers)(student, x)
    both, features = teacher.lesson(student, x, taps, cam), teacher.lesson(student, x, taps, cam, 1.0, 0.0)
    scores = teacher.lesson(student, x, {}, cam, 0.0, 0.3)
    torch.testing.assert_close(both, features + scores)
    assert float(scores.detach()) > 0 and float(features.detach()) > 0
    torch.testing.assert_close(teacher.lesson(student, x, {}, cam, 0.0, 0.9), 3 * scores)
    student.pooling = "gap"
    assert float(teacher.lesson(student, x, {}, cam, 0.0, 1.0)) == 0, "its map holds no scores"


def test_students_that_do_not_fit_are_refused() -> None:
    features = nn.Sequential(nn.Conv3d(1, 4, 3, 4, 1))
    with pytest.raises(ValueError, match=r"no layer of the student has stride 8, only \[4\]"):
        Teacher(compact(0.25), FractureNet(features, 4, arch="odd", mode="full", stride=4))
    with pytest.raises(TypeError, match="Sequential"):
        Teacher(compact(0.25), FractureNet(nn.Conv3d(1, 4, 3), 4, arch="odd", mode="full", stride=1))


def test_the_teacher_is_asked_at_every_shared_stride_and_answers_as_it_does_alone() -> None:
    torch.manual_seed(0)
    net = build("compact", width=0.25, norm=False)
    teacher = Teacher(net, mobilenet(width=0.25, stride16=True, pooling="lse"))
    assert list(teacher.layers.values()) == [(4, 1), (8, 1), *[(8, 2)] * 4], "its own strides, and four layers beyond"
    assert sorted(map(int, teacher.match)) == [6, 10, 14, 18, 22, 26]
    x = torch.randn(1, 1, 32, 32, 32)
    features, scores = teacher._look(x)
    assert {s: tuple(f.shape[2:]) for s, f in features.items()} == {4: (8, 8, 8), 8: (4, 4, 4)}
    torch.testing.assert_close(scores, net(x)[1])
    torch.testing.assert_close(features[8], net.features(x))
    assert not features[4].requires_grad


def test_coarser_layers_are_asked_for_means_and_maxima_of_their_cells() -> None:
    features = torch.arange(8.0).reshape(1, 1, 2, 2, 2)
    assert _per_cell(features, 2).flatten().tolist() == [3.5, 7.0]
    assert _per_cell(features, 1) is features
