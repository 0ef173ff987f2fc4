"""The API under ``/api/v1``: the services of the command line and the pages, for programs.

A route is an ordinary function. It gets a ``Call`` (who asks, in which language, with which token), calls one service
and answers with the shape that the command line gives. It must know no SQL, and decide nothing.
"""
