"""A heading as the question that its section answers."""

from __future__ import annotations

import pytest

from curator.derive.english.questions import Setting, is_faq, is_generic, question_of


def asked(heading: str, title: str = "", **setting: object) -> str | None:
    found = question_of(heading, (), title, Setting(**setting))  # type: ignore[arg-type]
    return found and found[0]


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Booking a group", "How do I book a group?"),
        ("Travelling with a dog, step by step", "How do I travel with a dog?"),
        ("How to complain", "How do I complain?"),
        ("How to appeal your bill", "How do I appeal my bill?"),
        ("Write for your audience", "How do I write for my audience?"),
        ("Uninstall some versions", "How do I uninstall some versions?"),
        ("\u26a1 Booking a boat", "How do I book a boat?"),
        ("Be concise and brief", "How can I be concise and brief?"),
        ("Don't define words you don't use", "Should I define words I don't use?"),
        ("Use passive voice when the law acts", "When should I use passive voice?"),
        ("Consider using pictures", "Should I consider using pictures?"),
        ("How to visit us in town", "How do I visit you in town?"),
        ("Cover one topic in each part", "How do I cover one topic in each part?"),
    ],
)
def test_what_is_done_or_ordered_is_asked_for_its_way(heading: str, question: str) -> None:
    """A gerund, an infinitive and an order ask how, when or whether to do it."""
    assert asked(heading, uncounted=frozenset({"voice"})) == question


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("What a complaint is", "What is a complaint?"),
        ("What each ship and port offers", "What does each ship and port offer?"),
        ("How the desk works out a price", "How does the desk work out a price?"),
        ("How a refund is paid", "How is a refund paid?"),
        ("How bees make honey", "How do bees make honey?"),
        ("Why the bridge fell", "Why did the bridge fall?"),
        ("What counts as a group", "What counts as a group?"),
        ("What you need to know about bees", "What do I need to know about bees?"),
        ("When to be at the port", "When should I be at the port?"),
        ("When you cancel", "What happens when I cancel?"),
        ("Before you travel", "What should I do before I travel?"),
        ("If you must abbreviate", "What should I do if I must abbreviate?"),
        ("What the alarm signals mean", "What do the alarm signals mean?"),
        ("Who is Covered by the Plan", "Who is covered by the plan?"),
    ],
)
def test_a_clause_takes_the_order_of_a_question(heading: str, question: str) -> None:
    """Verb before subject, with do where it needs it; the document's you is I."""
    assert asked(heading) == question


@pytest.mark.parametrize(
    ("heading", "said", "question"),
    [
        ("Zones", "A zone is an island.", "What are zones?"),
        ("The Access Card", "An Access Card is a free card.", "What is an Access Card?"),
        ("The lamp house", "The lamp house is a tower.", "What is the lamp house?"),
        ("Unit", "A unit is a part of a force.", "What is a unit?"),
        ("Headings of kinds", "They differ.", "What should I know about headings of kinds?"),
        ("Prices for each crossing", "", "What are the prices for each crossing?"),
        ("The three signals of the port", "", "What are the three signals of the port?"),
        ("Purpose of the form", "", "What is the purpose of the form?"),
        ("Rules on board", "", "What are the rules on board?"),
        ("Opening hours of the shed:", "", "What are the opening hours of the shed?"),
        ("Boxes over 20 kg", "", "What should I know about boxes over 20 kg?"),
        ("Your right to privacy", "", "What should I know about my right to privacy?"),
        ("Dogs versus cats", "", "What is the difference between dogs and cats?"),
        ("Basic or Flex", "Use Flex when in doubt.", "Should I choose Basic or Flex?"),
        ("Buses or trains", "Use a bus when it rains.", "Should I choose buses or trains?"),
    ],
)
def test_a_thing_is_asked_after(heading: str, said: str, question: str) -> None:
    """What is it, only where the section says so; else what there is to know."""
    names = frozenset({"Access Card", "Flex"})
    assert asked(heading, said=said, names=names) == question


