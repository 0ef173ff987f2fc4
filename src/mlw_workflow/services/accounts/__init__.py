"""Accounts of the panel: inviting, choosing a password, logging in and out. One verb a file.

What makes an account safe (how long a session lasts, when a link runs out, when one may try again) goes by the
computer's clock, also where the programme's own day is simulated.
"""
