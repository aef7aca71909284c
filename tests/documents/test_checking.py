from enum import StrEnum

import pytest
from pydantic import Field, StrictBool, StrictInt

from lessonproof.documents.checking import Problem, Written, described, dotted, refuse, shown, validate
from lessonproof.documents.scalars import Text
from lessonproof.documents.yaml_source import YamlValue, load_yaml
from lessonproof.evidence.errors import DocumentError


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Wheel(Written):
    size: StrictInt = Field(ge=1, le=9, description="diameter")
    colour: Colour = Colour.RED


class Cart(Written):
    name: Text = described("what it is called", "名称")
    wheels: tuple[Wheel, ...] = Field(default=(), max_length=2)
    spare: Wheel | None = None
    parts: dict[str, Wheel] = Field(default_factory=dict)
    is_new: StrictBool = described("whether it is new", "是否全新", default=False, alias="new")


def _complaint(text: str) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        validate(Cart, load_yaml(text, "cart.yaml"))
    return caught.value


def test_a_valid_document_becomes_the_model() -> None:
    cart = validate(Cart, load_yaml("name: box\nnew: true\nwheels: [{size: 3, colour: blue}]", "cart.yaml"))
    assert cart == Cart(name="box", wheels=(Wheel(size=3, colour=Colour.BLUE),), is_new=True)


@pytest.mark.parametrize(
    ("text", "en", "zh"),
    [
        pytest.param(
            "wheels: []\n",
            "cart.yaml:1: name: got no such key, expected what it is called",
            "cart.yaml:1: name：缺少此项，应为：名称",
            id="missing-key-tells-the-field's-meaning",
        ),
        pytest.param(
            "name: x\nwheel: []\n",
            "cart.yaml:2: wheel: got an unknown key, "
            "expected one of name, wheels, spare, parts, new (did you mean wheels?)",
            "cart.yaml:2: wheel：未知的键，应为：以下之一：name, wheels, spare, parts, new（是否应为 wheels？）",
            id="unknown-key-lists-the-known-ones",
        ),
        pytest.param(
            "name: x\nwheels:\n  - size: 3\n    color: red\n",
            "cart.yaml:4: wheels[0].color: got an unknown key, expected one of size, colour (did you mean colour?)",
            "cart.yaml:4: wheels[0].color：未知的键，应为：以下之一：size, colour（是否应为 colour？）",
            id="unknown-key-in-a-list",
        ),
        pytest.param(
            "name: x\nparts:\n  left: {size: 3, x: 1}\nspare: {size: 3, colour: red, y: 1}\n",
            "cart.yaml:3: parts.left.x: got an unknown key, expected one of size, colour\n"
            "cart.yaml:4: spare.y: got an unknown key, expected one of size, colour",
            "cart.yaml:3: parts.left.x：未知的键，应为：以下之一：size, colour\n"
            "cart.yaml:4: spare.y：未知的键，应为：以下之一：size, colour",
            id="unknown-keys-in-a-mapping-and-in-an-optional-part",
        ),
        pytest.param(
            "name: x\nwheels: [{size: 0}, {size: 10}]\n",
            "cart.yaml:2: wheels[0].size: got 0, expected at least 1\n"
            "cart.yaml:2: wheels[1].size: got 10, expected at most 9",
            "cart.yaml:2: wheels[0].size：实际为 0，应为：不小于 1\n"
            "cart.yaml:2: wheels[1].size：实际为 10，应为：不大于 9",
            id="bounds",
        ),
        pytest.param(
            "name: x\nnew: yes\n",
            'cart.yaml:2: new: got "yes", expected true or false',
            'cart.yaml:2: new：实际为 "yes"，应为：true 或 false',
            id="yes-is-no-boolean",
        ),
        pytest.param(
            "name: x\nspare: {size: 1.5, colour: green}\n",
            "cart.yaml:2: spare.size: got 1.5, expected a whole number\n"
            "cart.yaml:2: spare.colour: got \"green\", expected one of 'red', 'blue'",
            "cart.yaml:2: spare.size：实际为 1.5，应为：整数\n"
            "cart.yaml:2: spare.colour：实际为 \"green\"，应为：以下之一：'red', 'blue'",
            id="types-and-enums",
        ),
        pytest.param(
            "name:\nwheels: {a: 1}\n",
            "cart.yaml:1: name: got nothing, expected text that is not empty\n"
            "cart.yaml:2: wheels: got a mapping with 1 keys, expected a list",
            "cart.yaml:1: name：实际为空，应为：非空文字\ncart.yaml:2: wheels：实际为含 1 个键的映射，应为：列表",
            id="nothing-and-the-wrong-shape",
        ),
        pytest.param(
            "[1, 2]\n",
            "cart.yaml:1: (document): got a list of 2, expected a mapping (key: value)",
            "cart.yaml:1: (document)：实际为 2 项的列表，应为：映射（键: 值）",
            id="the-whole-document",
        ),
        pytest.param(
            "name: x\nwheels: [{size: 1}, {size: 1}, {size: 1}]\n",
            "cart.yaml:2: wheels: got a list of 3, expected at most 2 entries",
            "cart.yaml:2: wheels：实际为 3 项的列表，应为：不超过 2 项",
            id="too-many",
        ),
    ],
)
def test_messages(text: str, en: str, zh: str) -> None:
    error = _complaint(text)
    assert error.en == en
    assert error.zh == zh


def test_problems_are_listed_once_and_in_the_order_of_the_file() -> None:
    document = load_yaml("a: 1\nb: 2\n", "p.yaml")
    late, early = Problem(("b",), "2", "实际为 2", "3", "3"), Problem(("a",), "1", "实际为 1", "3", "3")
    assert refuse(document, [late, early, late]).en == "p.yaml:1: a: got 1, expected 3\np.yaml:2: b: got 2, expected 3"


@pytest.mark.parametrize(
    ("value", "en"),
    [
        pytest.param("x" * 100, '"' + "x" * 58 + "…", id="long-text-is-cut"),
        pytest.param(True, "true", id="booleans-as-yaml-writes-them"),
        pytest.param("a\nb", '"a\\nb"', id="one-line-always"),
    ],
)
def test_values_are_shown_in_one_short_line(value: YamlValue, en: str) -> None:
    assert shown(value)[0] == en


def test_paths_are_shown_as_people_write_them() -> None:
    assert dotted(("units", 0, "recordings", 1, "file")) == "units[0].recordings[1].file"
