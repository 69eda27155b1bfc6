"""The questions about the ways out of a step of the outline: connect, when a way is taken, where it leads, take it out."""

from __future__ import annotations

from webapp.workshop.outline_fields import Answers, Asked, Field, Item, Question, Subject
from workflows.errors import Invalid
from workflows.library import outline
from workflows.library.outline import Edited, OutlineStep, Way

DEFAULT = (Item("yes", "Taken when no other way is"),)
CONDITION = 'Taken when this is true, for example: result == "met"'


def _targets(subject: Subject) -> tuple[Item, ...]:
    return tuple(Item(each.id, each.label) for each in subject.others() if each.kind not in ("startEvent", "boundaryEvent"))


def _ask_connect(subject: Subject) -> Asked:
    fields = [Field("select", "to", "To which step?", items=(Item("", "Choose one"), *_targets(subject)))]
    if subject.step.is_gateway:
        fields.append(Field("input", "name", "Name of the way", hint="For example: Yes"))
    if subject.step.is_choice:
        fields.append(Field("input", "condition", "Condition", hint=CONDITION))
    return Asked(f"Lead a way from {subject.step.label}", fields, button="Connect")


def _change_connect(subject: Subject, form: Answers) -> Edited:
    to = form.get("to", "")
    if to not in {each.value for each in _targets(subject)}:
        raise Invalid({"to": "Select a step"})
    condition = form.get("condition", "") if subject.step.is_choice else ""
    return Edited(outline.connect(subject.xml, subject.step.id, to, name=form.get("name", ""), condition=condition), subject.step.id)


def _can_connect(subject: Subject) -> bool:
    return subject.step.kind != "endEvent"


def _way(subject: Subject) -> Way:
    assert subject.way is not None
    return subject.way


def _ask_way(subject: Subject) -> Asked:
    way, step = _way(subject), subject.step
    fields = [Field("select", "to", "Leads to", (way.target_id,), items=_targets(subject))]
    if step.is_gateway:
        fields.append(Field("input", "name", "Name of the way", (way.name,), "For example: Yes"))
    if step.is_choice:
        fields.append(Field("input", "condition", "Condition", (way.condition,), CONDITION))
        fields.append(Field("checkboxes", "default", "Otherwise", ("yes",) if way.is_default else (), items=DEFAULT))
    return Asked(f"Way from {way.source} to {way.target}", fields)


def _change_way(subject: Subject, form: Answers) -> Edited:
    way, step, xml, to = _way(subject), subject.step, subject.xml, form.get("to", "")
    if to not in {each.value for each in _targets(subject)}:
        raise Invalid({"to": "Select a step"})
    if to != way.target_id:
        xml = outline.redirect(xml, way.id, to)
    if step.is_choice:
        xml = outline.set_condition(xml, way.id, form.get("condition", ""), name=form.get("name", ""), is_default="default" in form)
    elif step.is_gateway and form.get("name", "").strip() != way.name:
        xml = outline.rename_way(xml, way.id, form.get("name", ""))
    return Edited(xml, step.id)


def _ask_take(subject: Subject) -> Asked:
    way = _way(subject)
    words = ["The steps stay. A step that nothing leads to any more has to be connected again or deleted."]
    return Asked(f"Take out the way from {way.source} to {way.target}?", (), words, "Take out the way", is_warning=True)


def _change_take(subject: Subject, form: Answers) -> Edited:
    return Edited(outline.disconnect(subject.xml, _way(subject).id), subject.step.id)


CONNECT = Question("connect", "Connect it to another step", _ask_connect, _change_connect, _can_connect, said="The way is there.")
QUESTIONS = (
    CONNECT,
    Question("change", "Change", _ask_way, _change_way, is_about_way=True),
    Question("delete", "Take out", _ask_take, _change_take, said="The way is taken out.", is_about_way=True),
)


def offered(step: OutlineStep) -> list[Question]:
    """Connecting, where a step may lead to one more."""
    return [CONNECT] if step.is_gateway or (not step.next and step.kind != "endEvent") else []
