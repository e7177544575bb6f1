"""The aggregates, what they accept, and the log that records it.

Each aggregate is one module in one order: stream, state, evolve, decide. All four are pure; the
clock is passed in.
"""
