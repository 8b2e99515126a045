"""Addresses of leads: the list and the board, then the card and its dialogs."""

from django.urls import URLPattern, URLResolver, path

from web.leads import (
    board,
    board_move,
    bulk,
    card,
    closing,
    consents,
    contacts,
    create,
    edits,
    export,
    facts,
    files,
    lending,
    lists,
    merging,
    moves,
    steps,
)

app_name = "leads"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.lead_list, name="list"),
    path("board/", board.board, name="board"),
    path("new/", create.create, name="create"),
    path("new/check/", create.check_duplicate, name="check_duplicate"),
    path("new/agents/", create.agent_options, name="agent_options"),
    path("bulk/", bulk.bulk, name="bulk"),
    path("export/", export.export, name="export"),
    path("<uuid:pk>/board-move/", board_move.board_move, name="board_move"),
    path("<uuid:pk>/", card.card, name="card"),
    path("<uuid:pk>/move/", moves.move, name="move"),
    path("<uuid:pk>/close/", closing.close, name="close"),
    path("<uuid:pk>/reopen/", closing.reopen, name="reopen"),
    path("<uuid:pk>/merge/", merging.merge, name="merge"),
    path("<uuid:pk>/unmerge/", merging.unmerge, name="unmerge"),
    path("<uuid:pk>/share/", lending.share, name="share"),
    path("<uuid:pk>/assign/", closing.assign, name="assign"),
    path("<uuid:pk>/step/", steps.step, name="step"),
    path("<uuid:pk>/note/", steps.note, name="note"),
    path("<uuid:pk>/edit/", edits.edit, name="edit"),
    path("<uuid:pk>/party/", edits.party, name="party_edit"),
    path("<uuid:pk>/contacts/new/", contacts.contact_add, name="contact_add"),
    path("<uuid:pk>/contacts/<int:contact>/remove/", contacts.contact_remove, name="contact_remove"),
    path("<uuid:pk>/consents/new/", consents.consent_add, name="consent_add"),
    path("<uuid:pk>/consents/<int:consent>/withdraw/", consents.consent_withdraw, name="consent_withdraw"),
    path("<uuid:pk>/blockers/new/", contacts.blocker_add, name="blocker_add"),
    path("<uuid:pk>/blockers/<uuid:blocker>/release/", contacts.blocker_release, name="blocker_release"),
    path("<uuid:pk>/contracts/<uuid:contract>/file/", files.contract_file, name="contract_file"),
    *(
        path(f"<uuid:pk>/{record}/", facts.record, {"record": record}, name=record)
        for record in ("meeting", "interview", "agreement", "contract", "promise", "measurement")
    ),
]
