"""What responsible use of a dataset needs to know, in the words of Croissant's RAI vocabulary."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from curator.personal_data import TYPES
from curator.write.instruction_set.card import making, words
from curator.write.instruction_set.card.sources import MAX_FILES
from curator.write.instruction_set.made import Made


def description(made: Made) -> str:
    """Say what the dataset is."""
    rows = ", ".join(f"{made.facts.rows[split]:,} {split}" for split in made.facts.splits)
    told = f"{made.facts.total:,} chats to train a model on ({rows})."
    asked = made.task.instruction and f" The model is asked: {made.task.instruction}"
    return f"{made.about.summary.strip()} {told}{asked}".strip()


def properties(made: Made) -> Iterator[tuple[str, Any]]:
    """Give the properties that the run knows of, and those that the recipe tells."""
    about, facts = made.about, made.facts
    yield "rai:dataCollection", " ".join(filter(None, [about.collection.strip(), _collected(made)]))
    yield "rai:dataCollectionRawData", _raw(made)
    yield "rai:dataCollectionMissingData", _missing(made)
    yield "rai:dataPreprocessingProtocol", list(_steps(made))
    yield "rai:dataAnnotationProtocol", _annotation(made)
    yield "rai:dataAnnotationPlatform", _platforms(made)
    yield "rai:dataAnnotationAnalysis", list(_analysis(made))
    yield "rai:annotationsPerItem", _per_item(made)
    yield "rai:annotatorDemographics", about.annotators.strip()
    yield (
        "rai:machineAnnotationTools",
        sorted(
            f"curator {name}: {n:,} rows" for name, n in facts.derived.items() if name is not None
        ),
    )
    yield "rai:dataUseCases", about.intended_use.strip()
    yield "rai:dataLimitations", [*filter(None, [about.limits.strip()]), *words.limits(made)]
    yield "rai:personalSensitiveInformation", list(_personal(made))


def _collected(made: Made) -> str:
    facts, inputs = made.facts, made.manifest.inputs
    told = f"{made.manifest.ledger.read:,} rows were read from {len(inputs):,} files."
    derived = facts.total - made.read_rows
    return f"{told} {derived:,} of the rows were made of these by steps." if derived else told


def _raw(made: Made) -> str:
    inputs = made.manifest.inputs
    told = [f"{one.get('uri')}: {one.get('rows', 0):,} rows" for one in inputs[:MAX_FILES]]
    more = len(inputs) - len(told)
    return "; ".join([*told, f"and {more:,} more files"] if more else told)


def _missing(made: Made) -> str:
    facts = made.facts
    silent = {
        "label": facts.total - facts.labels.total(),
        "language": facts.languages[None],
        "licence": facts.licences[None],
    }
    told = [f"{n:,} rows have no {name}" for name, n in silent.items() if n]
    return "; ".join(told) + "." if told else ""


def _steps(made: Made) -> Iterator[str]:
    rejected, changes = made.manifest.ledger.rejected, made.manifest.changes
    for step, does, options in making.steps(made.manifest.recipe):
        name = step.partition(": ")[2]
        counts = {
            "rejected": sum(rejected.get(name, {}).values()),
            "changed or noted": sum(changes.get(name, {}).values()),
        }
        told = ", ".join(f"{n:,} rows {what}" for what, n in counts.items() if n)
        given = f" ({options})" if options else ""
        yield f"{step}{given}. {does}{' ' + told[0].upper() + told[1:] + '.' if told else ''}"


def _annotation(made: Made) -> str:
    reviewed, review = made.facts.reviewed, made.manifest.review
    if not reviewed:
        return "Nobody has reviewed the rows: labels and answers are those of the sources."
    counts = ", ".join(f"{name} {n:,}" for name, n in sorted(reviewed.items()))
    asked = [
        f"{does} {options}".strip()
        for step, does, options in making.steps(made.manifest.recipe)
        if step.startswith("review: ")
    ]
    who = f"{review['people']:,} people answered. " if review else ""
    return f"{who}{' '.join(asked)} Of the rows, {counts}.".strip()


def _platforms(made: Made) -> list[str]:
    names = {"argilla": "Argilla", "worksheet": "a spreadsheet"}
    rooms = [step for step, _, _ in making.steps(made.manifest.recipe) if step.startswith("review")]
    return [names.get(step.partition(": ")[2], step) for step in rooms] if rooms else []


def _analysis(made: Made) -> Iterator[str]:
    review = made.manifest.review
    for name, one in review.get("agreement", {}).items():
        alpha = one["note"] if one["alpha"] is None else f"{one['alpha']:.2f}"
        around = "" if one["low"] is None else f" ({one['low']:.2f} to {one['high']:.2f})"
        yield f"{name}: Krippendorff's alpha {alpha}{around} over {one['rows']:,} rows"
    if review:
        yield f"On {review['disputed']['rows']:,} rows people gave different verdicts."


def _per_item(made: Made) -> str:
    review = made.manifest.review
    if not review:
        return ""
    return f"{review['answers']:,} answers on {review['rows']:,} rows"


def _personal(made: Made) -> Iterator[str]:
    facts = made.facts
    yield (
        f"Searched by patterns and check digits for {', '.join(TYPES)}; names, streets and dates "
        "of birth were not looked for."
    )
    for kind in sorted({kind for kind, _ in facts.personal}):
        yield (
            f"{kind}: {facts.personal[kind, False]:,} somebody's in {facts.personal_rows[kind]:,} "
            f"rows, {facts.personal[kind, True]:,} nobody's (kept for examples, or of services)"
        )
