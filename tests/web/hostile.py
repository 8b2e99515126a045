"""What people, copied tables and attackers put into a field: three hundred strings by kind, each made here.

``MARK`` in what is markup says whose it is: found unescaped in a page, it names the string that got through.
"""

# ruff: noqa: E501 - a table: a kind a line reads better than three

from collections.abc import Iterator

MARK = "чужое"
HEAD, TAIL = "начало", "конец"
_SPACES = "\u0009\u000a\u000d\u0020\u00a0\u1680\u2000\u2003\u2007\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_CONTROLS = [*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), *range(0x7F, 0xA0)]
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_UNSEEN = "\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2063\ufe0f\ufeff\ufff9\ufffc\ufffd"
_WORDS = (
    "ʻOʻktam Gʻulomov", "Ўктам Ғуломов", "Ёлкин Пётр", "Straße", "ﬀ ﬁ", "ǅ", "İstanbul ı", "Ångström", "A\u030angstro\u0308m",
    "ﷺ", "שלום", "مرحبا", "สวัสดี", "नमस्ते", "你好", "こんにちは", "안녕", "გამარჯობა", "Ձեւ", "ქ", "ಕನ್ನಡ", "Ꙗ҆́зы́къ", "Ｆｕｌｌ", "𝔐𝔞𝔱𝔥", "Ⅻ",
    "ё" + "\u0301" * 40, "Z" + "\u0336\u0489" * 20, "\u0301впереди ударение",
)  # fmt: skip
_SMILES = (
    "😀", "👩‍💻", "👨‍👩‍👧‍👦", "🇺🇿", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "1️⃣", "👍🏽", "☃️", "🤷🏻‍♂️", "🜁", "\U000e0041", "\U0010ffff", "\ue000",
)  # fmt: skip
_NUMBERS = (
    "0", "-0", "00", "-1", "+1", "1.", ".5", "1e1", "1e309", "-1e400", "1E-400", "0x1F", "0b1", "0o7", "1_000", "1 000", "1,000.00",
    "1.000,00", "1\u202f000", "१२३", "٣٫١٤", "½", "²", "1/0", "9" * 40, "0." + "9" * 40, "NaN", "-Infinity", "2147483648", "-32769",
    "9223372036854775808", "1;2", "1 or 1", "१.५", "1e", "--1", "0,1.2",
)  # fmt: skip
_NOTHING = (
    "null", "NULL", "None", "nil", "undefined", "true", "False", "(null)", "[]", "{}", '""', "\\N", "N/A", "#N/A", "-", ".", "\\", "/",
)  # fmt: skip
_QUERIES = (
    "' OR '1'='1", "1; DROP TABLE leads_lead; --", "') UNION SELECT NULL--", "'; SELECT pg_sleep(0)--", "\\'", "''", '"', "%", "_", "%%%s",
    "$$", "$1", "E'\\x41'", "1::int", "/*", "*/", "`id`", "чьё-то'", "x' AND x='", "0) OR (1=1", ":name", "?", "%(name)s", "\\x00", "U&'\\0041'",
)  # fmt: skip
_TAGS = (
    "<script>{0}()</script>", "<ScRiPt src=//{0}></sCrIpT>", "<img src=x onerror={0}()>", "<svg/onload={0}()>", "</textarea><b>{0}</b>",
    "</title><i>{0}</i>", '"><u title="{0}">', "'><u title='{0}'>", "<!--{0}", "]]><x>{0}</x>", "<iframe srcdoc='{0}'>", "<a href=javascript:{0}>",
    "<style>{0}{{}}</style>", "<base href=//{0}>", "<form action=//{0}><input name=version>", "<meta http-equiv=refresh content=0;{0}>",
    "<math><mtext></form><form><mglyph><style></math><img src={0}>", "<x hx-get=/{0}>", "<p hidden>{0}", "<<b>{0}</b>", "<b/{0}>", "<\u0431>{0}",
    "<object data={0}>", "<input autofocus onfocus={0}()>", "<details open ontoggle={0}()>", "<template>{0}", "<?php {0} ?>", "<![CDATA[{0}]]>",
)  # fmt: skip
_ESCAPED = (
    "&lt;script&gt;", "&#60;b&#62;", "&amp;lt;", "&", "&notanentity;", "%3Cscript%3E", "\\u003cb\\u003e", "javascript:alert(1)",
    "data:text/html,<b>", "vbscript:x", " onclick=x ", "autofocus onfocus=x",
)  # fmt: skip
_TEMPLATES = (
    "{{7*7}}", "{% csrf_token %}", "{{ settings.SECRET_KEY }}", "{# нет #}", "{% load i18n %}", "${7*7}", "#{7*7}", "<%= 7*7 %>", "{0}", "{0.__class__}",
    "%s", "%n%n%n%n", "%d", "%(x)s", "{name}", "{{party.name}}", "{{{{", "}}", "{%", "$(7)", "@{x}",
)  # fmt: skip
_SHELL = (
    "; id", "| id", "&& id", "$(id)", "`id`", "../../../etc/passwd", "..\\..\\x", "/etc/passwd\u0020", "C:\\CON", "AUX", "nul.txt", "file:///etc/passwd",
    "~root", "*", "?", "[a-z]", "--help", "-rf", "> x", "\\\\server\\share", ".htaccess",
)  # fmt: skip
_SHEETS = (
    '=HYPERLINK("http://x")', "=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1", "\r=1", "＝1＋1", "＠x", "|x", "=cmd|' /C calc'!A0", "'=1", ";=1", ",=1",
)  # fmt: skip
_LINES = (
    "a\r\nSet-Cookie: x=1", "a\nb", "a\rb", "%0d%0aX: y", "\n", "\r\n\r\n", "a\u2028b", "a\u0085b", "To: x@y\nBcc: z@y", "a\n.\nb",
)  # fmt: skip
_PLACES = (
    "http://", "https://[::1]/", "//x", "https://x\\@y", "http://127.0.0.1:1/", "https://例え.jp/", "mailto:a@b", "tel:+1", "a@b", "a@b.c,d@e.f",
    "@", "a@-b.c", "+998", "+99890123456789012345", "0" * 20, "(90) 123-45-67", "90—123—45—67",
)  # fmt: skip
_DAYS = (
    "31.02.2026", "2026-13-01", "0000-00-00", "0001-01-01", "9999-12-31", "10000-01-01", "2026-02-30T25:61", "24:00", "-1:00", "02/03/26", "%Y-%m-%d",
    "2026-11-22T10:00:00+25:00", "T", "29.02.1900",
)  # fmt: skip
_LENGTHS = (30, 61, 100, 121, 128, 161, 201, 255, 256, 257, 301, 501, 1001, 2001, 4001, 5001, 8001, 10_001, 32_768)


