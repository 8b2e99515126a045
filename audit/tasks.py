"""Celery's part. Every tick is harmless to repeat."""

from celery import shared_task

from audit import anchors, sequencer, watching
from common import clock


@shared_task(name="audit.tasks.chain")
def chain() -> None:
    sequencer.run(at=clock.now())


@shared_task(name="audit.tasks.anchor")
def anchor() -> None:
    anchors.anchor(at=clock.now())


@shared_task(name="audit.tasks.watch")
def watch() -> None:
    watching.look(at=clock.now())
