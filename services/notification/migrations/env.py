from services.notification import tables
from services.notification.base import Base
from services.shared.database import SharedBase
from services.shared.migrations import run

assert tables  # importing it is what fills the metadata
run(SharedBase.metadata, Base.metadata)
