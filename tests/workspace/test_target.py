"""A probe's target: its file, its walk, and the folder that plays the site."""

from __future__ import annotations

import json
import os
import stat
import tomllib
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from driftwright.base.errors import InputFault
from driftwright.snapshot.capture.launched.serve import FolderServer
from driftwright.snapshot.capture.salt import workspace_salt
from driftwright.workspace.target.target import Step, load_target

ROOT = Path(__file__).resolve().parents[2]
GOOD = """
title = "Shop"
url = "https://shop.test/"
stores = ["cart"]
variant_query = "as"
[[state]]
name = "one"
what = "first"
steps = [{ click = "#a" }]
[[state]]
name = "two"
what = "second"
steps = [{ reload = true }]
[[variant]]
name = "renamed"
what = "a rename"
expect = "drift"
"""


def _loaded(folder: Path, text: str) -> object:
    file = folder / "shop.toml"
    file.write_text(text)
    return load_target(file)


def test_the_walk_passes_through_the_states_before(tmp_path: Path) -> None:
    (tmp_path / "shop.toml").write_text(GOOD)
    target = load_target(tmp_path / "shop.toml")
    assert target.walk(None) == ("two", (Step("click", "#a"), Step("reload", "")))
    assert target.walk("one") == ("one", (Step("click", "#a"),))
    assert target.address(None) == "https://shop.test/"
    assert target.address("renamed") == "https://shop.test/?as=renamed"
    with pytest.raises(InputFault, match=r"no state 'tow'; did you mean two\? states: one, two"):
        target.walk("tow")
    with pytest.raises(InputFault, match=r"no variant 'x'; variants: renamed"):
        target.address("x")


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("stores", "store", "unknown key 'store'; did you mean 'stores'?"),
        ('what = "first"', 'waht = "first"', "state[1]: unknown key 'waht'; did you mean 'what'?"),
        ("reload = true", "relaod = true", "state[2].steps[1]: unknown key 'relaod'; did you mean 'reload'?"),
        ("reload = true", 'reload = true, click = "b"', "state[2].steps[1]: a step does one thing"),
        ("reload = true", "reload = false", "state[2].steps[1].reload: reload is not true"),
        ('title = "Shop"', "title = 1", "title: must be a text"),
        ('title = "Shop"', "", "'title' is missing; add title"),
        ('"cart"', "1", "stores: must be a list of texts"),
        ("https://shop.test/", "file:///etc/passwd", "url: not the address of a page"),
        ('"drift"', '"fine"', "variant[1].expect: 'fine' is not one of intact, drift, unseen"),
        ('variant_query = "as"', "", "variant_query: there are variants and no way to ask for one"),
        ('name = "two"', 'name = "one"', "state: the state one is there twice"),
        ('variant_query = "as"', 'variant_query = "as"\ndeadline = 0', "deadline: not a number of seconds"),
        ('variant_query = "as"', 'variant_query = "as"\nserve = "none"', "serve: there is no such folder"),
        ("variant_query", 'extension = "."\nvariant_query', "extension: the folder holds no manifest.json"),
        ("variant_query", 'serve = "."\nroutes = {"/" = "../x"}\nvariant_query', "routes./: the file is outside"),
        ("variant_query", 'routes = {"/" = "x"}\nvariant_query', "routes./: a route without a folder"),
        ("reload = true", 'goto = "https://other.test/"', "state[2].steps[1].goto: not a path of the page's origin"),
        ("reload = true", 'goto = "//other.test/"', "state[2].steps[1].goto: not a path of the page's origin"),
        ("[[variant]]", "[[variant", "not TOML"),
    ],
)
def test_a_bad_file_is_one_line_with_place_and_mend(tmp_path: Path, before: str, after: str, message: str) -> None:
    assert before in GOOD
    with pytest.raises(InputFault) as caught:
        _loaded(tmp_path, GOOD.replace(before, after))
    assert message in str(caught.value)
    assert str(tmp_path / "shop.toml") in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("file", sorted((ROOT / "probes").glob("*.toml")), ids=lambda file: str(file.stem))
def test_the_probes_of_this_project_load_and_fit_the_published_schema(file: Path) -> None:
    schema = json.loads(resources.files("driftwright.workspace").joinpath("formats/target.schema.json").read_text())
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(tomllib.loads(file.read_text()))
    assert load_target(file).name == file.stem


def test_only_files_inside_the_folder_are_served(tmp_path: Path) -> None:
    site = tmp_path / "site"
    site.mkdir()
    (tmp_path / "secret").write_text("secret")
    (site / "a.js").write_text("")
    (site / "link").symlink_to(tmp_path / "secret")
    server = FolderServer("https://shop.test", site, {"/": "a.js", "/post/*": "a.js"})
    assert server.file_for("/") == server.file_for("/post/1/2") == server.file_for("/a.js") == site / "a.js"
    outside = ("/../secret", "/%2e%2e/secret", "/..%2fsecret", "/link", "//etc/passwd", "/none", "/a%00.js", "/post")
    assert [server.file_for(path) for path in outside] == [None] * len(outside)


def test_a_route_may_name_the_query_of_a_release(tmp_path: Path) -> None:
    for name in ("a.json", "b.json"):
        (tmp_path / name).write_text("{}")
    server = FolderServer("https://shop.test", tmp_path, {"/feed": "a.json", "/feed?as=new": "b.json"})
    found = [server.file_for("/feed", query) for query in ("", "as=old", "as=new")]
    assert found == [tmp_path / "a.json", tmp_path / "a.json", tmp_path / "b.json"]


def test_the_salt_is_made_once_and_is_private(tmp_path: Path) -> None:
    salt = workspace_salt(tmp_path / "state")
    file = tmp_path / "state" / "salt"
    assert (len(salt), workspace_salt(tmp_path / "state")) == (32, salt)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert workspace_salt(tmp_path / "other") != salt
    file.chmod(0o644)
    with pytest.raises(InputFault, match="open to other users"):
        workspace_salt(tmp_path / "state")
    file.chmod(0o600)
    file.write_bytes(b"short")
    with pytest.raises(InputFault, match="not 32 bytes"):
        workspace_salt(tmp_path / "state")
    file.unlink()
    file.symlink_to(os.devnull)
    with pytest.raises(InputFault, match="symbolic link"):
        workspace_salt(tmp_path / "state")


def test_an_extension_in_a_path_with_a_comma_is_refused_for_the_browser_would_load_two(tmp_path: Path) -> None:
    folder = tmp_path / "ours,theirs"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}")
    file = tmp_path / "shop.toml"
    file.write_text('title = "Shop"\nurl = "https://shop.example/"\nstores = ["shop"]\nextension = "ours,theirs"\n')
    with pytest.raises(InputFault, match="extension: the folder's path holds a comma"):
        load_target(file)
