"""Webhooks."""

from mlw_workflow.interfaces.api.routing import Routes

routes = Routes("webhooks")
