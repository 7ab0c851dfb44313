"""What operating the service needs beyond the tables of the first release."""

revision = "0002"
down_revision = "0001"

# Not released yet, so it still grows; once released it is frozen and 0003 begins. How to add:
# - one function per subject with explicit statements (op.execute, op.add_column), called in upgrade();
# - constraints and indexes get the names that shared.database.NAMING gives them;
# - a table of shared.messaging.tables stands in every service: its statement belongs in all three files;
# - rows that are there already must survive; a test compares the result with the models.


def upgrade() -> None:
    """Add to a database of the first release."""
