"""From a verdict to one HTML file that needs nothing else: no network, no script, no font, no picture beside it.

Names in class files are other people's text: the template engine escapes everything, and a content policy in the page
forbids scripts and every request, should an escape ever be missed.
"""

import base64
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from types import MappingProxyType
from typing import Final

import jinja2

from lessonproof.evidence.station_coverage import StationCoverage
from lessonproof.evidence.training import SHANGHAI
from lessonproof.evidence.verdict import Bilingual, UnitCase, UnitVerdict
from lessonproof.service.reports import charts, terms
from lessonproof.service.reports.attended import attended_view
from lessonproof.service.reports.photos import photos_view
from lessonproof.service.reports.presence import presence_view
from lessonproof.service.reports.stations import STATE_WORDS, matrix_view
from lessonproof.service.reports.view import report_view

NO_DEFAULTS: Final[Mapping[str, Bilingual]] = MappingProxyType({})


def render_report(
    verdict: UnitVerdict,
    case: UnitCase,
    pictures: Mapping[str, bytes],
    generated_by: str,
    defaults: Mapping[str, Bilingual] = NO_DEFAULTS,
) -> str:
    """The report of one unit. Equal arguments give equal bytes.

    Args:
        verdict: what was decided.
        case: what it was decided on.
        pictures: JPEG bytes by the names in ``Finding.evidence`` and ``photos.picture_name``; a name without bytes is
            shown as not available.
        generated_by: program and version, printed at the foot.
        defaults: what the rule pack takes for the points that the regulation leaves open, by number (``Q6``); a number
            without words refers the reader to the pack.
    """
    view = report_view(verdict, case, pictures)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            view=view,
            verdict=verdict,
            case=case,
            unit=case.unit,
            attended=attended_view(case),
            photos=photos_view(case, pictures),
            presence=presence_view(case),
            generated_by=generated_by,
            defaults=defaults,
        )
    )


def render_stations(coverage: StationCoverage) -> str:
    """The coverage matrix as a picture that stands alone (SVG). Equal arguments give equal bytes."""
    template = _environment().get_template("stations.svg.j2")
    return template.render(matrix=matrix_view(coverage), states=STATE_WORDS).lstrip()


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("lessonproof.service.reports"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["data_uri"] = _data_uri
    environment.globals.update(local=_local, charts=charts, terms=terms)
    return environment


def _local(moment: datetime) -> datetime:
    return moment.astimezone(SHANGHAI)


def _data_uri(jpeg: bytes) -> str:
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode("ascii")
