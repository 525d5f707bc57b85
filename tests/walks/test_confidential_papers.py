"""3/CMP.1 annex, para 6: what is marked confidential is not disclosed, and what can never be marked."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from cdm import queries
from cdm.acts import papers
from cdm.models import DocumentVersion, Project, Record
from cdm.workflow.refusals import Unmet
from tests.given import World, pdf

pytestmark = pytest.mark.django_db

SECRET = "The price of the gas is a trade secret."


def attached(world: World, subject: Project, who: str = "developer", **about: str) -> DocumentVersion:
    about = {"kind": "other", "title": "Gas contract", "confidential_because": SECRET, **about}
    return papers.attach(subject, **about, file=pdf(), by=world.people[who], at=world.at)


def test_para_6_it_is_read_by_board_secretariat_its_doe_and_its_participants_and_nobody_else(
    world: World,
) -> None:
    project = world.on("2019-03-01").published()
    version = attached(world, project)
    world.seat("stranger", "Another company", "participant", party="BR")
    reads = {
        who: queries.may_read(world.people.get(who), version, world.at)
        for who in (
            "developer", "buyer", "validator", "secretary", "member 1", "alternate 1",
            "", "stranger", "verifier", "dna BR", "dna NL", "administrator", "expert 1",
        )
    }  # fmt: skip
    readers = {who for who, may in reads.items() if may}
    assert readers == {"developer", "buyer", "validator", "secretary", "member 1", "alternate 1"}

    def listed(who: str) -> tuple[int, bool]:
        client = Client()
        if who:
            client.force_login(world.people[who], backend="django.contrib.auth.backends.ModelBackend")
        page = client.get(reverse("cdm:project_documents", args=[project.pk])).content.decode()
        file = client.get(version.get_absolute_url()).status_code
        return file, "Gas contract" in page and SECRET in page

    assert listed("") == listed("dna BR") == (404, False)
    assert listed("buyer") == listed("member 1") == (200, True)
    assert not Record.objects.filter(
        verb="attach_document", is_public=True, sentence__contains="Gas contract"
    ).exists()


def test_para_6_additionality_baseline_and_environment_are_never_confidential(world: World) -> None:
    project = world.draft()
    for kind in ("project_design", "calculation", "environment"):
        with pytest.raises(Unmet, match=r"cannot be confidential: what additionality, the baseline"):
            attached(world, project, kind=kind)
    assert not project.documents.exists()
    consultation = attached(world, project, kind="stakeholders").document
    assert consultation.confidential_because == SECRET
    published = world.published()
    world.after_comments(published)
    with pytest.raises(Unmet, match="“Validation report” cannot be confidential"):
        attached(world, published, "validator", kind="validation_report")


def test_para_6_what_was_disclosed_stays_so_and_what_is_confidential_too(world: World) -> None:
    project = world.draft()
    attached(world, project, title="Survey", kind="stakeholders", confidential_because="")
    with pytest.raises(Unmet, match="is there already and is not confidential"):
        attached(world, project, title="Survey", kind="stakeholders")
    attached(world, project, title="Names", kind="stakeholders")
    second = attached(world, project, title="Names", kind="stakeholders", confidential_because="")
    assert (second.number, second.document.confidential_because) == (2, SECRET)
