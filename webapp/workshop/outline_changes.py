"""The questions about one step of the outline: its name, who does it, how long it may take, its words, and where it stands."""

from __future__ import annotations

from typing import Any

from flask import url_for

from webapp.workshop.bench import Bench
from webapp.workshop.outline_fields import Answers, Asked, Choices, Field, Item, Question, Subject, in_words, items, literal_of, quoted
from workflows.errors import Invalid
from workflows.library import outline
from workflows.library.outline import Edited, New, Outline, OutlineStep

KINDS = (
    Item("userTask", "Task for a person", "Somebody answers a form"),
    Item("serviceTask", "Operation", "The system does something: sends a letter, writes a record"),
    Item("businessRuleTask", "Decision table", "A table works out a value"),
    Item("scriptTask", "Calculation", "A short text works out values"),
    Item("callActivity", "Another process", "Runs to its end before this one goes on"),
    Item("intermediateCatchEvent", "Wait", "Until a date, or for a length of time"),
    Item("exclusiveGateway", "Choice", "One of several ways is taken"),
    Item("parallelGateway", "All ways at once", "Or where they meet again"),
    Item("inclusiveGateway", "Some of the ways", "Every way whose condition is met"),
)
END = Item("endEvent", "End", "The way ends here")
NEW_WAY = "new"
FLOW = ("add", "move", "delete")
TIMES = (Item("none", "No limit"), Item("rule", "A rule of the calendar"), Item("on", "Until a date that the case knows"))


def _ask_name(subject: Subject) -> Asked:
    return Asked(f"Rename {subject.step.label}", [Field("input", "name", "Name", (subject.step.name,))])


def _change_name(subject: Subject, form: Answers) -> Edited:
    return Edited(outline.rename(subject.xml, subject.step.id, form.get("name", "")), subject.step.id)


def _ask_who(subject: Subject) -> Asked:
    step, fields = subject.step, []
    if subject.read.lanes:
        lanes = tuple(Item(lane.id, lane.name or lane.id) for lane in subject.read.lanes)
        fields.append(Field("radios", "lane", "Lane in the diagram", (step.lane_id,), "The step is drawn there", lanes))
    if step.kind == "userTask":
        group = step.properties.get("candidateGroup", "")
        chosen = literal_of(group) or group
        options = items(subject.choices.groups, first="The team of the lane")
        if chosen and chosen not in subject.choices.groups:
            options = (*options, Item(chosen, f"Worked out from {group}"))
        fields.append(Field("select", "group", "Team", (chosen,), "Only when it is another team than the lane names", options))
    return Asked(f"Who does {step.label}?", fields)


def _change_who(subject: Subject, form: Answers) -> Edited:
    step, lane = subject.step, form.get("lane", "")
    if subject.read.lanes and lane not in {each.id for each in subject.read.lanes}:
        raise Invalid({"lane": "Select a lane"})
    group = None
    if step.kind == "userTask":
        chosen, now = form.get("group", ""), step.properties.get("candidateGroup", "")
        if chosen and chosen not in subject.choices.groups and chosen != now:
            raise Invalid({"group": "Select a team"})
        group = now if chosen in (now, literal_of(now)) else quoted(chosen)
    return Edited(outline.assign(subject.xml, step.id, lane=lane, group=group), step.id)


def _ask_time(subject: Subject) -> Asked:
    rule, on = (subject.step.properties.get(name, "") for name in ("dueRule", "dueOn"))
    kind = "rule" if rule else "on" if on else "none"
    rules = dict(subject.choices.due_rules) | ({rule: subject.choices.due_rules.get(rule, rule)} if rule else {})
    fields = [
        Field("radios", "kind", "Time allowed", (kind,), items=TIMES),
        Field("select", "rule", "Rule", (rule,), items=items(rules, first="Choose one")),
        Field("input", "on", "Name of the date", (on,), "For example: visit_overdue_at"),
    ]
    return Asked(f"How long may {subject.step.label} take?", fields)


def _change_time(subject: Subject, form: Answers) -> Edited:
    kind, rule, on = form.get("kind", ""), form.get("rule", ""), form.get("on", "").strip()
    if kind not in {each.value for each in TIMES}:
        raise Invalid({"kind": "Select how long it may take"})
    if kind == "rule" and rule not in {*subject.choices.due_rules, subject.step.properties.get("dueRule")} - {None, ""}:
        raise Invalid({"rule": "Select a rule"})
    if kind == "on" and not on:
        raise Invalid({"on": "Enter the name of the date"})
    xml = outline.set_time(subject.xml, subject.step.id, rule=rule if kind == "rule" else "", on=on if kind == "on" else "")
    return Edited(xml, subject.step.id)


