"""What all tables of scheduling share."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, ClassVar
from uuid import UUID

from sqlalchemy import DateTime, MetaData, Text
from sqlalchemy.orm import DeclarativeBase, mapped_column

from shared.clock import now
from shared.database import NAMING
from shared.identifiers import new_id


class Base(DeclarativeBase):
    """Mapped classes of this service."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map: ClassVar = {str: Text, datetime: DateTime(timezone=True)}


Id = Annotated[UUID, mapped_column(primary_key=True, default=new_id)]
Created = Annotated[datetime, mapped_column(default=now)]
