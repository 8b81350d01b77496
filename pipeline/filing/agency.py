"""What the report prints and the person says → whose report it is: an agency on file, or a new one with the id proposed for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from pipeline.filing.request import Ground, NotFiledError, Request, not_filed
from pipeline.knowledge.divisions import full_name
from pipeline.knowledge.forms import forms
from pipeline.knowledge.messages import message
from pipeline.model.report import Report
from pipeline.model.source import AGENCY_ID, Agency
from pipeline.model.text import Text
from pipeline.reading.agencies import Naming, agency_of_id, name_agency, similar_agencies


def find_agency(
    request: Request, report: Report, known: Sequence[Agency], notes: list[Ground]
) -> tuple[Agency, bool, str]:
    """Whose report it is.

    Args:
        request: what the person says; an id given there stands above what the report prints.
        report: read from the file.
        known: the agencies that have a folder.
        notes: what was decided, and on what grounds, is added.

    Returns:
        the agency, whether it is new, and the note for its ``agency.yml``.

    Raises:
        NotFiledError: it cannot be told, or it is new and has no name.
        PipelineError: the id given is none.
    """
    printed = report.agency or ""
    if request.agency:
        return _agency_given(request, printed, known, notes)
    if not printed:
        raise not_filed("agency_not_named")
    text = "\n".join([report.title or "", *(section.text for section in report.sections)])
    naming = name_agency(printed, known, text=text, division=request.division)
    given: Text | None = None
    if request.division:
        given = message("ground_division_given", code=request.division, name=full_name(request.division))
        notes.append(Ground(given, given=True))
    if naming.sure is None:
        raise NotFiledError(*_which_agency(naming))
    proposal = naming.sure
    if proposal.is_known:
        notes.append(
            Ground(
                message("ground_agency_known", id=proposal.agency.id, printed=printed),
            )
        )
        return proposal.agency, False, ""
    notes.append(
        Ground(
            message("ground_agency_new", id=proposal.agency.id, printed=printed),
        )
    )
    if proposal.note and not given:
        notes.append(Ground(proposal.note))
    for near in similar_agencies(proposal.agency, known):
        notes.append(Ground(message("ground_agency_similar", id=near.id, name_zh=near.name_zh)))
    return proposal.agency, True, "\n".join(given or proposal.note or ())


def _agency_given(
    request: Request, printed: str, known: Sequence[Agency], notes: list[Ground]
) -> tuple[Agency, bool, str]:
    notes.append(
        Ground(
            message("ground_agency_given", agency=request.agency),
            given=True,
        )
    )
    if not AGENCY_ID.fullmatch(request.agency):
        agency_of_id(request.agency, "")  # says what an id looks like
    if found := next((agency for agency in known if agency.id == request.agency), None):
        return found, False, ""
    name = request.agency_name or printed
    if not name:
        raise not_filed("agency_name_needed", agency=request.agency)
    agency = agency_of_id(request.agency, name)
    return agency, True, "\n".join(message("id_given"))


def _which_agency(naming: Naming) -> Text:
    proposed = "\n".join(
        f"  --agency {proposal.agency.id}    {proposal.agency.name_zh}{'' if proposal.is_known else '（新 new）'}"
        for proposal in naming.proposals
    )
    if proposed:
        zh, en = message("agency_of_several", why=naming.why)
        return Text(f"{zh}\n{proposed}", en)  # the list is the same in both languages
    return message("agency_unsure", why=naming.why)


LAST_YEAR = 2099


def find_year(request: Request, report: Report, notes: list[Ground]) -> int:
    """The year a report is of: the one given, else the one it prints, with the ground for it added to ``notes``.

    Args:
        request: what the person said; its year counts before the printed one.
        report: as read; its year may be unknown.
        notes: the ground is put at their end.

    Raises:
        NotFiledError: neither says one, or there was no official form that year.
    """
    year = request.year or report.year
    if year is None:
        hint = re.search(r"(?<!\d)20\d\d(?!\d)", Path(request.name).stem)
        raise not_filed("year_not_stated", hint=message("year_in_name", year=hint.group()) if hint else "")
    first = min(form.first_year for form in forms().values())
    if not first <= year <= LAST_YEAR:
        raise not_filed("year_without_form", year=year, first=first)
    if request.year:
        notes.append(Ground(message("ground_year_given", year=year), given=True))
    else:
        notes.append(Ground(message("ground_year_read", year=year)))
    return year