def long_ones() -> Iterator[str]:
    """Each with its beginning and its end: where only the beginning was kept, the rest went without a word."""
    for number, length in enumerate(_LENGTHS):
        filling = "ы😀"[number % 2]
        yield HEAD + filling * (length - len(HEAD) - len(TAIL)) + TAIL


def refused_ones() -> Iterator[str]:
    """No person types them, and PostgreSQL or a reader's screen would be deceived by them."""
    yield from (f"a{chr(code)}b" for code in _CONTROLS)
    yield from (f"a{turn}b" for turn in _TURNS)
    yield from ("\udc80", "a\udcffb", "\udced\udca0\udc80")


def markup() -> Iterator[str]:
    yield from (tag.format(f"{MARK}{number}") for number, tag in enumerate(_TAGS))


def strings() -> list[str]:
    """All, each once, in an order in which neighbours differ in kind."""
    kinds = [
        list(_SPACES), [f"{space}а{space}{space}б{space}" for space in _SPACES], [f"а{sign}б" for sign in _UNSEEN],
        list(_WORDS), list(_SMILES), list(_NUMBERS), list(_NOTHING), list(_QUERIES), list(markup()), list(_ESCAPED), list(_TEMPLATES),
        list(_SHELL), list(_SHEETS), list(_LINES), list(_PLACES), list(_DAYS), list(long_ones()), list(refused_ones()),
    ]  # fmt: skip
    mixed = sorted(
        (place / len(kind), number, text) for number, kind in enumerate(kinds) for place, text in enumerate(kind)
    )
    return list(dict.fromkeys(text for _share, _number, text in mixed))
