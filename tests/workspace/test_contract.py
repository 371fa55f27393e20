"""Contracts: what a file may say, and how a mistake in it is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from driftwright.base.errors import InputFault
from driftwright.base.terms import Effect, Phase, Quality
from driftwright.impact.javascript.engine import Engine
from driftwright.impact.readers import compile_fact
from driftwright.workspace.contract import check_stores, load_fact, load_facts

WHOLE = """
title   = "Open lines of a cart"
phase   = "derive"
params  = { cart = "each key of site:/lines", line = "each value of site:/lines/{}/[]/lineId" }
result  = { type = "integer", minimum = 0 }
shown   = "badge"
to_see  = "Put something into a cart"

[[source]]
name   = "site store"
level  = "full"
derive = "readers/lines.js#openLines"
needs  = "({site}) => Boolean(site)"

[[source]]
level  = "degraded"
lost   = "counts since the last visit only"
derive = "({own}) => own?.open ?? null"

[[source]]
level  = "unavailable"
value  = 0

[[invariant]]
name   = "every line has an id"
holds  = "({site, cart}) => site.lines[cart].every((line) => line.lineId)"
replay = { operator = "remove-field", at = "site:/lines/{}/[]/lineId" }

[[agreement]]
name    = "own records agree"
between = ["site store", "source 2"]

