"""Files to learn from, made for tests."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

CONTAINER = """<?xml version="1.0"?><container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="OPS/package.opf" media-type="application/oebps-package+xml"/></rootfiles></container>"""
PACKAGE = """<?xml version="1.0"?><opf:package xmlns:opf="http://www.idpf.org/2007/opf" version="3.0"><opf:manifest>
<opf:item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<opf:item id="t" href="title.xhtml" media-type="application/xhtml+xml"/>
<opf:item id="one" href="text/one.xhtml" media-type="application/xhtml+xml"/>
<opf:item id="two" href="text/two%20b.xhtml" media-type="application/xhtml+xml"/>
<opf:item id="notes" href="text/extra.xhtml" media-type="application/xhtml+xml"/>
<opf:item id="colophon" href="last.xhtml" media-type="application/xhtml+xml"/>
<opf:item id="picture" href="cover.png" media-type="image/png"/></opf:manifest>
<opf:spine><opf:itemref idref="t"/><opf:itemref idref="nav"/><opf:itemref idref="two"/><opf:itemref idref="one"/>
<opf:itemref idref="notes" linear="no"/><opf:itemref idref="colophon"/><opf:itemref idref="picture"/></opf:spine>
<opf:guide><opf:reference type="copyright-page" href="last.xhtml"/></opf:guide></opf:package>"""
PAGES = {
    "OPS/nav.xhtml": "<nav epub:type='toc'><ol><li>Chapter One</li></ol></nav>",
    "OPS/title.xhtml": "<p>The Mill</p><p>A Person</p>",
    "OPS/text/two b.xhtml": "<h1>Chapter One</h1><p>The <em>miller</em>\n slept&nbsp;&amp; snored.</p><p/>",
    "OPS/text/one.xhtml": (
        "<h2>Chapter Two</h2><div><p>Rain came.<a epub:type='noteref' href='#n'>1</a><br/>It stayed.</p>"
        "<aside epub:type='footnote' id='n'><p>A note.</p></aside><p>So he woke.</div>"
    ),
    "OPS/text/extra.xhtml": "<p>An extra.</p>",
    "OPS/last.xhtml": "<p>Printed somewhere.</p>",
}


def page(body: str) -> str:
    head = "<head><title>Not this</title><style>p {}</style></head>"
    return f"<?xml version='1.0'?><html>{head}<body>{body}</body></html>"


def zipped(files: Mapping[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return packed.getvalue()


def book(**pages: str) -> bytes:
    """An EPUB 3 of two chapters, with the pages that such books have around them."""
    files = {name: page(body) for name, body in PAGES.items()}
    return zipped({"META-INF/container.xml": CONTAINER, "OPS/package.opf": PACKAGE, **files, **pages})
