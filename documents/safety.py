"""A DOCX from outside is a zip that anybody may have packed: what may be opened is said here, before anything opens it.

Nothing in a template runs: variables are replaced as text. What Word itself would run or fetch when the finished paper
is opened (macros, embedded objects, fields that read other files, links to remote templates) is refused.
"""

import io
import re
import zipfile
from pathlib import PurePosixPath
from typing import Any

from django.utils.translation import gettext as _
from lxml import etree

from common.errors import FieldError, Invalid

LIMIT = 2 * 1024 * 1024
UNPACKED_LIMIT = 20 * 1024 * 1024
MOST_PARTS = 300
BIGGEST_RATIO = 150
BODY = "word/document.xml"
PLAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"

_ACTIVE = re.compile(r"vbaproject|activex|oleobject|/embeddings/|customui|\.bin$|\.exe$|\.js$|\.vbs$", re.IGNORECASE)
_FETCHES = re.compile(r"DDE|INCLUDETEXT|INCLUDEPICTURE|\bIMPORT\b|\bLINK\b|MACROBUTTON|\bDATABASE\b", re.IGNORECASE)
_INSERTS = frozenset({"altChunk", "subDoc", "control", "OLEObject", "object"})


def refusal(message: str, code: str) -> Invalid:
    return Invalid(message, [FieldError("file", code, message)])


def check_docx(content: bytes) -> None:
    """Raises Invalid for what is not a plain Word document of a reasonable size."""
    if len(content) > LIMIT:
        raise refusal(_("Шаблон больше 2 МБ. Уберите из него рисунки или сожмите их."), "size")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            _check_parts(packed)
            for name in packed.namelist():
                if name.endswith((".xml", ".rels")):
                    _check_xml(name, packed.read(name))
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError, ValueError) as error:
        raise refusal(_("Это не документ Word. Сохраните шаблон как DOCX."), "type") from error


def _check_parts(packed: zipfile.ZipFile) -> None:
    """The names and sizes that the archive declares: no part is unpacked beyond its declared size."""
    parts = packed.infolist()
    names = [part.filename for part in parts]
    if BODY not in names or "[Content_Types].xml" not in names:
        raise refusal(_("Это не документ Word. Сохраните шаблон как DOCX."), "type")
    unpacked, here = sum(part.file_size for part in parts), sum(part.compress_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > UNPACKED_LIMIT or unpacked > BIGGEST_RATIO * max(here, 1):
        raise refusal(_("Внутри документа слишком много данных. Сохраните его заново в Word."), "bomb")
    if len(set(names)) != len(names) or any(".." in PurePosixPath(n).parts or n.startswith("/") for n in names):
        raise refusal(_("Документ упакован необычно. Сохраните его заново в Word."), "packing")
    if any(_ACTIVE.search(f"/{name}") for name in names):
        message = _("В документе есть макросы или вложенные объекты. Сохраните его как обычный DOCX без них.")
        raise refusal(message, "active")


def _check_xml(name: str, text: bytes) -> None:
    """Read as what it says, not as it is spelled: a command may be written in character references."""
    try:
        root = etree.fromstring(text, _parser())
    except etree.XMLSyntaxError as error:
        raise refusal(_("Это не документ Word. Сохраните шаблон как DOCX."), "type") from error
    about: Any = root.getroottree().docinfo
    if about.doctype:
        raise refusal(_("Документ упакован необычно. Сохраните его заново в Word."), "doctype")
    if name == "[Content_Types].xml" and not any(e.get("ContentType") == PLAIN for e in root):
        message = _("В документе есть макросы или вложенные объекты. Сохраните его как обычный DOCX без них.")
        raise refusal(message, "active")
    if name.endswith(".rels"):
        _check_relations(root)
    elif name.startswith("word/"):
        _check_commands(root)


def _parser() -> etree.XMLParser:
    return etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


def _check_relations(root: etree._Element) -> None:
    for relation in root:
        outside = relation.get("TargetMode", "").lower() == "external"
        if outside and not relation.get("Type", "").endswith("/hyperlink"):
            raise refusal(_("Документ ссылается на файлы снаружи. Сохраните его без связей."), "fetches")


def _check_commands(root: etree._Element) -> None:
    """Fields may be cut into pieces, so they are read both one by one and together."""
    pieces: list[str] = []
    for element in root.iter(etree.Element):
        local = etree.QName(element).localname
        if local in _INSERTS:
            raise refusal(_("В документе есть вложенные объекты. Сохраните его без них."), "active")
        if local == "instrText":
            pieces.append(element.text or "")
        elif local == "fldSimple":
            pieces += [str(value) for key, value in element.attrib.items() if str(key).endswith("}instr")]
    if any(_FETCHES.search(text) for text in (*pieces, "".join(pieces))):
        raise refusal(_("Документ читает другие файлы. Уберите из него связанные поля и вставки."), "fetches")
