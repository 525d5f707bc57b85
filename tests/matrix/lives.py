"""A subject in every state of every machine, each reached from nothing through the doors.

All lives share one clock, so those that wait in a state whose window closes by itself come last.
A name after a slash tells apart two subjects in the same state: what a move needs is there, or it is not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from cdm.acts import monitoring, proposal, requests
from cdm.models import BoardMatter, BoardRequest, MonitoringPeriod, ParticipantChange, Project
from cdm.rules import review
from cdm.workflow import judging
from tests import changes
from tests.given import World
from tests.matrix import lives_of_changes, lives_of_entities, lives_of_later_years

Lives = dict[str, Any]
NOTE = "For the reasons on file."
FROM, UNTIL = "2019-04-01", "2019-12-31"
# developer and agent together, the agent being no participant
JOINTLY = {scope: ("joint", ("developer", "agent")) for scope in ("forwarding", "participants")}
BIG, LITTLE = 670_133, 10_000  # a registration fee is due above 15,000 t a year


def projects(world: World) -> Lives:
    """Each state of the project activity."""
    made: Lives = {"transitioned": lives_of_later_years.transitioned_project(world)}
    made["deregistered"] = lives_of_changes.deregistered_project(world)
    world.on("2019-01-07")
    made["draft"] = world.draft(crediting_from=FROM)
    made["draft/empty"] = proposal.file_project(
        title="Nothing yet",
        developer=world.organisations["developer"],
        by=world.people["developer"],
        at=world.at,
    )
    made["awaiting_host_approval"] = world.submitted(crediting_from=FROM)
    world.engaged(made["awaiting_host_approval"])
    made["host_approved"] = world.submitted(crediting_from=FROM)
    world.approve(made["host_approved"])
    world.engaged(made["host_approved"])
    made["withdrawn_before_publication"] = world.submitted(crediting_from=FROM)
    world.do(made["withdrawn_before_publication"], "withdraw", "developer", NOTE)
    made["withdrawn"] = world.published(crediting_from=FROM)
    world.do(made["withdrawn"], "withdraw", "developer", NOTE)
    made["validation_terminated"] = world.published(crediting_from=FROM)
    world.do(made["validation_terminated"], "terminate_validation", "validator", NOTE)

    commented = ["in_validation", "in_validation/bare", "validation_negative"]
    to_validate = ["validated", "requesting_registration", "registered", "rejected"]
    for name in commented + to_validate:
        made[name] = world.published(crediting_from=FROM)
    for name in commented + to_validate:
        world.after_comments(made[name])
        if name != "in_validation/bare":
            world.attach(made[name], "validation_report", "validator")
    world.do(made["validation_negative"], "give_negative_opinion", "validator", opinion="Not additional.")
    for name in to_validate:
        world.do(made[name], "give_positive_opinion", "validator", opinion="All is met.")
    asked = {name: world.published_request(made[name], "validator") for name in ("registered", "rejected")}
    under_review(world, asked["rejected"])
    world.decided(asked["rejected"], "reject", "Not additional.")
    world.after_window(asked["registered"])
    world.submitted_request(made["requesting_registration"], "validator")
    made["open_for_comments"] = world.published(crediting_from=FROM)
    return made


def letters(world: World) -> Lives:
    """Each state of the host Party's letter of approval."""
    world.on("2019-01-07")
    made: Lives = {}
    registered = world.registered(crediting_from=FROM)
    made["issued/registered"] = registered.letters.get(party="BR")
    asked_to_add(world, registered)
    for name in ("requested", "issued", "refused", "withdrawn", "lapsed"):
        made[name] = world.submitted(crediting_from=FROM).letters.get(party="BR")
    for name in ("issued", "withdrawn"):
        world.approve(made[name].project)
    world.do(made["refused"], "refuse", "dna BR", NOTE)
    made["withdrawn"].refresh_from_db()
    world.do(made["withdrawn"], "withdraw", "dna BR", NOTE)
    world.do(made["lapsed"].project, "reopen_draft", "developer", NOTE)
    return made


