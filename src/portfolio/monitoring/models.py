"""The tables of this room, by subject."""

from portfolio.monitoring.life_models import GateDecision as GateDecision
from portfolio.monitoring.life_models import GateFile as GateFile
from portfolio.monitoring.life_models import GateProposal as GateProposal
from portfolio.monitoring.life_models import HandOverTerms as HandOverTerms
from portfolio.monitoring.life_models import PilotTerms as PilotTerms
from portfolio.monitoring.life_models import ProjectDependency as ProjectDependency
from portfolio.monitoring.life_models import PromiseCarryOver as PromiseCarryOver
from portfolio.monitoring.life_models import ResumptionRequest as ResumptionRequest
from portfolio.monitoring.life_models import StageMove as StageMove
from portfolio.monitoring.rating_models import ProjectHealth as ProjectHealth
from portfolio.monitoring.rating_models import Rating as Rating
from portfolio.monitoring.rating_models import RatingComment as RatingComment
from portfolio.monitoring.rating_models import RatingRequest as RatingRequest
