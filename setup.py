"""Builds the wheel: the pages, which stand beside the package here, come along inside it."""

from pathlib import Path
from shutil import copy, copytree, ignore_patterns

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithPages(build_py):
    """Puts app.py, pages and the configuration of Streamlit into `nanotem/app`."""

    def run(self) -> None:
        """Build, then copy; an editable install uses them where they are."""
        super().run()
        if not self.editable_mode:
            app = Path(self.build_lib) / "nanotem" / "app"
            for folder in ("pages", ".streamlit"):
                copytree(
                    folder, app / folder, dirs_exist_ok=True, ignore=ignore_patterns("__pycache__", "secrets.toml")
                )
            copy("app.py", app)


setup(cmdclass={"build_py": BuildWithPages})