def _ask_words(subject: Subject) -> Asked:
    step = subject.step
    fields = [Field("textarea", "documentation", "What it is for", (step.documentation,))]
    if step.kind == "userTask":
        fields += [
            Field("textarea", "helpText", "Help on the page of the task", (step.properties.get("helpText", ""),)),
            Field("input", "legalBasis", "Legal basis", (step.properties.get("legalBasis", ""),)),
            Field("input", "stage", "Stage", (step.properties.get("stage", ""),), "The part of the process it belongs to, as the case page shows it"),
            Field("input", "escalation", "Reminders", (step.properties.get("escalation", ""),),
                  "Such as 50% 80% manager+1 monitoring-officer+3: parts of the time, then whom to tell so many working days after the due date. "
                  "Nothing for the council’s usual ones, none for no reminder"),
        ]  # fmt: skip
    return Asked(f"Words of {step.label}", fields)


def _change_words(subject: Subject, form: Answers) -> Edited:
    step, xml = subject.step, subject.xml
    xml = outline.set_documentation(xml, step.id, form.get("documentation", "").replace("\r\n", "\n").strip())
    for name in ("helpText", "legalBasis", "stage", "escalation") if step.kind == "userTask" else ():
        xml = outline.set_property(xml, step.id, name, " ".join(form.get(name, "").split()))
    return Edited(xml, step.id)


def _ask_form(subject: Subject) -> Asked:
    step = subject.step
    found = {each: each for each in subject.choices.forms}
    return Asked(f"Form of {step.label}", [Field("select", "form", "Form", (step.properties.get("formKey") or step.id,), items=items(found))])


def _change_form(subject: Subject, form: Answers) -> Edited:
    chosen = form.get("form", "")
    if chosen not in subject.choices.forms:
        raise Invalid({"form": "Select a form"})
    return Edited(outline.set_property(subject.xml, subject.step.id, "formKey", "" if chosen == subject.step.id else chosen), subject.step.id)


def _ask_people(subject: Subject) -> Asked:
    chosen = tuple(subject.step.properties.get("differentFrom", "").split())
    tasks = tuple(Item(each.id, each.label) for each in subject.read.steps if each.kind == "userTask" and each.id != subject.step.id)
    fields = [Field("checkboxes", "different", "Tasks that this person must not have done", chosen, items=tasks)]
    return Asked(
        f"Who may not do {subject.step.label}?", fields, ["Two pairs of eyes: whoever did one of these tasks in a case cannot do this one in it."]
    )


def _change_people(subject: Subject, form: Answers) -> Edited:
    here = [each.id for each in subject.read.steps if each.kind == "userTask"]
    # A task of a process that calls this one is no box on the page, and stays.
    elsewhere = [each for each in subject.step.properties.get("differentFrom", "").split() if each not in here]
    chosen = [each for each in here if each in form.getlist("different") and each != subject.step.id]
    return Edited(outline.set_property(subject.xml, subject.step.id, "differentFrom", " ".join([*elsewhere, *chosen])), subject.step.id)


def _ask_add(subject: Subject) -> Asked:
    step, fields = subject.step, []
    if step.is_gateway:
        ways = [Item(way.id, f"On the way to {way.target}{f' ({way.name})' if way.name else ''}") for way in step.next]
        fields.append(Field("radios", "way", "Where does it come?", items=(*ways, Item(NEW_WAY, "On a new way"))))
        fields.append(Field("select", "to", "A new way leads on to", items=(Item("", "Nothing: it ends"), *_targets(subject))))
    fields += [
        Field("radios", "kind", "What is it?", ("userTask",), items=(*KINDS, *([END] if step.is_gateway else []))),
        Field("input", "name", "Name"),
        Field(
            "select",
            "refers_to",
            "Operation, table or process",
            items=_referred(subject),
            hint="Only for an operation, a decision table or another process",
        ),
        Field(
            "input",
            "text",
            "Calculation or time to wait",
            hint='Only for a calculation or a wait. A length of time: "P5D" for 5 days. A date: the name of a value',
        ),
        Field("select", "lane", "Lane", items=(Item("", f"As {step.label}"), *(Item(lane.id, lane.name) for lane in subject.read.lanes))),
    ]
    return Asked(f"Add a step after {step.label}", fields, button="Add step")


def _referred(subject: Subject) -> tuple[Item, ...]:
    choices = subject.choices
    return (
        Item("", "None"),
        *(Item(f"serviceTask:{each}", f"Operation: {each}") for each in choices.operations),
        *(Item(f"businessRuleTask:{key}", f"Table: {name}") for key, name in choices.tables.items()),
        *(Item(f"callActivity:{key}", f"Process: {name}") for key, name in choices.processes.items()),
    )


def _targets(subject: Subject) -> list[Item]:
    return [Item(each.id, each.label) for each in subject.others() if each.kind not in ("startEvent", "boundaryEvent")]


def _change_add(subject: Subject, form: Answers) -> Edited:
    kind, way = form.get("kind", ""), form.get("way", "")
    chosen_kind, _, chosen = form.get("refers_to", "").partition(":")
    refers_to = chosen if chosen_kind == kind else form.get("text", "") if kind in ("scriptTask", "intermediateCatchEvent") else ""
    new = New(kind, form.get("name", ""), form.get("lane", ""), refers_to=refers_to)
    try:
        if way == NEW_WAY or (kind == "endEvent" and subject.step.is_gateway):
            to = form.get("to", "")
            if kind != "endEvent" and to not in subject.read.by_id:
                raise Invalid({"to": "Select where the new way leads, or add an end"})
            return outline.add_way(subject.xml, subject.step.id, new, to=to, taken=subject.taken)
        return outline.add_after(subject.xml, subject.step.id, new, way=way, taken=subject.taken)
    except Invalid as error:
        field = "text" if kind in ("scriptTask", "intermediateCatchEvent") else "refers_to"
        raise Invalid({field if name == "refers_to" else name: words for name, words in error.errors.items()}) from error