[[accepted]]
moment = "holes"
effect = "throws"
reason = "the reader does not skip holes"
"""
READER = "export const openLines = ({ site, cart }) => site.lines[cart].length;\n"
SMALL = 'title = "x"\n[[source]]\nlevel = "full"\nderive = "() => 1"\n'


def _contract(folder: Path, text: str) -> Path:
    (folder / "readers").mkdir(exist_ok=True)
    (folder / "readers" / "lines.js").write_text(READER)
    file = folder / "open_lines.toml"
    file.write_text(text)
    return file


def test_a_whole_contract_is_read(tmp_path: Path) -> None:
    fact = load_fact(_contract(tmp_path, WHOLE))
    assert (fact.name, fact.phase, fact.shown) == ("open_lines", Phase.DERIVE, "badge")
    assert [(p.name, p.of, p.store, str(p.path)) for p in fact.params] == [
        ("cart", "key", "site", "/lines"),
        ("line", "value", "site", "/lines/{}/[]/lineId"),
    ]
    assert [(source.name, source.level) for source in fact.sources] == [
        ("site store", Quality.FULL),
        ("source 2", Quality.DEGRADED),
        ("nothing", Quality.UNAVAILABLE),
    ]
    assert fact.primary.derive is not None
    assert (fact.primary.derive.export, fact.primary.derive.text) == ("openLines", READER)
    assert fact.sources[1].derive is not None
    assert fact.sources[1].derive.place == "source[2].derive"
    assert fact.sources[2].value == 0
    assert fact.invariants[0].replay["operator"] == "remove-field"
    assert fact.agreements[0].between == ("site store", "source 2")
    assert fact.accepted[0].effect is Effect.THROWS


def test_a_small_contract_is_enough(tmp_path: Path) -> None:
    fact = load_fact(_contract(tmp_path, SMALL))
    assert (fact.phase, fact.shown, fact.to_see, fact.params, dict(fact.result)) == (Phase.VALIDATE, "", "", (), {})


def test_contracts_are_read_by_name(tmp_path: Path) -> None:
    for name in ("b", "a", "c"):
        (tmp_path / f"{name}.toml").write_text(SMALL)
    assert [fact.name for fact in load_facts(tmp_path)] == ["a", "b", "c"]


# Each: what is replaced in the whole contract, by what, the place and the words of the fault.
MISTAKES: dict[str, tuple[str, str, str, str]] = {
    "no title": ("title ", "# title ", "", "'title' is missing"),
    "a misspelt key that is required": ("title ", "titel ", "", "did you mean 'title'?"),
    "an unknown key": ("to_see ", "tosee ", "", "did you mean 'to_see'"),
    "an unknown phase": ('"derive"\nparams', '"derived"\nparams', "phase", "did you mean 'derive'?"),
    "an unknown level": ('"degraded"', '"degrade"', "source[2].level", "did you mean 'degraded'?"),
    "an unknown key of a source": ("needs ", "need ", "source[1]", "did you mean 'needs'?"),
    "an unknown key of an invariant": ("holds ", "hold ", "invariant[1]", "did you mean 'holds'?"),
    "an unknown effect": ('"throws"', '"throw"', "accepted[1].effect", "did you mean 'throws'?"),
    "an odd parameter": ('"each key of site:/lines"', '"keys of site"', "params.cart", "each key of STORE:/PATH"),
    "an odd result": ("minimum", "minimun", "result", "unknown key 'minimun'"),
    "a source without a function": ('derive = "({own})', '# "({own})', "source[2]", "'derive' is missing"),
    "two sources of one name": ('"degraded"', '"degraded"\nname = "site store"', "source", "rename one"),
    "an agreement with nobody": ('"source 2"]', '"source 3"]', "agreement[1].between", "sources: site store, source 2"),
    "an agreement of three": ('"source 2"]', '"source 2", "nothing"]', "agreement[1].between", "must name two"),
    "a text that should be a table": ("result  = {", "result  = [{", "result", "must be a table"),
    "a source that is a table": ("[[source]]\nname", "[source]\nname", "", "not TOML"),
    "a number for a title": ('"Open lines of a cart"', "1", "title", "must be a text"),
}  # fmt: skip


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, name: str) -> None:
    old, new, place, says = MISTAKES[name]
    assert old in WHOLE
    text = WHOLE.replace(old, new, 1)
    if name == "a text that should be a table":
        text = text.replace("minimum = 0 }", "minimum = 0 }]")
    with pytest.raises(InputFault) as caught:
        load_fact(_contract(tmp_path, text))
    assert caught.value.file == str(tmp_path / "open_lines.toml")
    assert caught.value.place == place
    assert says in str(caught.value)


def test_a_contract_needs_a_source_with_a_function(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="no source"):
        load_fact(_contract(tmp_path, 'title = "x"'))
    with pytest.raises(InputFault, match="the first source has no function"):
        load_fact(_contract(tmp_path, 'title = "x"\n[[source]]\nlevel = "unavailable"\nvalue = 0\n'))


def test_a_missing_module_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputFault, match="no such file") as caught:
        load_fact(_contract(tmp_path, WHOLE.replace("lines.js", "none.js")))
    assert caught.value.file.endswith("none.js")


@pytest.mark.parametrize(
    ("old", "new", "file", "place"),
    [
        ("({own}) => own?.open ?? null", "({own}) => own..open", "open_lines.toml", "source[2].derive 1:"),
        ("({own}) => own?.open ?? null", "own.open", "open_lines.toml", "source[2].derive"),
        ("({site}) => Boolean(site)", "({site} => site", "open_lines.toml", "source[1].needs "),
        ("({site, cart}) => site", "({site, cart}) = site", "open_lines.toml", "invariant[1].holds"),
        ("#openLines", "#openLine", "lines.js", ""),
    ],
)
def test_code_that_cannot_run_is_named(tmp_path: Path, old: str, new: str, file: str, place: str) -> None:
    assert old in WHOLE
    fact = load_fact(_contract(tmp_path, WHOLE.replace(old, new, 1)))
    with pytest.raises(InputFault) as caught:
        compile_fact(fact)
    assert caught.value.file.endswith(file)
    assert caught.value.place.startswith(place)
    assert caught.value.mend


def test_an_unknown_store_of_a_parameter_is_named(tmp_path: Path) -> None:
    fact = load_fact(_contract(tmp_path, WHOLE))
    check_stores((fact,), {"site": object()})
    with pytest.raises(InputFault, match="known stores: own") as caught:
        check_stores((fact,), {"own": object()})
    assert caught.value.place == "params.cart"


def test_the_sources_are_walked_in_order(tmp_path: Path) -> None:
    """Guard, answer and result decide in this order, and each source says why it was passed over."""
    from driftwright.impact.javascript.call import Argument

    fact = compile_fact(load_fact(_contract(tmp_path, WHOLE)))

    def argument(site: str | None, own: str | None) -> Argument:
        return Argument(stores={"site": site, "own": own}, params={"cart": "c"})

    given = [
        argument('{"lines": {"c": [1, 2]}}', None),
        argument('{"lines": {}}', '{"open": 5}'),
        argument(None, '{"open": 5}'),
        argument(None, '{"open": -1}'),
        argument(None, None),
    ]
    with Engine() as engine:
        walked = engine.resolve(fact.program, given)
    assert [(found.source, found.level, found.answer.text) for found in walked] == [
        ("site store", "full", "2"),
        ("source 2", "degraded", "5"),
        ("source 2", "degraded", "5"),
        ("nothing", "unavailable", "0"),
        ("nothing", "unavailable", "0"),
    ]
    assert dict(walked[1].tried)["site store"].startswith("throws TypeError")
    assert dict(walked[2].tried)["site store"] == "needs is not true"
    assert list(dict(walked[3].tried)) == ["site store", "source 2"]


@pytest.mark.parametrize("store", ["cart2", "larder_v1", "Cart", "caf\u00e9"])
@pytest.mark.parametrize("paths", ["/lines", "/my lines/{}/id", "/a or /b c", "/a or /b or /c"])
def test_a_parameter_may_be_of_any_store_that_readers_can_name(tmp_path: Path, store: str, paths: str) -> None:
    text = SMALL.replace("[[source]]", f'params = {{ line = "each key of {store}:{paths}" }}\n[[source]]')
    (param,) = load_fact(_contract(tmp_path, text)).params
    assert str(param) == f"each key of {store}:{paths}"
    assert (param.store, [str(path) for path in (param.path, *param.others)]) == (store, paths.split(" or "))


@pytest.mark.parametrize("place", ["cart:/a or b", "cart:/a or cart:/b", "cart:a", "my cart:/a", "cart:/a "])
def test_what_is_no_place_of_a_parameter_is_refused(tmp_path: Path, place: str) -> None:
    text = SMALL.replace("[[source]]", f'params = {{ line = "each key of {place}" }}\n[[source]]')
    with pytest.raises(InputFault, match="not a parameter"):
        load_fact(_contract(tmp_path, text))
