"""The page is about all functions there are, and tells a hole from a shut door."""

import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from isolation.attack import LetIn, Outcome, not_denied
from isolation.attempts import Attempt
from isolation.page import KINDS, page
from stack.deploy import FUNCTIONS
from stack.settings import CHECKOUT

ATTEMPT = Attempt("table", "itself", "dynamodb:GetItem", lambda _: None)


def rows(text: str) -> Iterator[tuple[str, list[str]]]:
    for line in text.splitlines():
        name, *cells = (cell.strip() for cell in line.strip("|").split("|"))
        if len(cells) == len(KINDS) and re.match(r"\d+ of \d+", cells[0]):
            yield name, cells


def test_the_page_is_about_each_function_and_nothing_was_let_in() -> None:
    found = dict(rows((CHECKOUT / "docs" / "isolation.md").read_text()))
    functions = {spec["name"] for spec in json.loads(FUNCTIONS.read_text())["functions"]}
    assert set(found) == functions, "run scripts/isolation"
    for name, cells in found.items():
        assert all(cell.startswith("0 of ") for cell in cells), name


def test_the_page_says_what_was_let_in_abroad_and_at_home() -> None:
    abroad = Outcome("cis-local-acme-event-api", Counter({"table": 10}), [LetIn(ATTEMPT, "let in")])
    home = Outcome("cis-local-acme-event-api", Counter({"table": 10}), [LetIn(ATTEMPT, "let in")] * 3)
    text = page([abroad], [home], "a hole", [], "cis-local-acme")
    [(name, cells)] = rows(text)
    assert (name, cells[KINDS.index("table")]) == ("event-api", "1 of 10 (3)")
    assert "In all **1 of 10** attempts were let in." in text


def refused_with(code: str) -> None:
    raise ClientError({"Error": {"Code": code}}, "GetItem")


@pytest.mark.parametrize("code", ["AccessDenied", "AccessDeniedException", "AuthorizationError"])
def test_only_the_services_words_for_missing_rights_are_a_denial(code: str) -> None:
    assert not_denied(lambda: refused_with(code)) is None


def test_an_error_of_another_kind_came_past_the_door() -> None:
    assert not_denied(lambda: refused_with("ResourceNotFoundException")) == "let in, then ResourceNotFoundException"
    assert not_denied(lambda: None) == "let in"


def test_an_attempt_that_is_no_request_is_a_fault_of_ours() -> None:
    def mistaken() -> None:
        raise ParamValidationError(report="no such parameter")

    with pytest.raises(ParamValidationError):
        not_denied(mistaken)