def _ask_move(subject: Subject) -> Asked:
    step = subject.step
    places = tuple(
        Item(way.id, f"After {way.source}, before {way.target}{f' ({way.name})' if way.name else ''}")
        for each in subject.others() for way in each.next if step.id not in (way.source_id, way.target_id)
    )  # fmt: skip
    return Asked(f"Move {step.label}", [Field("select", "way", "New place", items=(Item("", "Choose one"), *places))], button="Move step")


def _change_move(subject: Subject, form: Answers) -> Edited:
    way = subject.read.ways.get(form.get("way", ""))
    if way is None:
        raise Invalid({"way": "Select the new place"})
    return outline.move(subject.xml, subject.step.id, after=way.source_id, way=way.id)


def _ask_delete(subject: Subject) -> Asked:
    step, fields = subject.step, []
    others = [way for way in step.next if way.target_id != step.id]
    if len(others) > 1:
        ways = tuple(Item(way.id, f"The way to {way.target}{f' ({way.name})' if way.name else ''}") for way in others)
        fields.append(Field("radios", "keep", "Which way stays?", items=ways))
    words = ["What led to it leads to the step after it. Whatever nothing leads to any more goes too."]
    return Asked(f"Delete {step.label}?", fields, words, "Delete step", is_warning=True)


def _change_delete(subject: Subject, form: Answers) -> Edited:
    return outline.delete(subject.xml, subject.step.id, keep=form.get("keep", ""))


def _is_task(subject: Subject) -> bool:
    return subject.step.kind == "userTask"


def _leads_on(subject: Subject) -> bool:
    return bool(subject.step.next)


def _can_move(subject: Subject) -> bool:
    return len(subject.step.next) == 1 and subject.step.kind not in ("startEvent", "boundaryEvent", "subProcess")


def _is_free(subject: Subject) -> bool:
    return not subject.step.attached_to and subject.step.kind != "subProcess"


QUESTIONS = (
    Question("name", "Rename", _ask_name, _change_name, said="The step is renamed."),
    Question("who", "Change who does it", _ask_who, _change_who, _is_free),
    Question("time", "Change the time allowed", _ask_time, _change_time, _is_task),
    Question("words", "Change its words", _ask_words, _change_words),
    Question("form", "Change its form", _ask_form, _change_form, _is_task),
    Question("people", "Change who may not do it", _ask_people, _change_people, _is_task),
    Question("add", "Add a step after it", _ask_add, _change_add, _leads_on, said="The step is added."),
    Question("move", "Move it", _ask_move, _change_move, _can_move, said="The step is moved."),
    Question("delete", "Delete it", _ask_delete, _change_delete, lambda subject: subject.step.kind != "startEvent", said="The step is deleted."),
)


def offered(step: OutlineStep) -> list[Question]:
    """What can be done with a step as a whole."""
    subject = Subject(Outline("", "", (), (step,)), step, None, Choices({}, {}, (), (), {}, {}), {})
    return [each for each in QUESTIONS if each.name in FLOW and each.fits(subject)]


def rows_of(found: Bench, step: OutlineStep, read: Outline, choices: Choices) -> list[dict[str, Any]]:
    """What a step says about itself, each with the link to change it."""
    names = {each.id: each.label for each in read.steps}
    different = ", ".join(names.get(each, each) for each in step.properties.get("differentFrom", "").split())
    said = [
        ("name", "Name", step.name),
        ("", "Kind", step.kind_words.capitalize()),
        ("who" if not step.attached_to and step.kind != "subProcess" else "", "Done by", choices.who(step)),
    ]
    if step.kind == "userTask":
        said += [
            ("time", "Time allowed", in_words(step, choices)),
            ("form", "Form", step.properties.get("formKey") or step.id),
            ("people", "Not by whoever did", different),
            ("words", "Help", step.properties.get("helpText", "")),
            ("words", "Legal basis", step.properties.get("legalBasis", "")),
            ("words", "Reminders", step.properties.get("escalation", "")),
        ]
    elif step.refers_to or step.time:
        said.append(("", "Made of", step.refers_to or step.time))
    said.append(("words", "What it is for", step.documentation))
    return [_row(found, step, *each) for each in said]


def _row(found: Bench, step: OutlineStep, question: str, key: str, value: str) -> dict[str, Any]:
    row: dict[str, Any] = {"key": key, "value": value or "Not given"}
    if question and found.may_edit:
        row["action"] = {"text": "Change", "href": url_for(f"workshop.outline_{question}", key=found.key, step_id=step.id)}
    return row
