"""What can be wrong with a `.pb` file: which line, what, and what to do about it."""

# English for contributors and logs; whoever shows it to people translates by code.
FAULTS = {
    "encoding": "not text in UTF-8, UTF-16 or GB 18030; save it as UTF-8",
    "before_first_section": "text before the first section; begin the file with META",
    "second_section": "{name} for the second time; keep one section of each kind",
    "no_section": "no section {name}; a file has META, PROJECTS and VOTES",
    "quotation": "a quotation mark without its pair, or a field without an end; look for it",
    "no_column": "no column {name}; name it in the first line of the section",
    "second_key": "{name} for the second time; keep one",
    "no_amount": "no {name}; add a line {name};AMOUNT to META",
    "no_number": "{name} {text!r} is no number; write digits, at most one decimal point",
    "below_zero": "{name} {text!r} is below zero; write an amount from zero up",
    "vote_type": "vote_type {text!r}; use approval, choose-1, cumulative or ordinal",
    "max_length": "max_length {text!r} is no number; write how many places a ballot has",
    "project_id": "project_id {text!r}; give every project an id of its own",
    "comma_in_id": "project_id {text!r} has a comma, which parts the projects of a vote; take it out",
    "no_vote": "no vote on this line; the vote is field {place}, it may be empty",
    "unknown_project": "{text!r} is not one of the projects; add it to PROJECTS, or take it out",
    "second_choice": "more than one project in a choose-1 vote; keep one, or set vote_type;approval",
    "points": "{projects} projects, {points} points; give points for each project",
}


class Unreadable(ValueError):
    """A file that is not as it should be. `code` is one of FAULTS, `line` where it is (0: the whole file)."""

    def __init__(self, code: str, line: int = 0, **facts: object) -> None:
        what = FAULTS[code].format(**facts)
        super().__init__(f"line {line}: {what}" if line else what)
        self.code, self.line, self.facts = code, line, facts
