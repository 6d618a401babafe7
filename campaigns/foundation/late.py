"""What is heavy and seldom wanted is named where imports stand, and read when something is first asked of it.

Most processes never set a PDF, compile a letter or rehearse, and every worker pays in memory for what it reads: premailer and lxml take 17 MB,
the typesetter 8. A checker of types sees the plain import beside it:

    if TYPE_CHECKING:
        import typst
    else:
        typst = late.module("typst")
"""

import importlib
import importlib.util
import sys
import threading
from types import ModuleType
from typing import Any


def module(name: str) -> ModuleType:
    """Stands for a module. Asking it for anything reads the module, and raises ImportError where there is none."""
    return _Late(name)


def alone(package: str, name: str) -> ModuleType:
    """One module of a package whose own first lines would read every other as well: read without them, unless they were read before."""
    with _ONE_AT_A_TIME:
        if package in sys.modules or (spec := importlib.util.find_spec(package)) is None:
            return importlib.import_module(f"{package}.{name}")
        sys.modules[package] = importlib.util.module_from_spec(spec)  # where it is, and nothing of what it says
        try:
            return importlib.import_module(f"{package}.{name}")
        finally:
            del sys.modules[package]  # whoever asks for the whole of it gets that


_ONE_AT_A_TIME = threading.Lock()


class _Late(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what looks around among modules (inspect, a tracer) is no reason to read one
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)
