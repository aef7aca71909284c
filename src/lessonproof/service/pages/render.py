"""Rendering the page: one template, two languages."""

from collections.abc import Mapping
from functools import cache
from typing import Final

import jinja2

from lessonproof.service.pages.texts import TEXTS

LANGUAGES: Final = ("zh", "en")


@cache
def render_index(language: str) -> str:
    """The page with its texts in both languages, shown in ``language`` first.

    Args:
        language: ``zh`` or ``en``.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("lessonproof.service.pages", "."),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    texts: Mapping[str, Mapping[str, str]] = {
        name: {key: text[position] for key, text in TEXTS.items()} for position, name in enumerate(LANGUAGES)
    }
    return environment.get_template("index.html").render(language=language, t=texts[language], texts=texts)
