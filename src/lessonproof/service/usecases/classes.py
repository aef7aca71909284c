"""Handing in a class file, and asking for a unit to be done over."""

from lessonproof.documents.class_file import parse_class_file
from lessonproof.documents.files import decode_utf8
from lessonproof.policy.packs import select_pack
from lessonproof.service.composition import Services
from lessonproof.service.usecases.verify import check_fit
from lessonproof.storage.classes import RegisteredClass, find_unit, register_class
from lessonproof.storage.objects import put_bytes
from lessonproof.storage.planning import plan_again, plan_work


def take_class_file(services: Services, content: bytes, name: str) -> RegisteredClass:
    """Check a class file, store it, put it in force and plan what follows from it.

    Args:
        services: what to work with.
        content: the YAML as it was sent.
        name: what the user calls the file; stands in complaints.

    Raises:
        DocumentError: names file, line, field and what was expected; or the rule pack is unknown or switched off, or
            does not know a clause that the file records.
        AmbiguousNameError: two of its recordings have the same file name.
    """
    text = decode_utf8(content, name)
    declared = parse_class_file(text, name)
    opened_on = declared.training_class.opened_on
    pack = select_pack(services.rules.packs, declared.rule_pack, opened_on, services.rules.enabled_drafts)
    check_fit(declared, pack)
    # Without the byte-order mark that some editors write: these are the bytes whose digest stands in verdicts.
    stored = put_bytes(services.store, text.encode())
    with services.database.write() as session:
        now = services.clock()
        registered = register_class(session, declared, stored.sha256, now)
        plan_work(session, services.work, now, [registered.class_id])
    return registered


def do_again(services: Services, unit_id: str) -> int:
    """Analyse and judge a unit with what is installed now.

    Returns:
        How many jobs wait or run for it.

    Raises:
        NotFoundError: there is no such unit.
    """
    with services.database.write() as session:
        unit = find_unit(session, unit_id)
        return plan_again(session, unit, services.work, services.clock())
