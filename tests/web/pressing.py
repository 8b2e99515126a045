"""What a person would press: the forms of a page as it was answered, with values of his."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

TEXT = "Проба"
# What a form cannot do without, by its name or by the end of it; browsers are not told, since forms are novalidate.
NEEDED = {
    **dict.fromkeys(("name", "text", "statement", "reason", "description", "category", "product", "agent_gives"), TEXT),
    **dict.fromkeys(("template", "subject", "body", "claim", "title", "action_title", "metric"), TEXT),
    **dict.fromkeys(("client_base_source", "number", "purpose", "source", "text_version"), TEXT),
    **dict.fromkeys(("contact", "value"), "+998900007777"),
    **dict.fromkeys(("measurement-value", "baseline", "client_base_size", "quota"), "7"),
    **dict.fromkeys(("hours_from", "hours_to"), "10:00"),
    **dict.fromkeys(("starts_on", "ends_on", "due_on"), "2027-01-01"),
    "planned_at": "2026-11-01T10:30",
    "target": "9",
}
_BY_TYPE = {
    "number": "7", "date": "2026-11-01", "datetime-local": "2026-11-01T10:30", "time": "10:30", "email": "a@bank.test",
    "tel": "+998901234567", "url": "https://bank.test/", "month": "2026-11",
}  # fmt: skip
_NO_VALUE = frozenset({"submit", "button", "reset", "image", "file"})


@dataclass
class Field:
    name: str
    type: str
    value: str = ""
    options: list[str] = field(default_factory=list)
    required: bool = False
    checked: bool = False

    @property
    def is_text(self) -> bool:
        return self.type in {"text", "textarea", "search", "email", "tel", "url", "password"}

    @property
    def is_hidden(self) -> bool:
        return self.type == "hidden"

    def plausible(self) -> str:
        """The value that stands there; where one is needed, what a person might give."""
        needed = NEEDED.get(self.name) or NEEDED.get(self.name.rpartition("-")[2])
        if self.value or self.is_hidden or not (self.required or needed):
            return self.value
        if self.options:
            return next(filter(None, self.options), "")
        return needed or _BY_TYPE.get(self.type, TEXT)


@dataclass
class Form:
    action: str
    method: str
    fields: list[Field] = field(default_factory=list)

    def data(self) -> dict[str, list[str]]:
        """What is sent when all that is needed is filled in and every box is left as it is."""
        sent: dict[str, list[str]] = {}
        for item in self.fields:
            if item.type in {"checkbox", "radio"}:
                if item.checked or (item.type == "radio" and item.name not in sent):
                    sent[item.name] = [item.value]
            else:
                sent.setdefault(item.name, [item.plausible()])
        return sent


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._choice: Field | None = None
        self._area: Field | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        got = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._form = Form(got.get("action", ""), got.get("method", "get").lower())
            self.forms.append(self._form)
        elif tag == "a" and got.get("href"):
            self.links.append(got["href"])
        elif tag == "option" and self._choice is not None:
            self._choice.options.append(got.get("value", ""))
            if "selected" in got:
                self._choice.value = got.get("value", "")
        elif tag in {"input", "select", "textarea", "button"} and got.get("name") and self._form is not None:
            self._take(tag, got)

    def _take(self, tag: str, got: dict[str, str]) -> None:
        kind = got.get("type", "submit" if tag == "button" else "text") if tag in {"input", "button"} else tag
        if kind in _NO_VALUE or "disabled" in got:
            return
        value = got.get("value", "on" if kind in {"checkbox", "radio"} else "")
        made = Field(got["name"], kind, value, [], "required" in got, "checked" in got)
        assert self._form is not None
        self._form.fields.append(made)
        self._choice = made if tag == "select" else self._choice
        self._area = made if tag == "textarea" else None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            self._area.value += data.removeprefix("\n") if not self._area.value else data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._choice = None
        elif tag == "textarea":
            self._area = None


def read(html: str) -> _Reader:
    reader = _Reader()
    reader.feed(html)
    return reader


def form_of(html: str, path: str) -> Form | None:
    """The form by which the page at ``path`` does its deed: the one that is sent back to it, or the last of its own."""
    posts = [form for form in read(html).forms if form.method == "post"]
    own = [form for form in posts if form.action.partition("?")[0] in {"", path}]
    return max(own, key=lambda form: len(form.fields), default=None)
