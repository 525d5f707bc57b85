"""Who may act: users, the organisations they sit for, their seats and their conflicts of interest."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q

from cdm.workflow.roles import Role


class UserAccounts(BaseUserManager["User"]):
    """Makes users; the e-mail address is the login name and is kept in lower case."""

    def create_user(self, *, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        if not email:
            raise ValueError("A user needs an e-mail address.")
        user = self.model(email=email.strip().lower(), name=name.strip(), **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, *, email: str, name: str, password: str | None = None, **extra: Any) -> User:
        return self.create_user(
            email=email, name=name, password=password, is_staff=True, is_superuser=True, **extra
        )

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A natural person. What the person may do comes from seats, never from the user row."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=150)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    joined_at = models.DateTimeField(auto_now_add=True)

    objects = UserAccounts()

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    class Meta:
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name.split(" ")[0] if self.name else self.email


class Organisation(models.Model):
    """A body that persons sit for: a participant, a DNA, a DOE, the secretariat, the Board, the registry."""

    class Kind(models.TextChoices):
        PARTICIPANT = "participant", "Project participant"
        DNA = "dna", "Designated national authority (DNA)"
        DOE = "doe", "Designated operational entity (DOE)"
        SECRETARIAT = "secretariat", "Secretariat"
        BOARD = "board", "Executive Board"
        EXPERTS = "experts", "Registration and Issuance Team"
        REGISTRY = "registry", "Registry administrator"

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    party = models.CharField(
        max_length=2,
        blank=True,
        help_text="Party (ISO 3166 code) a DNA speaks for, or where a body is seated.",
    )
    email = models.EmailField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["party"], condition=Q(kind="dna"), name="one_designated_national_authority_per_party"
            ),
            models.CheckConstraint(
                condition=~Q(kind="dna") | ~Q(party=""), name="designated_national_authority_has_a_party"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def role(self) -> Role:
        """The seat a person of this organisation holds."""
        return ROLE_OF_KIND[self.kind]


ROLE_OF_KIND: dict[str, Role] = {
    Organisation.Kind.PARTICIPANT: Role.PARTICIPANT,
    Organisation.Kind.DNA: Role.DNA,
    Organisation.Kind.DOE: Role.DOE,
    Organisation.Kind.SECRETARIAT: Role.SECRETARIAT,
    Organisation.Kind.BOARD: Role.BOARD_MEMBER,
    Organisation.Kind.EXPERTS: Role.EXPERT,
    Organisation.Kind.REGISTRY: Role.REGISTRY_ADMINISTRATOR,
}


class SeatQuerySet(models.QuerySet["Seat"]):
    def held_on(self, day: dt.date) -> SeatQuerySet:
        """Seats in force on `day` of users who may still sign in."""
        return self.filter(
            Q(until_on__isnull=True) | Q(until_on__gte=day), from_on__lte=day, user__is_active=True
        )


class Seat(models.Model):
    """One person's seat in one organisation, from one day until another. Ended, never deleted."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="seats")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="seats")
    from_on = models.DateField()
    until_on = models.DateField(
        null=True, blank=True, help_text="Last day of the seat; empty while it is held."
    )
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    objects = SeatQuerySet.as_manager()

    class Meta:
        ordering = ["organisation__name", "user__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "organisation"],
                condition=Q(until_on__isnull=True),
                name="one_open_seat_per_user_and_organisation",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} for {self.organisation}"

    @property
    def role(self) -> Role:
        return self.organisation.role


class ConflictOfInterest(models.Model):
    """A recorded interest that keeps a person away from an organisation, a project or a Party.

    3/CMP.1 annex, para 8(f): no pecuniary or financial interest in any aspect of a project activity or any DOE.
    """

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="conflicts_of_interest")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, blank=True)
    project = models.ForeignKey("cdm.Project", on_delete=models.PROTECT, null=True, blank=True)
    party = models.CharField(max_length=2, blank=True)
    reason = models.TextField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-recorded_at", "-id"]
        verbose_name_plural = "conflicts of interest"
        constraints = [
            models.CheckConstraint(
                condition=Q(organisation__isnull=False) | Q(project__isnull=False) | ~Q(party=""),
                name="conflict_of_interest_names_its_object",
            )
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.organisation or self.project or self.party}"


class AccreditationQuerySet(models.QuerySet["Accreditation"]):
    def held_on(self, day: dt.date) -> AccreditationQuerySet:
        """What gives the right to work on `day`: inside its days, not ended before, its term not suspended."""
        from cdm.models.accreditation import AccreditationSuspension

        suspended = AccreditationSuspension.objects.filter(from_on__lte=day).exclude(ended_on__lte=day)
        return (
            self.filter(from_on__lte=day)
            .exclude(until_on__lt=day)
            .exclude(ended_on__lte=day)
            .exclude(entity_accreditation__in=suspended.values("entity_accreditation"))
        )


class Accreditation(models.Model):
    """One sectoral scope for one function of a DOE, between two days (3/CMP.1 annex, paras 20-22).

    It belongs to a term, which moves; those entered before there were terms belong to none until it is taken over.
    """

    class Function(models.TextChoices):
        VALIDATION = "validation", "Validation"
        VERIFICATION = "verification", "Verification and certification"

    doe = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="accreditations")
    function = models.CharField(max_length=20, choices=Function.choices)
    sectoral_scope = models.PositiveSmallIntegerField()
    from_on = models.DateField()
    until_on = models.DateField(null=True, blank=True, help_text="Last day of the accreditation.")
    entity_accreditation = models.ForeignKey(
        "cdm.EntityAccreditation", on_delete=models.PROTECT, null=True, blank=True, related_name="scopes"
    )
    ended_on = models.DateField(
        null=True, blank=True, help_text="First day on which it is held no longer, where it ended early."
    )
    ended_because = models.CharField(max_length=60, blank=True)

    objects = AccreditationQuerySet.as_manager()

    class Meta:
        ordering = ["doe__name", "function", "sectoral_scope", "from_on"]

    def __str__(self) -> str:
        return f"{self.doe}: {self.function}, scope {self.sectoral_scope}"
