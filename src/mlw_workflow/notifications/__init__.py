"""What goes out to people: the wording of mails, the mails themselves, their transports, and the calendar feed.

Plain values come in (``values``), and nothing here knows the database, a definition or the clock.
"""