@pytest.mark.parametrize(
    "heading",
    [
        "Overview", "Related information", "Questions people ask", "A.", "IV.", "3.2", "2019",
        "1 May 2020", "Chapter 3", "Getting it back", "When to test", "Identify their top tasks", "What We Did",
        "When we decide", "Sentences start with main idea", "Uses tables", "Redirect Directive",
        "Summer timetable, 1 May to 30 September", "Chilled and frozen", "Which channel for what",
        "Adding a word would have caused readers to stop", "Application due date", "If then",
        "Delete existing tool", "Expecting a number of guests",
        "How to Use", "Third party tools", "Cargo install options", "Dropping a box drops its lid",
        "Try question headings", "Don't sound so grand", "AVOID", "Dear passengers",
        "Your question about a ticket", "Another way of boarding", "Some notes on dogs",
        "Installing with Homebrew", "Missing step of a proof", "Multiple kinds of dogs",
        "Understanding paths on disk", "Federal Plain Language courses", "What our records show",
        "What you see on the way", "What else can I do?", "How the ferry stops work at sea",
        "Dogs in small wooden box", "How to use crane feature",
        "No local dogs on board", "Any dogs on board", "Same rules for dogs on board",
        "The federal Script Metadata in files", "See https://x.org", "a {b} c", "Merging of files", "This rule", "", "***", "?" * 9,
    ],
)  # fmt: skip
def test_no_question_where_none_would_be_right(heading: str) -> None:
    """Parts of any document, pointers, bare verbs, and counted nouns without their article."""
    assert asked(heading) is None


@pytest.mark.parametrize(
    "heading",
    [
        "Good content uses:", "Boats at end of passage", "Overriding repository URL",
        "Explanations", "Reporting losses and helping out", "An exception",
    ],
)  # fmt: skip
def test_no_question_where_none_would_be_right_of_any_topic(heading: str) -> None:
    """The begin of a clause, a second doing, and what lacks its article or says too little."""
    said = "Please report it. You override it."
    assert question_of(heading, (), "Luggage", Setting(said=said)) is None


def test_a_topic_is_named_where_the_heading_alone_says_too_little() -> None:
    """The nearest thing above says what the question is about; without it there is none."""
    above = ("Luggage", "Big pieces")
    assert question_of("Trolleys", above, "") == (
        "When it comes to big pieces, what should I know about trolleys?", 0.5,
    )  # fmt: skip
    assert asked("Trolleys", "Luggage - The Line") == (
        "When it comes to luggage, what should I know about trolleys?"
    )
    assert asked("Trolleys") is None
    assert asked("School groups", "Groups") == "What should I know about school groups?"
    assert asked("Schools", "Groups and schools") is None
    assert asked("Trolleys", "Luggage handbook") is asked("Trolleys", "API") is None
    assert asked("Trolleys", "No more suitcases") is asked("Trolleys", "Alternatives") is None
    assert asked("Trolleys", "Steering Committee", names=frozenset({"Steering Committee"})) is None
    assert asked("What you see on the way", "The walk") == (
        "When it comes to the walk, what do I see on the way?"
    )


def test_a_case_is_asked_by_what_the_section_says() -> None:
    """Orders say what to do; cases answer nothing."""
    heading = "When a student comes"
    assert asked(heading, said="1. Enter the number.") == "What should I do when a student comes?"
    assert asked(heading, said="A form is sent.") == "What happens when a student comes?"
    assert asked(heading, said="- If the desk is open") is None


def test_numbers_brackets_and_capitals_of_a_heading_go() -> None:
    """Names keep their capitals, title case goes, and acronyms stay."""
    names = frozenset({"Corrow"})
    assert asked("3.2 Boarding On Foot At Corrow (all):", names=names) == (
        "How do I board on foot at Corrow?"
    )
    assert asked("Usability Tests from the Institute of Bees", "Tests") == (
        "What should I know about usability tests from the institute of bees?"
    )
    assert asked("Subpart B: How to Apply for an FAA Award") == "How do I apply for an FAA award?"


def test_doubtful_first_words_wait_for_evidence() -> None:
    """Opening hours are no doing; booking assistance is one where the section says book."""
    assert asked("Opening hours") is None
    assert asked("Opening hours", "Shops") == "When it comes to shops, what are the opening hours?"
    said = "Please book by noon."
    assert asked("Booking assistance", said=said) == "How do I book assistance?"
    assert asked("Group bookings", commands=True) is None


def test_what_opens_the_questions_of_people() -> None:
    """Headings such as FAQ are known, and are generic."""
    assert all(map(is_faq, ("Frequently asked questions", "FAQ:", "Questions people ask")))
    assert is_generic("Q & A")
    assert not is_faq("How to write better headings")


def test_hostile_headings_take_no_time() -> None:
    """Long runs of one character end at once."""
    for char in "(a .Q*-'\"1":
        assert asked(char * 100_000) is None
        question_of("What " + char * 150, (), char * 100_000)
