"""A forgotten password: the letter, the link, and what a stranger learns of it."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from accounts import passwords, services
from channels.messages import Outgoing, TryLater
from common import clock
from jobs.models import Job
from jobs.registry import Again, JobRun
from notifications.services import passwords as letters
from tests.office import PASSWORD, Office

pytestmark = pytest.mark.django_db
ASK, NEW = "/login/forgotten/", "lake-lamp-lemon-17"


def link(user: Any) -> str:
    return passwords.link_for(user).replace("http://localhost:8000", "")


def run_of(job: Job) -> JobRun:
    return JobRun(job_id=job.pk, payload=job.payload, lease_token=job.pk, attempts=1)


def test_the_answer_is_the_same_whoever_is_asked_for(office: Office, client: Client) -> None:
    services.update_user(user=office.oksana, by=office.adiba, changes={"is_active": False})
    mails = ("nobody@bank.test", office.olim.email, office.oksana.email)
    answers = [client.post(ASK, {"mail": mail}) for mail in mails]
    assert {answer.status_code for answer in answers} == {200}
    texts = [
        re.sub(r'content="\w+"|value="\w+"', "", answer.content.decode()).replace(mail, "")
        for answer, mail in zip(answers, mails, strict=True)
    ]
    assert len(set(texts)) == 1
    assert Job.objects.filter(kind=letters.JOB).count() == 1


def test_the_letter_brings_a_link_that_works_once(
    office: Office, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[Outgoing] = []
    monkeypatch.setattr(letters, "send", lambda _channel, outgoing: sent.append(outgoing))
    signed_in = Client()
    signed_in.force_login(office.olim)
    client.post(ASK, {"mail": office.olim.email.upper()})
    job = Job.objects.get(kind=letters.JOB)
    assert "-" not in str(job.payload.get("link", "")), "the link stands in no row"
    assert letters.letter_from_job(run_of(job)) is None
    assert sent[0].to == office.olim.email
    path = re.search(r"http://[^/]+(/login/forgotten/\S+)", sent[0].text)[1]  # type: ignore[index]
    page = client.get(path, follow=True)
    assert page.redirect_chain == [(ASK + "new/", 302)], "the secret leaves the address at once"
    assert client.post(ASK + "new/", {"password": "short"}).status_code == 422
    assert client.post(ASK + "new/", {"password": NEW})["Location"] == "/login/"
    assert signed_in.get("/account/").status_code == 302
    assert client.get("/account/").status_code == 302, "choosing a password signs nobody in"
    assert client.get(path, follow=True).status_code == 410
    assert client.post("/login/", {"login": office.olim.email, "password": NEW}).status_code == 302


def test_a_link_is_good_for_an_hour(office: Office, client: Client) -> None:
    path = link(office.olim)
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=False):
        assert client.get(path, follow=True).status_code == 410


def test_a_link_of_a_closed_account_opens_nothing(office: Office, client: Client) -> None:
    path = link(office.olim)
    services.update_user(user=office.olim, by=office.adiba, changes={"is_active": False})
    assert client.get(path, follow=True).status_code == 410


def test_five_are_asked_for_and_the_sixth_waits(office: Office, client: Client) -> None:
    answers = [client.post(ASK, {"mail": office.olim.email}) for _n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[-1]["Retry-After"]
    assert client.post("/login/", {"login": office.olim.email, "password": PASSWORD}).status_code == 302


def test_links_that_were_made_up_are_looked_at_five_times(client: Client, db: None) -> None:
    statuses = [Client().get(f"{ASK}{'0' * 32}-abc-{n}/", follow=True).status_code for n in range(6)]
    assert statuses == [410] * 5 + [429]


def test_a_mail_server_that_is_silent_is_tried_again(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def silent(*_: Any) -> None:
        raise TryLater(45)

    monkeypatch.setattr(letters, "send", silent)
    passwords.forgotten(mail=office.olim.email, at=clock.now())
    assert letters.letter_from_job(run_of(Job.objects.get(kind=letters.JOB))) == Again(45)
