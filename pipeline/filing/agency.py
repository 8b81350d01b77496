"""What the report prints and the person says → whose report it is: an agency on file, or a new one with the id proposed for it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.filing.request import Ground, NotFiledError, Request
from pipeline.model.report import Report
from pipeline.model.source import AGENCY_ID, Agency
from pipeline.reading.agencies import Naming, agency_of_id, name_agency


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
        raise NotFiledError(
            "报告没有写明是哪个机关；请用 --agency 区划代码-职能 指明，新机关再加 --name 全称",
            "the report names no agency; say which with --agency CODE-FUNCTION, and --name for a new one",
        )
    naming = name_agency(printed, known)
    if naming.sure is None:
        raise NotFiledError(*_which_agency(printed, naming))
    proposal = naming.sure
    if proposal.is_known:
        notes.append(
            Ground(
                f"机关：已有的 {proposal.agency.id}，报告写作“{printed}”",
                f"agency: {proposal.agency.id}, known; the report prints “{printed}”",
            )
        )
        return proposal.agency, False, ""
    notes.append(
        Ground(
            f"机关：新的，编号 {proposal.agency.id}，由“{printed}”得出",
            f"agency: new, id {proposal.agency.id}, from “{printed}”",
        )
    )
    if proposal.note_zh:
        notes.append(Ground(proposal.note_zh, proposal.note_en))
    return proposal.agency, True, f"{proposal.note_zh}\n{proposal.note_en}".strip()


def _agency_given(
    request: Request, printed: str, known: Sequence[Agency], notes: list[Ground]
) -> tuple[Agency, bool, str]:
    notes.append(
        Ground(
            f"机关：由 --agency 指明为 {request.agency}",
            f"agency: {request.agency}, as --agency says",
            given=True,
        )
    )
    if not AGENCY_ID.fullmatch(request.agency):
        agency_of_id(request.agency, "")  # says what an id looks like
    if found := next((agency for agency in known if agency.id == request.agency), None):
        return found, False, ""
    name = request.agency_name or printed
    if not name:
        raise NotFiledError(
            f"{request.agency} 是新机关，而报告没有写名称；请再用 --name 写出它的全称",
            f"{request.agency} is a new agency and the report names none; say its full name with --name",
        )
    agency = agency_of_id(request.agency, name)
    return agency, True, "编号由收录者指明。\nThe id was given by the person who filed the first report."


def _which_agency(printed: str, naming: Naming) -> tuple[str, str]:
    listed = "\n".join(
        f"  --agency {proposal.agency.id}    {proposal.agency.name_zh}{'' if proposal.is_known else '（新 new）'}"
        for proposal in naming.proposals
    )
    if listed:
        return (
            f"{naming.why_zh}；请选一个：\n{listed}",
            f"{naming.why_en}; choose one of these, or another id",
        )
    return (
        f"{naming.why_zh}；请用 --agency 区划代码-职能 指明，如 --agency 510403-housing",
        f"{naming.why_en}; say which with --agency CODE-FUNCTION, e.g. --agency 510403-housing",
    )
