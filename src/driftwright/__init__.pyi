from .authoring import Adopted as Adopted
from .authoring import Emitted as Emitted
from .authoring import Refused as Refused
from .authoring import Scaffold as Scaffold
from .base.errors import BlindFault as BlindFault
from .base.errors import Fault as Fault
from .base.errors import InputFault as InputFault
from .base.errors import MachineFault as MachineFault
from .base.terms import Effect as Effect
from .base.terms import Verdict as Verdict
from .entrypoints.api import accept as accept
from .entrypoints.api import capture as capture
from .entrypoints.api import check as check
from .entrypoints.api import diff as diff
from .entrypoints.api import emit as emit
from .entrypoints.api import init as init
from .entrypoints.api import prove as prove
from .entrypoints.api import render as render
from .report import ChangeFound as ChangeFound
from .report import FactFound as FactFound
from .report import Report as Report
from .report import WorkspaceProof as WorkspaceProof
from .snapshot import Snapshot as Snapshot
from .structure import Change as Change
from .workspace import Workspace as Workspace

__version__: str