def board_requests(world: World) -> Lives:
    """Each state of the request to the Board: for registration until it is registered, for issuance after that."""
    made: Lives = lives_of_later_years.provisional_requests(world)
    world.on("2019-01-07")
    at_issuance = ["awaiting_instruction", "awaiting_instruction/prepaid", "awaiting_share_of_proceeds",
                   "instructed", "issued"]  # fmt: skip
    of_registration = ["being_prepared", "awaiting_fee", "completeness_check", "information_check", "returned",
                       "under_review", "registered", "rejected", "withdrawn", "published",
                       "review_requested", "corrections_requested", "corrections_check"]  # fmt: skip
    yearly = {"awaiting_instruction": LITTLE, "awaiting_share_of_proceeds": LITTLE}
    every = at_issuance + of_registration
    ready: dict[str, Project] = {
        name: world.published(crediting_from=FROM, yearly_t=yearly.get(name, BIG)) for name in every
    }
    for project in ready.values():
        world.after_comments(project)
        world.attach(project, "validation_report", "validator")
        world.do(project, "give_positive_opinion", "validator", opinion="All is met.")

    registering = {name: world.published_request(ready[name], "validator") for name in at_issuance}
    made["registered"] = world.published_request(ready["registered"], "validator")
    for request in [*registering.values(), made["registered"]]:
        world.after_window(request)

    world.on("2020-02-03")
    issuing = {}
    for name in at_issuance:
        ready[name].refresh_from_db()
        issuing[name] = world.published_request(certified(world, ready[name]), "verifier")
    made["approved"] = changes.requested(
        world, changes.validated(world, changes.change(world, ready["registered"]))
    )
    for request in (*issuing.values(), made["approved"]):
        world.after_window(request)
    for name, request in issuing.items():
        made[name] = request
    for name in ("awaiting_share_of_proceeds", "instructed", "issued"):
        world.do(made[name], "instruct_issuance", "member 1")
    world.do(made["issued"], "issue", "administrator")

    for name in ("being_prepared", "withdrawn"):
        made[name] = world.request_for(ready[name], "validator")
    world.do(made["withdrawn"], "withdraw", "validator", NOTE)
    made["awaiting_fee"] = world.request_for(ready["awaiting_fee"], "validator")
    world.do(made["awaiting_fee"], "submit", "validator")
    for name in ("completeness_check", "information_check", "returned"):
        made[name] = world.submitted_request(ready[name], "validator")
    world.do(made["information_check"], "pass_completeness", "secretary")
    world.do(made["returned"], "return", "secretary", sections=["fee"], reasons="No proof of payment.")
    with_corrections = ("corrections_requested", "corrections_check")
    for name in ("rejected", *with_corrections):
        made[name] = world.published_request(ready[name], "validator")
        under_review(world, made[name])
        outcome = "reject" if name == "rejected" else "approve_with_corrections"
        world.proposed(made[name], outcome, corrections="Section (i)." if name != "rejected" else "")
    world.on(f"{world.at.date() + dt.timedelta(days=20)}")
    for name in ("rejected", *with_corrections):
        made[name].refresh_from_db()
    for name in with_corrections:
        world.attach(made[name], "correction", "validator")
    world.do(made["corrections_check"], "submit_corrections", "validator", NOTE)
    for name in ("under_review", "published", "review_requested"):
        made[name] = world.published_request(ready[name], "validator")
    under_review(world, made["under_review"])
    review_requested(world, made["review_requested"])
    return made


def monitoring_periods(world: World) -> Lives:
    """Each state of the monitoring period."""
    moved = lives_of_later_years.transitioned_period(world)
    world.on("2019-01-07")
    names = ["being_prepared", "being_prepared/bare", "submitted", "in_verification", "in_verification/bare",
             "certified", "requesting_issuance", "issued", "rejected", "verification_negative",
             "withdrawn", "not_claimed"]  # fmt: skip
    projects = registered(world, names)
    world.on("2020-02-03")
    made: Lives = {
        "transitioned": moved,
        "being_prepared/bare": monitoring.open_period(
            projects["being_prepared/bare"],
            starts_on=dt.date.fromisoformat(FROM),
            ends_on=dt.date.fromisoformat(UNTIL),
            by=world.people["developer"],
            at=world.at,
        ),
    }
    made["not_claimed"] = monitoring.open_period(
        projects["not_claimed"],
        starts_on=dt.date.fromisoformat(FROM),
        ends_on=dt.date.fromisoformat(UNTIL),
        by=world.people["developer"],
        at=world.at,
    )
    world.do(made["not_claimed"], "claim_nothing", "developer", NOTE)
    for name in ("being_prepared", "submitted", "withdrawn"):
        world.engaged(projects[name], "verification", "verifier")
        made[name] = world.period(projects[name], FROM, UNTIL, {2: 5_000})
    world.do(made["submitted"], "submit", "developer")
    world.do(made["withdrawn"], "withdraw", "developer", NOTE)
    for name in ("in_verification", "in_verification/bare", "verification_negative"):
        made[name] = world.in_verification(projects[name], FROM, UNTIL, {2: 5_000})
        if name != "in_verification/bare":
            world.attach(made[name], "verification_report", "verifier")
    world.do(made["verification_negative"], "refuse_certification", "verifier", opinion="Not measured.")
    for name in ("certified", "requesting_issuance", "issued", "rejected"):
        made[name] = certified(world, projects[name])
    issuing = {name: world.published_request(made[name], "verifier") for name in ("issued", "rejected")}
    under_review(world, issuing["rejected"])
    world.decided(issuing["rejected"], "reject", "Not as verified.")
    world.after_window(issuing["issued"])
    world.do(issuing["issued"], "instruct_issuance", "member 1")
    world.do(issuing["issued"], "issue", "administrator")
    world.submitted_request(made["requesting_issuance"], "verifier")
    return made


