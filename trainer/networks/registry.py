"""The networks by name. A new network is one line here and one module beside this one."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from trainer.networks.fold import without_norms
from trainer.networks.head import FractureNet

NETWORKS = {
    "compact": "trainer.networks.compact:compact",
    "efficientnet_b7": "trainer.networks.efficientnet:efficientnet_b7",
    "mobilenet": "trainer.networks.mobilenet:mobilenet",
    "resnet101": "trainer.networks.resnet:resnet101",
}


def build(arch: str, **config: Any) -> FractureNet:
    """A freshly initialised network; `build(net.arch, **net.config)` makes a twin that loads the state of `net`.

    Raises:
        ValueError: unknown name (the message lists the known ones) or an option the network does not have.
    """
    if arch not in NETWORKS:
        raise ValueError(f"unknown network {arch!r}; known: {', '.join(sorted(NETWORKS))}")
    module, _, function = NETWORKS[arch].partition(":")
    mirrored = config.pop("mirrored", False)  # of all networks, see `FractureNet`
    reach = config.pop("reach", 0.0)  # of all networks, see `FractureNet.look_near`
    taught = config.pop("cells_taught", True)  # of all networks, see `FractureNet.place_cells`
    norm = config.pop("norm", True)  # of all networks, see `fold.without_norms`
    try:
        net = getattr(import_module(module), function)(**config)
    except TypeError as error:
        raise ValueError(f"network {arch}: {error}") from error
    if not isinstance(net, FractureNet):
        raise TypeError(f"{NETWORKS[arch]} returned {type(net).__name__}")
    if not norm:
        without_norms(net)
    if not taught:
        net.place_cells(taught=False)
    if mirrored:
        net.mirror()
    if reach:
        net.look_near(reach)
    return net
