"""What the engine has to say to people: a sentence in Polish and one in English for every code, side by side.

``reasons`` words refusals, ``errors`` what went wrong, ``checks`` what an audit found. Each sentence says what
happened, where, and what to do.
"""
