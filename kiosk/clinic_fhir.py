"""A result of the clinic as an HL7 FHIR R4 bundle: what was measured, and nobody it belongs to.

Sources: FHIR R4, "Bundle", "Observation" and "Observation Vital Signs Profile" (category
``vital-signs``); LOINC 85354-9 blood pressure panel with 8480-6 systolic and 8462-4 diastolic,
8867-4 heart rate; UCUM ``mm[Hg]`` and ``/min``. There is no ``subject``, no ``performer`` and no
``device``: whoever takes it in knows whose it is.
"""

from __future__ import annotations

import json

from kiosk.core.clinic import mean_of
from kiosk.core.visit.clinic_steps import Outcome

_LOINC = "http://loinc.org"
_UCUM = "http://unitsofmeasure.org"
_CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category"


def bundle(outcome: Outcome) -> dict[str, object]:
    """The mean of a session as two observations in a collection."""
    mean = mean_of(outcome.session.readings)
    pressure = {
        **_observation("85354-9", outcome.at),
        "component": [
            {"code": _code("8480-6"), "valueQuantity": _quantity(mean.systolic, "mm[Hg]")},
            {"code": _code("8462-4"), "valueQuantity": _quantity(mean.diastolic, "mm[Hg]")},
        ],
    }
    pulse = {
        **_observation("8867-4", outcome.at),
        "valueQuantity": _quantity(mean.pulse, "/min"),
    }
    entries = [{"resource": pressure}, {"resource": pulse}]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


def text(outcome: Outcome) -> str:
    """The bundle as the shortest JSON, for a code."""
    return json.dumps(bundle(outcome), ensure_ascii=False, separators=(",", ":"))


def _observation(code: str, at: str) -> dict[str, object]:
    category = {"coding": [{"system": _CATEGORY, "code": "vital-signs"}]}
    head: dict[str, object] = {
        "resourceType": "Observation",
        "status": "final",
        "category": [category],
        "code": _code(code),
    }
    return {**head, "effectiveDateTime": at} if at else head


def _code(code: str) -> dict[str, object]:
    return {"coding": [{"system": _LOINC, "code": code}]}


def _quantity(value: int, unit: str) -> dict[str, object]:
    return {"value": value, "unit": unit, "system": _UCUM, "code": unit}
