"""
An Argilla server on this machine alone: its own pages and API, one SQLite file, nothing else.

Only :mod:`access` may be imported where argilla-server is not installed. The others must wait for
:func:`serve.serve`, because argilla-server reads its settings once, when it is imported.
"""
