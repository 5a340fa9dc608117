from services.shared.database import SharedBase
from services.shared.migrations import run
from services.analytics import tables
from services.analytics.base import Base

assert tables  # importing it is what fills the metadata
run(SharedBase.metadata, Base.metadata)
