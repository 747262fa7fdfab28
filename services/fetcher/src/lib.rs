//! Polls the wires and publishes what is new as raw items.
