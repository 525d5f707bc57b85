"""The addresses of the interface for programs, under the name “api”."""

from __future__ import annotations

from django.urls import path, re_path

from cdm.api import (
    account_requests,
    accounting,
    acts,
    board,
    book,
    considering,
    desk,
    discipline,
    docs,
    entities,
    entity_matters,
    forwarding,
    movements,
    moves,
    parts,
    proposing,
    provisional,
    reading,
    registered_changes,
    rulings,
    signing,
    start,
    written,
)
from cdm.api.door import COLLECTIONS
from cdm.workflow.machines import MACHINES

app_name = "api"

# what is signed
SIGNED_MACHINES = (
    "modalities_statement", "participant_change", "forwarding_request", "risk_acknowledgement", "transition",
)  # fmt: skip
# where papers can be attached and findings raised
WITH_PAPERS = tuple(
    name
    for name in COLLECTIONS
    if name not in (*SIGNED_MACHINES, "prior_consideration", "board_matter", *entities.LISTS)
)
WITH_FINDINGS = ("project", "monitoring_period")


def _of_machine(name: str) -> list[object]:
    """List, page, open moves, and an address for each move a person can make."""
    machine, at = MACHINES[name], COLLECTIONS[name]
    listing = (
        proposing.Projects
        if name == "project"
        else (reading.LISTS | entities.LISTS | registered_changes.LISTS)[name]
    )
    page = proposing.ProjectPage if name == "project" else reading.page_of(name)
    found = [
        path(f"{at}/", listing.as_view(), name=f"{name}-list"),
        path(f"{at}/<int:key>/", page.as_view(), name=name),
        path(f"{at}/<int:key>/moves/", moves.listing_of(machine).as_view(), name=f"{name}-moves"),
        *(
            path(f"{at}/<int:key>/moves/{move}/", moves.door_of(machine, move).as_view())
            for move in written.moves_of(machine)
        ),
        path(
            f"{at}/<int:key>/moves/<slug:move>/",
            moves.OtherMove.as_view(),
            {"machine": name},
            name=f"{name}-move",
        ),
    ]
    if name in WITH_PAPERS and name != "project":
        found.append(path(f"{at}/<int:key>/documents/", acts.attaching(name).as_view()))
    if name in SIGNED_MACHINES:
        found.append(path(f"{at}/<int:key>/signatures/", signing.signing_of(name).as_view()))
    return found


