"""Numbers of contracts: one sequence a kind and year, without holes."""

from django.db import connection

from documents.choices import PREFIXES, DocumentKind
from documents.models import Document

_NEXT = """
INSERT INTO documents_numberrange (kind, year, last) VALUES (%s, %s, 1)
    ON CONFLICT (kind, year) DO UPDATE SET last = documents_numberrange.last + 1
RETURNING last
"""


def next_number(kind: str, year: int) -> str:
    """The next free number. The row stays locked until the transaction ends, and a refused deed gives it back.

    A number that somebody wrote by hand is passed over.
    """
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_NEXT, [kind, year])
            number = f"{PREFIXES[DocumentKind(kind)]}-{year}/{cursor.fetchone()[0]:04d}"
        if not Document.objects.filter(kind=kind, number=number).exists():
            return number
