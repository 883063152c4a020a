"""An editor without a window: it asks the YAML language server what VS Code would show."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.conformance.referees import EDITOR

_SETTINGS = {
    "yaml": {"validate": True, "hover": True, "completion": True, "schemaStore": {"enable": False}}
}


@dataclass
class Editor:
    """A talk with the server; it speaks JSON-RPC over its standard input and output."""

    server: subprocess.Popen[bytes]
    folder: Path
    asked: int = 0
    opened: int = 0
    found: dict[str, list[Any]] = field(default_factory=dict)
    """File -> what the server last found in it."""

    def problems(self, text: str) -> list[str]:
        """What is underlined in a file with this text, as `line: message`."""
        found = self.found[self._show(text)]
        return [f"{each['range']['start']['line'] + 1}: {each['message']}" for each in found]

    def hover(self, text: str) -> str:
        """What is shown with the pointer where `‸` stands in the text."""
        shown = self._at("textDocument/hover", text)
        return str(shown["contents"]["value"]) if shown else ""

    def completions(self, text: str) -> list[str]:
        """What is offered where `‸` stands in the text."""
        return [item["label"] for item in self._at("textDocument/completion", text)["items"]]

    def _at(self, method: str, text: str) -> Any:  # noqa: ANN401
        before, _, after = text.partition("‸")
        lines = before.split("\n")
        position = {"line": len(lines) - 1, "character": len(lines[-1])}
        document = {"uri": self._show(before + after)}
        return self.ask(method, {"textDocument": document, "position": position})

    def _show(self, text: str) -> str:
        """Open a new file in the folder, and wait for what the server finds in it."""
        self.opened += 1
        uri = (self.folder / f"{self.opened}.yaml").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        while uri not in self.found:
            self._take()
        return uri

    def ask(self, method: str, params: object) -> Any:  # noqa: ANN401
        """A request, and its answer."""
        self.asked += 1
        self._send({"id": self.asked, "method": method, "params": params})
        while (said := self._take()).get("id") != self.asked or "method" in said:
            pass
        assert "error" not in said, said
        return said["result"]

    def tell(self, method: str, params: object) -> None:
        """What wants no answer."""
        self._send({"method": method, "params": params})

    def _send(self, message: dict[str, object]) -> None:
        content = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.server.stdin
        self.server.stdin.write(b"Content-Length: %d\r\n\r\n" % len(content) + content)
        self.server.stdin.flush()

    def _take(self) -> dict[str, Any]:
        """The next message of the server; its own questions are answered."""
        assert self.server.stdout
        size = 0
        while line := self.server.stdout.readline().strip():
            if line.lower().startswith(b"content-length:"):
                size = int(line.partition(b":")[2])
        assert size, "the server is gone"
        said: dict[str, Any] = json.loads(self.server.stdout.read(size))
        if said.get("method") == "workspace/configuration":
            wanted = [_SETTINGS.get(item["section"], {}) for item in said["params"]["items"]]
            self._send({"id": said["id"], "result": wanted})
        elif "method" in said and "id" in said:
            self._send({"id": said["id"], "result": None})
        elif said.get("method") == "textDocument/publishDiagnostics":
            self.found[said["params"]["uri"]] = said["params"]["diagnostics"]
        return said


@contextmanager
def editor(folder: Path) -> Iterator[Editor]:
    """An editor that has this folder open."""
    server = subprocess.Popen(
        ["node", EDITOR, "--stdio"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    talk = Editor(server, folder)
    markdown = {"contentFormat": ["markdown"]}
    snippets = {"completionItem": {"snippetSupport": False, "documentationFormat": ["markdown"]}}
    try:
        talk.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": folder.as_uri(),
                "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}],
                "capabilities": {
                    "workspace": {"configuration": True, "workspaceFolders": True},
                    "textDocument": {"hover": markdown, "completion": snippets},
                },
            },
        )
        talk.tell("initialized", {})
        yield talk
        talk.ask("shutdown", None)
    finally:
        server.kill()
        server.communicate()
