"""What every subject of a machine shares: a guarded state, a version, and a name for the record."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.db import models

from cdm.workflow.binding import bind
from cdm.workflow.machine import Ask, Machine, Move, State

if TYPE_CHECKING:
    from cdm.models.people import Organisation
    from cdm.models.project import Project


class Subject(models.Model):
    """A row that moves through the states of one machine, by `engine.perform` alone.

    `version` counts the moves and edits of the row; a form carries the version it was drawn from, so that a
    stale one is refused (it is the API's ETag too).
    """

    machine: Machine

    version = models.PositiveIntegerField(default=0, editable=False)
    entered_state_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        abstract = True

    if TYPE_CHECKING:
        state: str
        id: int

        def get_absolute_url(self) -> str: ...

    def __init_subclass__(cls, **kwargs: Any) -> None:
        # here, before Django prepares the class, because django-fsm collects its transitions then
        super().__init_subclass__(**kwargs)
        if "machine" in cls.__dict__:
            bind(cls, cls.machine)

    @property
    def place(self) -> State:
        """The state with its labels."""
        return self.machine.state(self.state)

    @property
    def whole_project(self) -> Project:
        """The project activity this row belongs to; it is locked first, whatever moves."""
        return self.project  # type: ignore[attr-defined,no-any-return]

    @property
    def project_if_any(self) -> Project | None:
        """The project activity this row belongs to; None where it belongs to an organisation."""
        return self.whole_project

    @property
    def entity_if_any(self) -> Organisation | None:
        """The organisation this row belongs to, where it belongs to no project."""
        return None

    @property
    def concerned_project(self) -> Project | None:
        """The project activity that its participants and Parties are told about, if there is one."""
        return self.project_if_any

    @property
    def belongs_to(self) -> Project | Organisation:
        """The row that is locked before this one: the project, or the organisation."""
        return self.whole_project

    @property
    def chain_name(self) -> str:
        """The chain its records are kept in."""
        return f"project:{self.whole_project.pk}"

    def law_of(self, row: Move) -> str:
        """What a row of the page rests on for this one, where kinds of it rest on different rules."""
        return row.law

    def label_of(self, ask: Ask) -> str:
        """What a move asks of this one, where kinds of it are asked in words of their own."""
        return ask.label

    def clock_opened_on(self, clock: str) -> dt.date | None:
        """The day a clock counts from where that is not the day the state was entered."""
        return None

    def days_clock_stood(self, clock: str) -> int:
        """Days for which a clock was stopped: they are added to its window."""
        return 0

    def barred_from_tasks(self) -> set[int]:
        """Keys of the people to whom no task about it is given, beside those with a conflict of interest."""
        return set()

    def clock_last_day(self, clock: str) -> dt.date | None:
        """The last day of a clock where the row itself says it; else the window of the rules counts it."""
        return None

    def refresh_from_db(
        self, using: str | None = None, fields: Iterable[str] | None = None, from_queryset: Any = None
    ) -> None:
        """Reload; the guarded state is dropped first because its field refuses a second assignment.

        Django takes what is dropped for deferred and leaves it out, so it is read by itself, and at once: a state
        that is not there is not guarded, and one read later could be another's.
        """
        reloads_state = fields is None or "state" in fields
        if reloads_state:
            self.__dict__.pop("state", None)
        super().refresh_from_db(using=using, fields=fields, from_queryset=from_queryset)
        if reloads_state and "state" not in self.__dict__:
            rows: Any = type(self)._default_manager.using(self._state.db)
            self.__dict__["state"] = rows.values_list("state", flat=True).get(pk=self.pk)


class OrganisationSubject(Subject):
    """A row that belongs to an organisation and to no project: its lock, its chain and its seats are that body's."""

    class Meta:
        abstract = True

    if TYPE_CHECKING:

        @property
        def organisation(self) -> Organisation:
            """The organisation it belongs to."""

    @property
    def whole_project(self) -> Project:
        raise TypeError(f"{self} belongs to an organisation, not to a project")

    @property
    def project_if_any(self) -> Project | None:
        return None

    @property
    def entity_if_any(self) -> Organisation | None:
        return self.organisation

    @property
    def concerned_project(self) -> Project | None:
        return None

    @property
    def belongs_to(self) -> Project | Organisation:
        return self.organisation

    @property
    def chain_name(self) -> str:
        return f"organisation:{self.organisation.pk}"
