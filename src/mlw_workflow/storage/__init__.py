"""Where the record lives: SQLite for one office, PostgreSQL for the country. The same promises on both.

The way of a transition and every read that a command needs go straight to the database driver with statements written
out in ``statements``: importing SQLAlchemy takes longer (0.3 s; SQLModel 0.6 s) than a whole ``mlw status`` may. The
tables themselves are declared once, in ``tables``, for the migrations and for whoever wants an ORM session; tests keep
tables, migrations and statements equal.
"""
