from services.analytics import tables
from services.analytics.base import Base
from services.shared.database import SharedBase
from services.shared.migrations import run

assert tables  # importing it is what fills the metadata
run(SharedBase.metadata, Base.metadata)
