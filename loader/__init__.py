"""The loader: ledger files to findings, and to events that the log records.

A problem is a value with file, line, rule and hint, never an exception: all of them are collected,
and nothing is recorded while there is one.
"""
