"""A branch of a story as an EPUB 3."""

from __future__ import annotations

import hashlib
import io
import uuid
import zipfile
from collections.abc import Sequence

from bot.stories.exports.file import StoryFile
from bot.stories.exports.json_files import write_json
from bot.stories.exports.labels import Labels
from bot.stories.exports.markup import escape, heading, paragraphs
from bot.stories.exports.texts import wish_of

_PART_LETTERS = 100_000  # reading devices are slow with larger files
_STYLE = """body { line-height: 1.5; margin: 1em; }
p { margin: 0 0 .8em; }
.by { font-style: italic; }
.who { display: none; }
blockquote { margin: 1em; font-style: italic; }
"""
_CONTAINER = """<?xml version="1.0" encoding="UTF-8"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container">
<rootfiles><rootfile full-path="OEBPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""


def epub(file: StoryFile, labels: Labels, *, at: int | None = None) -> bytes:
    """Give a branch as a book: title page, table of contents, text; the same story always as the same bytes.

    Args:
        file: The story.
        labels: The words of ours.
        at: The turn that the branch ends with; None is where the story stands.
    """
    parts = _parts(paragraphs(labels.names(file), labels, file.branch(at), hidden=False))
    pages = {f"part{number}.xhtml": "\n".join(part) for number, part in enumerate(parts, start=1)}
    names = {"title.xhtml": file.title}
    for number, page in enumerate(pages, start=1):
        names[page] = labels.part.format(number=number) if len(pages) > 1 else file.title
    found = {
        "META-INF/container.xml": _CONTAINER,
        "OEBPS/book.opf": _package(file, labels, at, list(pages)),
        "OEBPS/nav.xhtml": _page(file, labels.contents, _contents(labels, names)),
        "OEBPS/style.css": _STYLE,
        "OEBPS/title.xhtml": _page(file, file.title, _title(file, labels, at)),
        **{f"OEBPS/{page}": _page(file, names[page], body) for page, body in pages.items()},
    }
    return _packed(found)


def _packed(files: dict[str, str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        # Readers look for this name and its content at fixed places of the file.
        archive.writestr(_entry("mimetype", zipfile.ZIP_STORED), "application/epub+zip")
        for name, content in files.items():
            archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), content)
    return packed.getvalue()


def _entry(name: str, compression: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=(1980, 1, 1, 0, 0, 0))
    entry.compress_type, entry.create_system, entry.external_attr = compression, 3, 0o644 << 16
    return entry


def _parts(found: Sequence[str]) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    size = 0
    for paragraph in found:
        if parts[-1] and size + len(paragraph) > _PART_LETTERS:
            parts.append([])
            size = 0
        parts[-1].append(paragraph)
        size += len(paragraph)
    return parts


def _package(file: StoryFile, labels: Labels, at: int | None, pages: Sequence[str]) -> str:
    digest = hashlib.sha256(write_json(file) + str(at).encode()).hexdigest()
    modified = max(turn.created_at for turn in file.turns).strftime("%Y-%m-%dT%H:%M:%SZ")
    creators = "\n".join(f"<dc:creator>{escape(name)}</dc:creator>" for name in labels.authors(file))
    items = [(f"part{number}", page) for number, page in enumerate(pages, start=1)]
    manifest = "\n".join(f'<item id="{key}" href="{page}" media-type="application/xhtml+xml"/>' for key, page in items)
    spine = "".join(f'<itemref idref="{key}"/>' for key, _ in items)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<package xmlns="http://www.idpf.org/2007/opf" version="3.0" unique-identifier="id" xml:lang="{escape(file.language)}">
<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier id="id">urn:uuid:{uuid.uuid5(uuid.NAMESPACE_OID, digest)}</dc:identifier>
<dc:title>{heading(file.title)}</dc:title>
<dc:language>{escape(file.language)}</dc:language>
{creators}
<meta property="dcterms:modified">{modified}</meta>
</metadata>
<manifest>
<item id="nav" href="nav.xhtml" media-type="application/xhtml+xml" properties="nav"/>
<item id="style" href="style.css" media-type="text/css"/>
<item id="title" href="title.xhtml" media-type="application/xhtml+xml"/>
{manifest}
</manifest>
<spine><itemref idref="title"/>{spine}</spine>
</package>
"""


def _page(file: StoryFile, title: str, body: str) -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{escape(file.language)}" \
xml:lang="{escape(file.language)}">
<head>
<title>{heading(title)}</title>
<link rel="stylesheet" type="text/css" href="style.css"/>
</head>
<body>
{body}
</body>
</html>
"""


def _contents(labels: Labels, names: dict[str, str]) -> str:
    lines = "\n".join(f'<li><a href="{page}">{heading(name)}</a></li>' for page, name in names.items())
    return f'<nav epub:type="toc">\n<h1>{escape(labels.contents)}</h1>\n<ol>\n{lines}\n</ol>\n</nav>'


def _title(file: StoryFile, labels: Labels, at: int | None) -> str:
    wish = escape(wish_of(file.branch(at))).replace("\n", "<br/>")
    asked = f"\n<blockquote><p>{wish}</p></blockquote>" if wish else ""
    return f'<h1>{heading(file.title)}</h1>\n<p class="by">{escape(labels.byline(file))}</p>{asked}'
