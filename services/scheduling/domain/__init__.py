"""Pure rules of scheduling: times, slots, changes, transitions, feeds. No framework, no database."""
