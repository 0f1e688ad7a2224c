"""The training doctor: what a run's figures say is wrong with it, and what to try.

evidence      what was measured of a run, and nothing else
examination   the part of it that is measured on the model
figures       the same as figures with names, for those who want to see the evidence
registry      the verdicts; each is one file in this folder with one decorated function
"""

from aestudio.analysis.doctor.evidence import Curves, LayerSignal, ModelEvidence, RunEvidence
from aestudio.analysis.doctor.examination import examine
from aestudio.analysis.doctor.figures import Measured, measured
from aestudio.analysis.doctor.registry import Diagnosis, Severity, diagnose, verdict_names

__all__ = [
    "Curves",
    "Diagnosis",
    "LayerSignal",
    "Measured",
    "ModelEvidence",
    "RunEvidence",
    "Severity",
    "diagnose",
    "examine",
    "measured",
    "verdict_names",
]
