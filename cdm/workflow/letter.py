"""THE PAGE of the letter of approval: one for each Party involved (3/CMP.1 annex, para 40(a))."""

from __future__ import annotations

from cdm.workflow.machine import Ask, Machine, Move, State, Wait
from cdm.workflow.roles import Role

PARTICIPANT, DNA, DOE, CONSEQUENCE = Role.PARTICIPANT, Role.DNA, Role.DOE, Role.CONSEQUENCE

STATES = (
    State(
        "requested",
        "Requested",
        public="Requested",
        stage="host_approval",
        waits=(Wait(DNA, "Decide on the letter of approval", ("issue", "refuse")),),
    ),
    State(
        "issued",
        "Issued",
        public="Issued",
        stage="host_approval",
        ending="good",
        waits=(
            Wait(
                DNA,
                "Decide whether the letter authorises a further participant",
                ("authorise_further",),
                when="a_further_participant_asks",
            ),
        ),
    ),
    State("refused", "Refused", public="Refused", stage="host_approval", ending="bad"),
    State("withdrawn", "Withdrawn", public="Withdrawn", stage="host_approval", ending="bad"),
    State("lapsed", "No longer asked for", public="No longer asked for", stage="host_approval", ending="bad"),
)

MOVES = (
    Move(
        "issue",
        ("requested",),
        "issued",
        (DNA,),
        "Issue the letter of approval",
        happened="Letter of approval issued",
        needs=("letter_is_complete", "party_may_approve"),
        then=("keep_letter", "tell_project_of_approval"),
        asks=(
            Ask("number", "line", "Number of the letter"),
            Ask("dated_on", "date", "Date of the letter"),
            Ask("is_voluntary", "affirm", "Participation is voluntary"),
            Ask(
                "contributes_to_sustainable_development",
                "yes_no",
                "The project activity assists the host Party in achieving sustainable development",
                hint="Asked of the host Party (3/CMP.1 annex, para 40(a)).",
                required=False,
            ),
            Ask(
                "participants",
                "organisations",
                "Participants this letter authorises",
                hint="Only participants that asked this Party for authorisation are listed.",
                required=False,
            ),
            Ask("letter", "file", "The signed letter", required=False, document="letter"),
        ),
        tells=(PARTICIPANT, DOE),
        law="3/CMP.1 annex, paras 28, 33 and 40(a)",
    ),
    Move(
        "authorise_further",
        ("issued",),
        "issued",
        (DNA,),
        "Authorise further participants",
        happened="Further participants authorised",
        needs=("participants_asked_for_it",),
        then=("keep_further_authorisation",),
        asks=(
            Ask(
                "participants",
                "organisations",
                "Participants this letter authorises besides",
                hint="Only participants that asked this Party for authorisation are listed.",
            ),
            Ask("letter", "file", "The signed letter", required=False, document="letter"),
        ),
        tells=(PARTICIPANT, Role.SECRETARIAT),
        law="3/CMP.1 annex, para 33; rulebook 2.4 and 2.5",
    ),
    Move(
        "refuse",
        ("requested",),
        "refused",
        (DNA,),
        "Refuse the letter of approval",
        happened="Letter of approval refused",
        note="required",
        note_label="Reason",
        tells=(PARTICIPANT, DOE),
        law="3/CMP.1 annex, paras 28 and 40(a)",
        public=False,
    ),
    Move(
        "withdraw",
        ("issued",),
        "withdrawn",
        (DNA,),
        "Withdraw the letter of approval",
        happened="Letter of approval withdrawn",
        note="required",
        note_label="Reason",
        then=(
            "bring_withdrawal_before_the_board",
            "tell_project_of_lost_approval",
            "tell_forwarding_of_lost_approval",
        ),
        tells=(PARTICIPANT, DOE, Role.SECRETARIAT),
        law="Rulebook 2.5; 3/CMP.1 annex, para 33; EB 25 para 108",
        warning="Before registration an open request for registration ends with it if this is the host Party's letter. "
        "After registration the registration stands, but no participant that the letter authorises can receive "
        "units any more, and open forwarding requests to them are refused.",
    ),
    Move(
        "request_again",
        ("refused", "withdrawn", "lapsed"),
        "requested",
        (PARTICIPANT, CONSEQUENCE),
        "Ask again for the letter of approval",
        happened="Letter of approval asked for again",
        needs=("project_asks_for_letters",),
        note="required",
        note_label="What has changed",
        tells=(DNA,),
        law="3/CMP.1 annex, para 40(a)",
        public=False,
    ),
    Move(
        "lapse",
        ("requested",),
        "lapsed",
        (CONSEQUENCE,),
        "The letter is no longer asked for",
        tells=(DNA,),
        public=False,
    ),
)

LETTER_OF_APPROVAL = Machine(
    name="letter_of_approval",
    title="Letter of approval",
    states=STATES,
    moves=MOVES,
    initial="requested",
    law="Kyoto Protocol, Art. 12.5(a); 3/CMP.1 annex, paras 28-33 and 40(a)",
)
