"""The law of time, pure: nothing here knows a database, a session or a file.

Real time is counted in whole minutes since 1 January 1970 UTC, so that nights of the clock change have the minutes that
really passed; clock.py turns them into local days and hours and back.
"""
