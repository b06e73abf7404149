"""onnx_file: what is walked equals what the onnx package sees; external data and foreign operators are found anywhere."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import AttributeProto, TensorProto, helper, numpy_helper

from ankleviewer.core.errors import ModelError
from ankleviewer.inference import onnx_file
from ankleviewer.inference.onnx_file import check, summarise

MODELS = Path(__file__).parents[2] / "assets"


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


def field(number: int, value: bytes | int, above: int = 0) -> bytes:
    """A field on the wire; `above` is added to its tag, from bit 32 on."""
    wire, payload = (0, varint(value)) if isinstance(value, int) else (2, varint(len(value)) + value)
    return varint((number << 3 | wire) + (above << 32)) + payload


def entry_above(above: int) -> bytes:
    return field(7, field(5, TensorProto(name="w").SerializeToString() + field(13, b"\x0a\x00", above)))


def location_above(above: int) -> bytes:
    return field(7, field(5, TensorProto(name="w").SerializeToString() + field(14, 1, above)))


def domain_above(above: int) -> bytes:
    return field(7, field(1, helper.make_node("Gelu", ["x"], ["y"]).SerializeToString() + field(7, b"com.microsoft", above)))


def opset_above(above: int) -> bytes:
    return field(8, helper.make_opsetid("com.microsoft", 1).SerializeToString(), above)


@pytest.mark.parametrize("hide", [entry_above, location_above, domain_above, opset_above])
@pytest.mark.parametrize("above", [1, 16, 2**20, 2**31])
def test_a_field_whose_tag_engines_read_otherwise_is_refused(model_builder, hide, above: int) -> None:
    """A tag has 32 bits; protobuf in C++ drops what is above them and finds the field, which would else be passed over here."""
    whole = model_builder("lse").SerializeToString()
    with pytest.raises(ModelError) as plain:
        check(whole + hide(0))
    assert plain.value.code in ("MODEL_EXTERNAL_DATA", "MODEL_CUSTOM_OPS")
    with pytest.raises(ModelError, match=r"MODEL_FILE_INVALID: .*tag is too long"):
        check(whole + hide(above))


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        (b"\xea\x80\x80\x80\x80\x00" + b"\x00", "tag is too long"),  # 13, padded to six bytes
        (b"\xea" + b"\x80" * 9 + b"\x00" + b"\x00", "number too long"),  # to eleven
        (b"\x02\x00", "field number 0"),
        (b"\x07", "field number 0"),
        (b"\x0b\x0c", "wire type 3"),  # a group, within which anything may lie
        (b"\x0c", "wire type 4"),
        (b"\x0f", "wire type 7"),
        (b"\x10" + b"\xff" * 9 + b"\x02", "number too long"),  # 66 bits
        (b"\x12" + b"\x80" * 9 + b"\x02", "number too long"),  # a length whose lower 64 bits are 0
        (b"\x12\x80\x80\x80\x80\x10", "cut off"),  # one whose lower 32 bits are 0
    ],
)
def test_a_number_that_engines_may_read_otherwise_is_refused(model_builder, odd: bytes, why: str) -> None:
    with pytest.raises(ModelError, match=f"MODEL_FILE_INVALID: .*{why}"):
        check(model_builder("lse").SerializeToString() + odd)


MESSAGES = {
    "model": onnx.ModelProto,
    "training": onnx.TrainingInfoProto,
    "function": onnx.FunctionProto,
    "graph": onnx.GraphProto,
    "subgraph": onnx.GraphProto,
    "node": onnx.NodeProto,
    "attribute": AttributeProto,
    "sparse": onnx.SparseTensorProto,
    "tensor": TensorProto,
    "input": onnx.ValueInfoProto,
    "type": onnx.TypeProto,
    "tensor type": onnx.TypeProto.Tensor,
    "shape": onnx.TensorShapeProto,
    "dimension": onnx.TensorShapeProto.Dimension,
}


def test_every_field_of_the_standard_is_known_and_no_other(model_builder) -> None:
    """A later onnx that has more of them fails here: then look what they may hold."""
    assert {kind: {f.number for f in message.DESCRIPTOR.fields} for kind, message in MESSAGES.items()} == onnx_file._KNOWN
    whole = model_builder("lse").SerializeToString()
    for odd in (field(99, b""), field(7, field(99, 1)), field(7, field(1, field(99, b"x"))), field(7, field(5, field(15, b"")))):
        with pytest.raises(ModelError, match=r"MODEL_FILE_INVALID: .*field (99|15) of a \w+ is unknown"):
            check(whole + odd)


@pytest.mark.parametrize("file", sorted(MODELS.rglob("*.onnx")), ids=lambda file: file.parent.name)
def test_the_shipped_files_pass(file: Path) -> None:
    assert check(file.read_bytes()).nodes > 10


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


@pytest.mark.parametrize("mark", [b"ORTM", b"TFL3"])
def test_a_file_that_an_engine_may_read_as_its_own_format_is_refused(model_builder, mark: bytes) -> None:
    """A note at the file's beginning can bear the mark, and all that is looked through stand behind it."""
    data = bytes([0x08, 0x08, 0x32, len(mark)]) + mark + model_builder("lse").SerializeToString()
    onnx.load_model_from_string(data)
    with pytest.raises(ModelError, match="MODEL_FILE_INVALID: The model file is in another format too"):
        check(data)


def test_the_number_of_fields_is_bounded(model_builder) -> None:
    with pytest.raises(ModelError, match="more fields than any network has"):
        summarise(model_builder("lse").SerializeToString() + b"\x08\x08" * (onnx_file.MAX_FIELDS + 1))


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
