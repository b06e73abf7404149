"""onnx_file: what is walked equals what the onnx package sees; external data and foreign operators are found anywhere."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import AttributeProto, TensorProto, helper, numpy_helper

from ankleviewer.core.errors import ModelError
from ankleviewer.inference.onnx_file import check, summarise


def external(name: str = "w") -> TensorProto:
    tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=[2], data_location=TensorProto.EXTERNAL)
    entry = tensor.external_data.add()
    entry.key, entry.value = "location", "../../secret"
    return tensor


def inner_graph(tensor: TensorProto):
    node = helper.make_node("Identity", [tensor.name], ["y"])
    return helper.make_graph([node], "inner", [], [helper.make_tensor_value_info("y", TensorProto.FLOAT, [2])], [tensor])


def in_initializer(model) -> None:
    model.graph.initializer.append(external())


def in_constant(model) -> None:
    model.graph.node.append(helper.make_node("Constant", [], ["c"], value=external()))


def in_sparse_constant(model) -> None:
    sparse = helper.make_sparse_tensor(external(), numpy_helper.from_array(np.array([0, 1]), "i"), [4])
    model.graph.node.append(helper.make_node("Constant", [], ["c"], sparse_value=sparse))


def in_sparse_initializer(model) -> None:
    model.graph.sparse_initializer.append(
        helper.make_sparse_tensor(external(), numpy_helper.from_array(np.array([0, 1]), "i"), [4])
    )


def in_subgraph(model) -> None:
    graph = inner_graph(external())
    model.graph.node.append(helper.make_node("If", ["cond"], ["y"], then_branch=graph, else_branch=graph))


def in_graph_list(model) -> None:
    node = helper.make_node("X", [], ["y"])
    node.attribute.append(AttributeProto(name="g", type=AttributeProto.GRAPHS, graphs=[inner_graph(external())]))
    model.graph.node.append(node)


def in_function(model) -> None:
    node = helper.make_node("Constant", [], ["c"], value=external())
    model.functions.append(helper.make_function("", "F", [], ["c"], [node], [helper.make_opsetid("", 18)]))


def in_function_attribute(model) -> None:
    in_function(model)
    function = model.functions[0]
    del function.node[:]
    function.node.append(helper.make_node("Identity", ["c"], ["d"]))
    function.attribute_proto.append(helper.make_attribute("default", external()))


def in_training(model) -> None:
    model.training_info.add().algorithm.CopyFrom(inner_graph(external()))


@pytest.mark.parametrize(
    "hide",
    [
        in_initializer,
        in_constant,
        in_sparse_constant,
        in_sparse_initializer,
        in_subgraph,
        in_graph_list,
        in_function,
        in_function_attribute,
        in_training,
    ],
)
def test_external_data_is_found(model_builder, hide) -> None:
    model = model_builder("lse")
    check(model.SerializeToString())
    hide(model)
    with pytest.raises(ModelError) as error:
        check(model.SerializeToString())
    assert error.value.code == "MODEL_EXTERNAL_DATA"


def foreign_node(model) -> None:
    model.graph.node.append(helper.make_node("Run", ["x"], ["y"], domain="com.evil"))


def foreign_opset(model) -> None:
    model.opset_import.append(helper.make_opsetid("com.microsoft", 1))


@pytest.mark.parametrize("change", [foreign_node, foreign_opset])
def test_foreign_operators_are_found(model_builder, change) -> None:
    model = model_builder("gap")
    change(model)
    with pytest.raises(ModelError) as error:
        check(model.SerializeToString())
    assert error.value.code == "MODEL_CUSTOM_OPS"


def test_the_name_of_a_foreign_operator_is_shown_not_obeyed(model_builder) -> None:
    model = model_builder("gap")
    model.graph.node[0].domain = "evil\x1b[2J"
    with pytest.raises(ModelError) as error:
        check(model.SerializeToString())
    assert "evil [2J" in error.value.message and error.value.message.isprintable()


def test_metadata_is_read(model_builder) -> None:
    model = model_builder("lse", metadata={"ümlaut": "größe", "empty": ""})
    summary = summarise(model.SerializeToString())
    assert summary.metadata == {p.key: p.value for p in model.metadata_props}
    assert summary.nodes == len(model.graph.node) and summary.domains == {""}


def test_inputs_of_the_model_alone_are_told_with_open_lengths_as_0(model_builder) -> None:
    model = model_builder("lse")
    assert summarise(model.SerializeToString()).inputs == [[1, 1, 128, 128, 128]]
    inner = inner_graph(numpy_helper.from_array(np.zeros(2, np.float32), "w"))
    inner.input.append(helper.make_tensor_value_info("z", TensorProto.FLOAT, [9]))
    model.graph.node.append(helper.make_node("If", ["cond"], ["y"], then_branch=inner, else_branch=inner))
    model.graph.input.append(helper.make_tensor_value_info("cond", TensorProto.BOOL, []))
    model.graph.input.append(helper.make_tensor_value_info("more", TensorProto.FLOAT, ["n", None, 10**9]))
    assert summarise(model.SerializeToString()).inputs == [[1, 1, 128, 128, 128], [], [0, 0, 10**9]]


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_model_error(data: bytes) -> None:
    with pytest.raises(ModelError) as error:
        check(data)
    assert error.value.code in ("MODEL_FILE_INVALID", "MODEL_EXTERNAL_DATA", "MODEL_CUSTOM_OPS")


def test_mutated_models_never_raise_anything_else(model_builder) -> None:
    whole = model_builder("lse").SerializeToString()
    rng = np.random.default_rng(5)
    refused = 0
    for _ in range(3000):
        data = bytearray(whole)
        for at in rng.integers(0, len(data), rng.integers(1, 6)):
            data[at] = rng.integers(0, 256)
        if rng.random() < 0.3:
            data = data[: rng.integers(0, len(data))]
        try:
            check(bytes(data))
        except ModelError:
            refused += 1
    assert refused > 300


def test_nesting_is_bounded() -> None:
    data = b""
    for _ in range(400):  # graph in attribute in node in graph ...
        for tag in (6, 5, 1):
            data = bytes([tag << 3 | 2]) + varint(len(data)) + data
    with pytest.raises(ModelError, match="deeply"):
        summarise(bytes([7 << 3 | 2]) + varint(len(data)) + data)


def varint(value: int) -> bytes:
    out = b""
    while value >= 0x80:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])