def statements(world: World) -> Lives:
    """Each state of the statement of modalities; a focal point that is no participant is named in all of them."""
    world.on("2019-01-07")
    made: Lives = {}
    for name in ("being_signed", "withdrawn"):
        made[name] = world.stated(world.submitted(crediting_from=FROM), **JOINTLY)
    world.do(made["withdrawn"], "withdraw", "developer", NOTE)
    project = world.submitted(crediting_from=FROM)
    for name in ("superseded", "in_force"):
        made[name] = world.modalities(project, **JOINTLY)
    return made


def participant_changes(world: World) -> Lives:
    """Each state of the change of participants: a new name for the buyer, and one added without a letter."""
    world.on("2019-01-07")
    made: Lives = {}
    names = ["being_signed", "submitted", "submitted/without_letter", "carried_out", "refused", "withdrawn"]
    for name, project in registered(world, names).items():
        world.modalities(project, **JOINTLY)
        if name == "submitted/without_letter":
            made[name] = asked_to_add(world, project)
        else:
            # a name is given once, so each asks for another
            made[name] = world.change_asked(project, "rename", "buyer", new_name=f"Facility, {name}")
        for who in ("agent", "buyer"):
            if made[name].state == "being_signed" and name != "being_signed":
                world.sign(made[name], who)
    world.do(made["withdrawn"], "withdraw", "agent", NOTE)
    world.do(made["refused"], "refuse", "secretary", NOTE)
    world.do(made["carried_out"], "carry_out", "secretary")
    return made


def asked_to_add(world: World, project: Project) -> ParticipantChange:
    """The focal point without a letter asks to be a participant authorised by the host Party."""
    return world.change_asked(project, "add", "agent", party="BR")


def forwarding_requests(world: World) -> Lives:
    """Each state of the forwarding request, all out of one issuance; two focal points sign jointly."""
    world.on("2019-01-07")
    project = registered(world, ["issued"])["issued"]
    world.modalities(project, **JOINTLY)
    world.on("2020-02-03")
    issued = world.issued(project, FROM, UNTIL, {2: 5_000})
    account = world.account()
    made = {
        name: world.forwarding_asked(issued, [(account, 2, 100)])
        for name in ("being_signed", "requested", "forwarded", "refused", "withdrawn")
    }
    for name in ("requested", "forwarded", "refused", "withdrawn"):
        world.sign(made[name], "agent")
    world.do(made["forwarded"], "carry_out", "administrator")
    world.do(made["refused"], "refuse", "administrator", NOTE)
    world.do(made["withdrawn"], "withdraw", "developer", NOTE)
    return made


def prior_considerations(world: World) -> Lives:
    """Each state of the notice of prior consideration, all of an activity that started on 7 January 2019."""
    world.on("2019-02-04")
    made: Lives = {}
    for name in ("notified", "notified/published", "acknowledged", "taken_up", "late", "withdrawn"):
        project = world.draft(crediting_from=FROM, started_on="2019-01-07")
        made[name] = world.notified(project, started_on="2019-01-07")
    for name in ("acknowledged", "taken_up"):
        world.do(made[name], "acknowledge", "secretary")
    world.do(made["late"], "find_late", "secretary", "As the contract shows.", started_on=dt.date(2018, 5, 2))
    world.do(made["withdrawn"], "withdraw", "developer", NOTE)
    for name in ("taken_up", "notified/published"):
        project = made[name].project
        world.do(project, "submit", "developer")
        world.approve(project)
        world.engaged(project)
        world.do(project, "publish", "validator")
    return made


