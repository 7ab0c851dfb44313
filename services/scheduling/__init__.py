"""When and where: coordinators, networks, venues, meetings, slots, the roster, calendar feeds."""
