"""The published JSON Schemas: of answer.yaml, of style.yaml, and of what programs are told."""

from pathlib import Path

FOLDER = Path(__file__).parent


def published(name: str) -> str:
    """The text of a schema, as it was tested."""
    return (FOLDER / f"{name}.schema.json").read_text("utf-8")
