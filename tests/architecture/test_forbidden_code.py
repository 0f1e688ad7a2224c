"""Nothing in the program can run code from a file, start a shell or use a network.

The one rule that makes "opening a file never runs code from it" checkable: the means are not there.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.source import FILES, parsed, shown

#: Modules whose import is already too much.
MODULES = {
    "pickle", "cPickle", "_pickle", "cloudpickle", "dill", "joblib", "marshal", "shelve", "yaml",
    "socket", "socketserver", "ssl", "urllib", "urllib3", "http", "httpx", "requests", "aiohttp",
    "ftplib", "smtplib", "xmlrpc", "webbrowser", "code", "codeop",
    "PySide6.QtNetwork", "PySide6.QtWebEngineCore", "torch.hub", "torch.package",
}  # fmt: skip
#: Names that may be imported from one of them: two ends within one process are no network.
HARMLESS = {"socket.socketpair"}
#: Calls by the last parts of their dotted name.
CALLS = {
    "torch.load", "torch.export.load", "torch.jit.load", "jit.load", "export.load",
    "torch.package.PackageImporter", "pd.read_pickle", "pandas.read_pickle", "pd.read_clipboard",
    "yaml.load", "os.system", "os.popen", "os.execv", "os.execvp", "os.startfile",
    "subprocess.getoutput", "subprocess.getstatusoutput", "QDesktopServices.setUrlHandler",
}  # fmt: skip
BUILTINS = {"eval", "exec", "compile", "__import__"}
KEYWORDS = {"allow_pickle", "shell", "trust_remote_code", "trusted"}


def offences(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield line and description of everything that is not allowed."""
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        for name in _imported(node):
            if any(name == banned or name.startswith(f"{banned}.") for banned in MODULES):
                yield line, f"import of {name}"
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if isinstance(node.func, ast.Name) and called in BUILTINS:
                yield line, f"{called}()"
            if any(called == banned or called.endswith(f".{banned}") for banned in CALLS):
                yield line, f"{called}()"
            for keyword in node.keywords:
                given = keyword.value
                is_off = isinstance(given, ast.Constant) and given.value in (False, None)
                if keyword.arg in KEYWORDS and not is_off:
                    yield line, f"{keyword.arg}={ast.unparse(given)}"


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
        names = {f"{node.module}.{alias.name}" for alias in node.names}
        return [] if names <= HARMLESS else [node.module, *sorted(names)]
    return []


@pytest.mark.parametrize("path", FILES, ids=shown)
def test_a_file_has_no_means_to_run_foreign_code(path: Path) -> None:
    assert [f"line {line}: {what}" for line, what in offences(parsed(path))] == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from joblib import load",
        "import urllib.request",
        "from http import client",
        "from socket import socketpair, socket",
        "from PySide6 import QtNetwork",
        "torch.load(path, weights_only=True)",
        "torch.export.load(path)",
        "torch.jit.load(path)",
        "numpy.load(path, allow_pickle=True)",
        "numpy.load(path, allow_pickle=flag)",
        "yaml.load(text)",
        "eval(text)",
        "exec(text)",
        "subprocess.run(command, shell=True)",
        "os.system(command)",
    ],
)
def test_the_rule_sees(source: str) -> None:
    assert list(offences(ast.parse(source)))


@pytest.mark.parametrize(
    "source",
    [
        "model.eval()",
        "app.exec()",
        "numpy.load(path, allow_pickle=False)",
        "from . import code",
        "from socket import socketpair",
    ],
)
def test_the_rule_lets_pass(source: str) -> None:
    assert list(offences(ast.parse(source))) == []