urlpatterns = [
    path("", start.Start.as_view(), name="start"),
    path("schema/", docs.schema, name="schema"),
    path("docs/", docs.page, name="docs"),
    path("me/", desk.Myself.as_view(), name="me"),
    path("tasks/", desk.Tasks.as_view(), name="tasks"),
    path("tasks/<int:key>/claim/", parts.ClaimTask.as_view()),
    path("tasks/<int:key>/hand-over/", parts.HandOverTask.as_view()),
    path("notices/", desk.Notices.as_view(), name="notices"),
    path("deadlines/", desk.Deadlines.as_view(), name="deadlines"),
    path("engagements/", desk.Engagements.as_view(), name="engagements"),
    path("engagements/<int:key>/end/", parts.EndEngagement.as_view()),
    *(address for name in COLLECTIONS for address in _of_machine(name)),
    path("projects/<int:key>/history/", reading.History.as_view(), name="history"),
    path("projects/<int:key>/statement/", accounting.ProjectStatement.as_view(), name="statement"),
    path("projects/<int:key>/documents/", acts.ProjectPapers.as_view(), name="documents"),
    path("projects/<int:key>/comments/", parts.ProjectComments.as_view(), name="comments"),
    path("projects/<int:key>/findings/", acts.ProjectFindings.as_view(), name="findings"),
    path("projects/<int:key>/engagements/", acts.Engage.as_view()),
    path("projects/<int:key>/prior-considerations/", considering.Notify.as_view()),
    path("projects/<int:key>/waivers/", acts.Waive.as_view()),
    path("projects/<int:key>/requests/", acts.preparing("project").as_view()),
    path("projects/<int:key>/monitoring-periods/", acts.OpenPeriod.as_view()),
    path("projects/<int:key>/parties/", proposing.Parties.as_view()),
    path("projects/<int:key>/sites/", proposing.Sites.as_view()),
    path("projects/<int:key>/methodologies/", proposing.Methodologies.as_view()),
    path("projects/<int:key>/estimates/", proposing.Estimates.as_view()),
    path("projects/<int:key>/sections/", proposing.Section.as_view()),
    path("monitoring-periods/<int:key>/days/", acts.PeriodDays.as_view()),
    path("monitoring-periods/<int:key>/amounts/", acts.PeriodAmounts.as_view()),
    path("monitoring-periods/<int:key>/findings/", acts.raising("monitoring_period").as_view()),
    path("monitoring-periods/<int:key>/requests/", acts.preparing("monitoring_period").as_view()),
    path("board-requests/<int:key>/review-requests/", acts.AskForReview.as_view()),
    path("board-requests/<int:key>/replies/", acts.Reply.as_view()),
    path("board-requests/<int:key>/forwarding-requests/", forwarding.Forward.as_view()),
    path("board-matters/<int:key>/text/", board.Text.as_view()),
    path("board-matters/<int:key>/assessments/", board.Assess.as_view()),
    path("board-matters/<int:key>/votes/", board.CastVote.as_view()),
    path("board/meetings/", board.Meetings.as_view(), name="meetings"),
    path("board/meetings/<int:key>/", board.Conduct.as_view()),
    path("board/members/", board.Members.as_view(), name="members"),
    path("board/members/<int:key>/oath/", board.Oath.as_view()),
    path("board/members/<int:key>/suspensions/", discipline.Suspend.as_view()),
    path("board/members/<int:key>/absences/", discipline.Justify.as_view()),
    path("board/suspensions/<int:key>/end/", discipline.EndSuspension.as_view()),
    path("board/elections/", board.Election.as_view()),
    path("accreditations/<int:key>/matters/", entity_matters.bringing("accreditation").as_view()),
    path("excess-issuances/<int:key>/matters/", entity_matters.bringing("excess_issuance").as_view()),
    path("entities/<int:key>/accreditations/", entities.Apply.as_view()),
    path("entities/<int:key>/activity-reports/", discipline.ActivityReports.as_view()),
    path("entities/<int:key>/excess-issuances/", entities.OpenReview.as_view()),
    path("projects/<int:key>/modalities-statements/", signing.StateModalities.as_view()),
    path("projects/<int:key>/participant-changes/", signing.AskForParticipantChange.as_view()),
    path("board-requests/<int:key>/risk-acknowledgements/", provisional.AcknowledgeRisk.as_view()),
    path("projects/<int:key>/transitions/", provisional.RequestTransition.as_view()),
    path("modalities-statements/<int:key>/scopes/", signing.ChangeModalities.as_view()),
    path("modalities-statements/<int:key>/focal-point-withdrawals/", signing.LeaveOffice.as_view()),
    path("participant-changes/<int:key>/content/", signing.AlterParticipantChange.as_view()),
    path("forwarding-requests/<int:key>/shares/", signing.ChangeForwarding.as_view()),
    path("projects/<int:key>/crediting-periods/", registered_changes.CreditingPeriods.as_view()),
    path("projects/<int:key>/renewals/", registered_changes.PrepareRenewal.as_view()),
    path("projects/<int:key>/changes/", registered_changes.PrepareChange.as_view()),
    path("registered-changes/<int:key>/change/", registered_changes.StateChange.as_view()),
    path("registered-changes/<int:key>/renewal/", registered_changes.StateRenewal.as_view()),
    path("registered-changes/<int:key>/requests/", acts.preparing("registered_change").as_view()),
    path("comments/<int:key>/answer/", parts.Answer.as_view()),
    path("comments/<int:key>/judgement/", parts.Judge.as_view()),
    path("findings/<int:key>/messages/", parts.WriteToFinding.as_view()),
    path("findings/<int:key>/close/", parts.CloseFinding.as_view()),
    path("files/<int:key>/", reading.File.as_view(), name="file"),
    path("registry/accounts/", account_requests.Accounts.as_view(), name="accounts"),
    path("registry/accounts/<str:identifier>/", account_requests.AccountPage.as_view()),
    path("registry/accounts/<str:identifier>/requests/", account_requests.AskAboutAccount.as_view()),
    path("registry/account-requests/", account_requests.AccountRequests.as_view(), name="account-requests"),
    path("registry/account-requests/<int:key>/", account_requests.AccountRequestPage.as_view()),
    path("registry/account-requests/<int:key>/approve/", account_requests.Approve.as_view()),
    path("registry/account-requests/<int:key>/reject/", account_requests.Reject.as_view()),
    path("registry/account-requests/<int:key>/cancel/", account_requests.Cancel.as_view()),
    path("registry/accounts/<str:identifier>/holdings/", book.Holdings.as_view()),
    path("registry/accounts/<str:identifier>/statement/", book.Statement.as_view()),
    path("registry/holdings/", movements.PublicHoldings.as_view(), name="holdings"),
    path("registry/movement-kinds/", movements.Kinds.as_view(), name="movement-kinds"),
    path("registry/movements/", movements.Movements.as_view(), name="movements"),
    path("registry/movements/awaiting/", movements.Awaiting.as_view(), name="movements-awaiting"),
    path("registry/movements/preview/", movements.Preview.as_view()),
    path("registry/movements/<int:key>/", movements.OneMovement.as_view(), name="movement"),
    path("registry/movements/<int:key>/approve/", movements.Approve.as_view()),
    path("registry/movements/<int:key>/reject/", movements.Reject.as_view()),
    path("registry/movements/<int:key>/cancel/", movements.Cancel.as_view()),
    path("registry/issuances/", book.Issuances.as_view(), name="issuances"),
    path("registry/serials/<str:party>/<int:serial>/", book.Story.as_view(), name="story"),
    path("registry/verification/", book.Verification.as_view(), name="verification"),
    path("rule-sets/", rulings.RuleSets.as_view(), name="rule-sets"),
    path("rule-sets/<slug:key>/", rulings.RuleSetPage.as_view()),
    path("parties/", rulings.Parties.as_view(), name="parties"),
    path("methodologies/", rulings.Methodologies.as_view(), name="methodologies"),
    # what is not here is a problem document too, not a page
    re_path(r"", start.Nowhere.as_view()),
]
# addresses are tried in order, and those of the book are asked most
urlpatterns.sort(key=lambda address: not str(address.pattern).startswith("registry/"))
