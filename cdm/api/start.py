"""The beginning of the interface: where everything is; and what is said where nothing is."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from cdm.api.door import COLLECTIONS, Door

OTHERS = ("me", "tasks", "notices", "deadlines", "engagements", "accounts", "account-requests", "holdings",
          "movement-kinds", "movements", "issuances", "verification",
          "rule-sets", "parties", "methodologies", "schema", "docs")  # fmt: skip


class Places(serializers.Serializer[Any]):
    """Where everything is."""

    places = serializers.DictField(child=serializers.CharField())
    now = serializers.DateTimeField(help_text="What time it is for the registry.")


class Start(Door):
    """Where everything is."""

    @extend_schema(
        operation_id="start", tags=["Start"], summary="Where everything is", responses={200: Places}
    )
    def get(self, request: Request) -> Response | HttpResponseRedirect:
        if "text/html" in request.headers.get("Accept", ""):
            return redirect("api:docs")
        places = {COLLECTIONS[name]: reverse(f"api:{name}-list") for name in COLLECTIONS}
        places |= {name: reverse(f"api:{name}") for name in OTHERS}
        return Response(Places({"places": places, "now": self.at()}).data)


@extend_schema(exclude=True)
class Nowhere(Door):
    """An address with nothing at it."""

    permission_classes = (AllowAny,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        slash = "" if request.path.endswith("/") else " Addresses end with a slash."
        raise Http404(f"There is nothing at this address.{slash} /api/docs/ lists what there is.")
