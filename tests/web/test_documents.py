"""Files: taken in with sentences for what is wrong, kept in versions, and given out checked to who may read them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from cdm.models import DocumentVersion, Record
from cdm.models.subject import Subject
from tests.given import PDF, World, pdf

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]


def address(subject: Subject) -> str:
    return reverse("cdm:attach", args=[subject.machine.name, subject.pk])


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("plan.exe", b"MZ", "“plan.exe” is not of a kind that can be kept"),
        ("plan.pdf", b"", "the file is empty (0 bytes)"),
        ("plan.pdf", b"<html>", "“plan.pdf” is not a PDF file, whatever its name says"),
    ],
)
def test_a_bad_file_is_refused_with_its_sentence(
    world: World, visit: Visit, name: str, content: bytes, sentence: str
) -> None:
    project = world.draft()
    before = Record.objects.count()
    upload = SimpleUploadedFile(name, content)
    answer = visit("developer").post(address(project), {"kind": "calculation", "title": "", "file": upload})
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not DocumentVersion.objects.exists()
    assert Record.objects.count() == before


def test_a_file_that_is_too_large_is_refused(world: World, visit: Visit, settings: Settings) -> None:
    settings.UPLOAD_MAX_BYTES = 1_500_000
    upload = SimpleUploadedFile("plan.pdf", PDF + b" " * 2_000_000)
    given = {"kind": "calculation", "title": "", "file": upload}
    answer = visit("developer").post(address(world.draft()), given)
    assert answer.status_code == 422
    assert "at most 2 MB are taken. Make it smaller or split it." in answer.content.decode()
    assert not DocumentVersion.objects.exists()


def test_the_kind_and_file_have_to_be_given(world: World, visit: Visit) -> None:
    answer = visit("developer").post(address(world.draft()), {"title": "Sums"})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Select the kind of document." in html
    assert "Choose a file for the file." in html
    assert 'value="Sums"' in html


def test_the_same_kind_and_title_makes_a_new_version(world: World, visit: Visit) -> None:
    project = world.draft()
    client = visit("developer")
    for _ in range(2):
        given = {"kind": "calculation", "title": "Sums", "file": pdf("sums.pdf")}
        assert client.post(address(project), given).status_code == 302
    first, second = DocumentVersion.objects.order_by("number")
    assert (first.number, second.number) == (1, 2)
    assert first.document_id == second.document_id
    html = client.get(reverse("cdm:project_documents", args=[project.pk])).content.decode()
    assert "version 2" in html
    assert "Earlier versions" in html
    assert second.sha256[:12] in html


def test_a_paper_of_the_draft_is_closed_after_submission(world: World, visit: Visit) -> None:
    project = world.submitted()
    given = {"kind": "calculation", "title": "Sums", "file": pdf()}
    answer = visit("developer").post(address(project), given)
    assert answer.status_code == 422
    assert not DocumentVersion.objects.exists()


def test_papers_are_attached_to_periods_letters_and_requests_too(world: World, visit: Visit) -> None:
    """The same page serves all four; it offers the kinds that fit the reader's seat and the state."""
    world.on("2019-03-04")
    project = world.submitted(others=())
    letter = project.letters.get()
    given = {"kind": "letter", "title": "", "file": pdf()}
    assert visit("dna BR").post(address(letter), given).status_code == 302
    assert visit("developer").get(address(letter)).status_code == 403
    world.approve(project)
    world.engaged(project)
    world.do(project, "publish", "validator")
    world.after_comments(project)
    world.attach(project, "validation_report", "validator")
    world.do(project, "give_positive_opinion", "validator", opinion="Yes.")
    request = world.published_request(project, "validator")
    html = visit("validator").get(address(request)).content.decode()
    assert "Reply to a request for review" in html
    world.after_window(request)
    world.on("2021-03-04")
    project.refresh_from_db()
    world.engaged(project, "verification", "verifier")
    period = world.period(project, "2020-03-03", "2020-06-30", {2: 5})
    html = visit("developer").get(address(period)).content.decode()
    assert "Monitoring report" in html
    assert "Verification and certification report" not in html
    given = {"kind": "monitoring_report", "title": "", "file": pdf()}
    assert visit("developer").post(address(period), given).status_code == 302
    assert period.documents.get().versions.count() == 2


def test_who_may_attach_nothing_is_told_so(world: World, visit: Visit) -> None:
    project = world.published()
    assert visit("member 1").get(address(project)).status_code == 403
    assert visit("").get(address(project)).status_code == 302
    assert visit("developer").get(reverse("cdm:attach", args=["nonsense", 1])).status_code == 404


def test_a_document_is_given_out_as_a_download_that_nothing_runs(world: World, visit: Visit) -> None:
    project = world.published()
    world.attach(project, "other", "developer")
    world.after_comments(project)
    world.attach(project, "validation_report", "validator")
    report = DocumentVersion.objects.get(document__kind="validation_report")
    answer = visit("validator").get(report.get_absolute_url())
    assert answer.status_code == 200
    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == 'attachment; filename="report.pdf"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_who_may_not_read_finds_nothing(world: World, visit: Visit) -> None:
    project = world.published()
    world.attach(project, "other", "developer")
    world.after_comments(project)
    world.attach(project, "validation_report", "validator")
    other = DocumentVersion.objects.get(document__kind="other").get_absolute_url()
    report = DocumentVersion.objects.get(document__kind="validation_report").get_absolute_url()
    for who in ("", "dna UG", "verifier"):
        assert visit(who).get(other).status_code == 404, who
        # para 40(g): public with the request for registration, not before
        assert visit(who).get(report).status_code == 404, who
    for who in ("developer", "validator", "buyer", "secretary", "member 1", "dna BR"):
        assert visit(who).get(other).status_code == 200, who
    world.do(project, "give_positive_opinion", "validator", opinion="Yes.")
    world.published_request(project, "validator")
    assert visit("").get(report).status_code == 200
    assert visit("").get(other).status_code == 404
    assert visit("").get("/documents/999999/").status_code == 404


def test_a_file_changed_on_the_disk_is_not_given_out(world: World, visit: Visit) -> None:
    project = world.published()
    world.attach(project, "other", "developer")
    version = DocumentVersion.objects.get()
    path = Path(version.file.path)
    path.chmod(0o640)
    path.write_bytes(PDF + b"%")
    answer = visit("developer").get(version.get_absolute_url())
    assert answer.status_code == 409
    assert "its hash does not fit" in answer.content.decode()
    path.unlink()
    assert visit("developer").get(version.get_absolute_url()).status_code == 409
