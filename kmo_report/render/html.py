"""The neutral document as a page for any browser: the same text, with its look inside."""

from base64 import b64encode

from kmo_report.document import Document
from kmo_report.template import Template

_HEAD = '<meta charset="utf-8"/>\n<meta name="viewport" content="width=device-width"/>\n'


def to_html(document: Document, template: Template) -> bytes:
    """One file that needs nothing beside it."""
    # Elements that HTML knows as void are written `<br/>`, which every HTML parser reads as well.
    style = f"<style>\n{template.css}</style>\n"
    page = document.html.replace("<head>", f"<head>\n{_HEAD}", 1)
    for name, picture in document.pictures.items():
        data = b64encode(picture.svg).decode()
        page = page.replace(f'src="{name}"', f'src="data:image/svg+xml;base64,{data}"')
    return f"<!DOCTYPE html>\n{page.replace('</head>', f'{style}</head>', 1)}".encode()
