"""The pages on which accounts are opened and changed, walked in two seats: who asks, and who approves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from registry import account_requests, people
from registry.models import Account
from registry.models_accounts import AccountRepresentative, AccountRequest
from tests.given import World
from tests.web.reading import words

pytestmark = pytest.mark.django_db
Visit = Callable[[str], Client]


def asking(account: Account, kind: str) -> str:
    return reverse("registry:ask_about_account", args=[account.identifier, kind])


def deciding(request: AccountRequest, decision: str) -> str:
    return reverse("registry:decide_account_request", args=[request.pk, decision])


def key_of(page: Any) -> str:
    """The key that a form carries so that, sent twice, it is asked once."""
    return str(page.context["form"].initial["key"])


def test_opened_represented_trusted_suspended_and_closed(world: World, visit: Visit) -> None:
    """A holder's account from the first form to its end; every step is asked in one seat and approved in another."""
    first, second, holder = visit("administrator"), visit("second administrator"), visit("developer")
    # opened: the administrator asks, and cannot approve
    opening = reverse("cdm:open_account")
    sent = {
        "organisation": str(world.organisations["developer"].pk),
        "party": "BR",
        "representatives": "developer@example.org",
        "reason": "Letter of 3 May",
        "key": key_of(first.get(opening)),
    }
    page = words(first.post(opening, sent, follow=True))
    assert "Open an account (holding) for EcoSecurities, BR" in page
    assert "Add Developer (developer@example.org)" in page
    assert "Cancel the request" in page
    request = AccountRequest.objects.get()
    first.post(opening, sent)
    assert AccountRequest.objects.count() == 1, "the form was sent twice"
    refusal = first.get(deciding(request, "approve"))
    assert refusal.status_code == 403
    assert "You asked for this yourself" in words(refusal)
    # the second one finds it first on the page of accounts
    page = words(second.get(reverse("cdm:registry_accounts")))
    assert page.index("Awaiting approval") < page.index("Letter of 3 May") < page.index("Ask for an account")
    page = words(second.get(deciding(request, "approve")))
    assert "Letter of 3 May" in page
    assert Account.objects.count() == 0, "looking at the page does nothing"
    page = words(second.post(deciding(request, "approve"), {"reason": ""}, follow=True))
    account = Account.objects.get()
    assert account.identifier in page
    assert "Representative Since Developer developer@example.org" in page
    # changed: the holder's representative asks
    page = words(holder.get(reverse("cdm:registry_account", args=[account.identifier])))
    assert "Ask to change the representatives" in page
    assert "reopen" not in page
    url = asking(account, "change_representatives")
    answer = holder.post(url, {"add": "nobody@example.org", "reason": "Holiday"})
    assert answer.status_code == 422
    assert "Nobody signs in with nobody@example.org." in words(answer)
    answer = holder.post(url, {"add": "developer@example.org", "reason": "Holiday"})
    assert answer.status_code == 422
    assert "Developer represents the account already." in words(answer)
    answer = holder.post(url, {"add": "buyer@example.org", "reason": "Holiday"}, follow=True)
    assert "Add Buyer (buyer@example.org)" in words(answer)
    assert holder.get(deciding(AccountRequest.objects.latest("id"), "approve")).status_code == 403
    first.post(deciding(AccountRequest.objects.latest("id"), "approve"), {"reason": "Seen the letter."})
    assert people.is_representative(world.people["buyer"], account, world.at)
    # the buyer, who has no seat at the holder, now sees the account, and may send to another
    other = world.account("buyer", "NL")
    buyer = visit("buyer")
    url = asking(account, "change_trusted_accounts")
    answer = buyer.post(url, {"add": f"{other.identifier}1", "reason": "Sold"})
    assert answer.status_code == 422
    assert "wrong check digits" in words(answer) or "is not an account identifier" in words(answer)
    buyer.post(url, {"add": other.identifier, "reason": "Sold"})
    first.post(deciding(AccountRequest.objects.latest("id"), "approve"), {"reason": ""})
    assert people.trusts(account, other, world.at)
    # suspended, which stops what is not possible then
    holder.post(asking(account, "suspend"), {"reason": "A lost key"})
    first.post(deciding(AccountRequest.objects.latest("id"), "approve"), {"reason": ""})
    answer = holder.get(asking(account, "close"))
    assert answer.status_code == 409
    assert "is suspended" in words(answer)
    assert holder.get(asking(account, "reopen")).status_code == 403
    first.post(asking(account, "reopen"), {"reason": "Found"})
    request = AccountRequest.objects.latest("id")
    second.post(deciding(request, "approve"), {"reason": ""})
    again = second.post(deciding(request, "approve"), {"reason": ""})
    assert again.status_code == 409
    assert "nothing more is done about it" in words(again)
    # somebody is ended by a tick, and the account is closed
    end = AccountRepresentative.objects.get(account=account, user=world.people["buyer"])
    holder.post(asking(account, "change_representatives"), {"end": str(end.user_id), "reason": "Sold out"})
    request = AccountRequest.objects.latest("id")
    answer = holder.post(asking(account, "close"), {"reason": "Done"})
    assert answer.status_code == 422
    assert "still has 1 open request" in words(answer)
    assert first.post(deciding(request, "reject"), {"reason": ""}).status_code == 422
    first.post(deciding(request, "reject"), {"reason": "Not signed."})
    holder.post(asking(account, "close"), {"reason": "Done"})
    page = words(
        first.post(deciding(AccountRequest.objects.latest("id"), "approve"), {"reason": ""}, follow=True)
    )
    assert "Closed" in page
    assert "Representative added Buyer: Holiday" in page
    page = words(holder.get(reverse("registry:account_requests")))
    assert "rejected by Administrator" in page
    assert "Not signed." in page


def test_accounts_of_parties_are_asked_for_on_a_page_of_their_own(world: World, visit: Visit) -> None:
    url, first = reverse("registry:ask_opening"), visit("administrator")
    sent = {"type": "retirement", "party": "br", "holder": "Brazil", "reason": "Note verbale"}
    answer = first.post(url, sent)
    assert answer.status_code == 422
    assert "is opened for Annex I Parties and those they authorise only, and BR is not one." in words(answer)
    answer = first.post(url, sent | {"party": "nl", "holder": "Netherlands"}, follow=True)
    assert "Open an account (retirement) for Netherlands, NL" in words(answer)
    for who in ("developer", "secretary"):
        assert visit(who).post(url, sent).status_code == 403
    request = AccountRequest.objects.get()
    assert visit("developer").get(deciding(request, "approve")).status_code == 404
    first.post(deciding(request, "cancel"), {"reason": "Asked twice."})
    assert AccountRequest.objects.get().state == "cancelled"


def test_lists_ask_the_database_a_bounded_number_of_times(
    world: World, visit: Visit, django_assert_max_num_queries: Any
) -> None:
    accounts = [world.account() for _ in range(6)]
    for number, account in enumerate(accounts):
        account_requests.propose_change(
            kind="suspend",
            account=account,
            by=world.people["developer"],
            at=world.at,
            reason="x",
            key=f"k{number}",
        )
    for who in ("developer", "administrator"):
        client = visit(who)
        for name in ("cdm:registry_accounts", "registry:account_requests"):
            with django_assert_max_num_queries(60):
                assert client.get(reverse(name)).status_code == 200