def board_matters(world: World) -> Lives:
    """Each state of a matter before the Board; on the agenda of an open meeting, and of none."""
    world.on("2019-01-07")
    decided = ["awaiting_ruling_note", "decided"]
    on_agenda = ["on_agenda", "on_agenda/convened"]
    assessing = ["being_assessed", "being_assessed/bare", "awaiting_information", "lapsed"]
    names = ["opened", *assessing, "proposed", "in_electronic_decision", *on_agenda, *decided]
    ready = {name: world.published(crediting_from=FROM) for name in names}
    for project in ready.values():
        world.after_comments(project)
        world.attach(project, "validation_report", "validator")
        world.do(project, "give_positive_opinion", "validator", opinion="All is met.")
    world.on("2020-02-03")

    def matter(name: str) -> BoardMatter:
        return world.under_review(world.published_request(ready[name], "validator"))

    made: Lives = {name: matter(name) for name in decided}
    made["opened"] = BoardMatter.objects.create(
        kind=BoardMatter.Kind.REVIEW,
        project=ready["opened"],
        request=world.request_for(ready["opened"], "validator"),
        rule_set_key=made["decided"].rule_set_key,
        opened_on=world.at.date(),
    )
    for name in decided:
        world.proposed(made[name].request, "reject")
    world.on("2020-03-02")
    for name in decided:
        made[name].refresh_from_db()
    note = {"facts": "The facts.", "rule": "Para 43.", "rationale": "Hence."}
    world.do(made["decided"], "publish_ruling_note", "secretary", **note)
    for name in ("in_electronic_decision", *on_agenda):
        made[name] = matter(name)
        made[name] = world.proposed(made[name].request, "approve")
        world.do(made[name], "object", "member 5", NOTE)
    meeting = world.meeting(100, on="2020-03-16", is_open=False)
    later = world.on("2020-03-10").meeting(101, on="2020-04-20", is_open=False)
    made["on_agenda/convened"].refresh_from_db()
    world.on("2020-03-16").opened(meeting)
    made["on_agenda"].refresh_from_db()
    made |= lives_of_entities.matters_of_entities(world, later)
    # one is on the agenda of the meeting that is open, the other on that of one that is not
    for name in ("in_electronic_decision", "on_agenda/convened"):
        BoardMatter.objects.filter(pk=made[name].pk).update(meeting=later)
        made[name].refresh_from_db()
    world.do(made["in_electronic_decision"], "decide_electronically", "member 1", NOTE)
    for name in assessing:
        made[name] = matter(name)
    world.do(
        made["awaiting_information"],
        "ask_for_information",
        "secretary",
        asked_of="participant",
        text="Which?",
    )
    made["lapsed"].request.refresh_from_db()
    world.do(made["lapsed"].request, "withdraw", "developer", NOTE)
    made["proposed"] = world.proposed(matter("proposed").request, "approve")
    for recommending in ("secretary", ""):
        world.assess(made["being_assessed"], "approve", recommending)
    return made


def excess_issuances(world: World) -> Lives:
    """Each state of the excess issuance, on a project whose units have been forwarded."""
    world.on("2019-01-07")
    project = registered(world, ["issued"])["issued"]
    world.on("2020-02-03")
    issued = world.issued(project, FROM, UNTIL, {2: 5_000})
    world.do(world.forwarding_asked(issued, [(world.account(), 2, 4_900)]), "carry_out", "administrator")
    return lives_of_entities.excess_issuances(world, project)


LIVES: dict[str, Callable[[World], Lives]] = {
    "project": projects,
    "letter_of_approval": letters,
    "board_request": board_requests,
    "board_matter": board_matters,
    "monitoring_period": monitoring_periods,
    "registered_change": lives_of_changes.registered_changes,
    "forwarding_request": forwarding_requests,
    "prior_consideration": prior_considerations,
    "accreditation": lives_of_entities.accreditations,
    "excess_issuance": excess_issuances,
    "modalities_statement": statements,
    "participant_change": participant_changes,
    "risk_acknowledgement": lives_of_later_years.risk_acknowledgements,
    "transition": lives_of_later_years.transitions,
}


def registered(world: World, names: list[str]) -> dict[str, Project]:
    """A registered project for each name."""
    made = {name: world.published(crediting_from=FROM) for name in names}
    for project in made.values():
        world.after_comments(project)
        world.attach(project, "validation_report", "validator")
        world.do(project, "give_positive_opinion", "validator", opinion="All is met.")
    asked = [world.published_request(project, "validator") for project in made.values()]
    for request in asked:
        world.after_window(request)
    for project in made.values():
        project.refresh_from_db()
    return made


def certified(world: World, project: Project) -> MonitoringPeriod:
    """5,000 t certified for April to December 2019."""
    return world.certified(project, FROM, UNTIL, {2: 5_000})


def review_requested(world: World, request: BoardRequest) -> None:
    """Three members without a conflict ask for a review, on a permitted ground."""
    rules = judging.rules_of(request, world.at.date())
    ground = review.grounds(rules, request.kind, world.at.date())[0].code
    for member in ("member 1", "member 2", "member 3"):
        requests.ask_for_review(
            request, grounds=[ground], reasons="Is it additional?", by=world.people[member], at=world.at
        )
    request.refresh_from_db()


def under_review(world: World, request: BoardRequest) -> None:
    """Asked for, and answered by both sides."""
    review_requested(world, request)
    for who in ("developer", "verifier" if request.is_issuance else "validator"):
        requests.reply(request, text="It is.", by=world.people[who], at=world.at)
    request.refresh_from_db()
