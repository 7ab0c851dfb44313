"""How payloads of older versions become the newest one; empty until a fact changes its shape.

A changed fact raises its VERSION and gets a function here, decorated with ``@upgrade(name, from_version)``;
a frozen sample of the old version in tests/contract/samples keeps it honest.
"""
