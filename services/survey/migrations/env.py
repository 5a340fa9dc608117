from services.shared.database import SharedBase
from services.shared.migrations import run
from services.survey import tables
from services.survey.base import Base

assert tables  # importing it is what fills the metadata
run(SharedBase.metadata, Base.metadata)
