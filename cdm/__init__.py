"""The Clean Development Mechanism's life cycle: projects, requests, reviews, and the pages people work in."""

from cdm.celery import app as celery_app

__all__ = ["celery_app"]
