"""The versions a read model is built to, known without importing what builds it.

Raise a fold's number when its answers change meaning: a read model of another version is built
anew.
"""

VERSIONS = {
    "schema": 6,
    "presence": 4,
    "berths": 4,
    "flight_plan": 4,
    "agreement_text": 1,
    "agreement_seats": 1,
    "command": 1,
}

BUILT_TO = ",".join(f"{name}={version}" for name, version in VERSIONS.items())
"""What a read model of this program says of itself."""
