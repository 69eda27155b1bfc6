"""Diagrams for tests of the engine, written as short calls: one function an element, and the XML around them."""

from __future__ import annotations

from html import escape

NAMESPACES = (
    'xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core"'
)


def definitions(*parts: str) -> str:
    """A BPMN file with these processes, messages and errors."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<definitions {NAMESPACES} id="file" targetNamespace="https://example.org/casework">{"".join(parts)}</definitions>'


def process(key: str, *elements: str) -> str:
    """A process."""
    return f'<process id="{key}" name="{_title(key)}" isExecutable="true">{"".join(elements)}</process>'


def message(name: str) -> str:
    """A message that can be waited for; its id is its name."""
    return f'<message id="{name}" name="{name}" />'


def flow(source: str, target: str, when: str | None = None) -> str:
    """A flow whose id is made of its ends."""
    condition = f"<conditionExpression>{escape(when)}</conditionExpression>" if when is not None else ""
    return f'<sequenceFlow id="{source}-to-{target}" sourceRef="{source}" targetRef="{target}">{condition}</sequenceFlow>'


def chain(*ids: str) -> str:
    """Flows from each to the next."""
    return "".join(flow(source, target) for source, target in zip(ids, ids[1:], strict=False))


def start(element_id: str = "start") -> str:
    return f'<startEvent id="{element_id}" name="{_title(element_id)}" />'


def end(element_id: str = "end", inner: str = "") -> str:
    return f'<endEvent id="{element_id}" name="{_title(element_id)}">{inner}</endEvent>'


def user(element_id: str, group: str | None = "'officers'", *, inner: str = "", **properties: str) -> str:
    """A user task of a group, with our properties."""
    entries = {**({"candidateGroup": group} if group else {}), **properties}
    written = "".join(f'<spiffworkflow:property name="{name}" value="{escape(value)}" />' for name, value in entries.items())
    extensions = f"<extensionElements><spiffworkflow:properties>{written}</spiffworkflow:properties></extensionElements>"
    return f'<userTask id="{element_id}" name="{_title(element_id)}">{extensions}{inner}</userTask>'


def service(element_id: str, operation: str, *, result: str = "", inner: str = "", **parameters: str) -> str:
    """A service task that performs an operation."""
    written = "".join(f'<spiffworkflow:parameter id="{name}" type="any" value="{escape(text)}" />' for name, text in parameters.items())
    variable = f' resultVariable="{result}"' if result else ""
    operator = (
        f'<spiffworkflow:serviceTaskOperator id="{operation}"{variable}><spiffworkflow:parameters>{written}</spiffworkflow:parameters>'
        "</spiffworkflow:serviceTaskOperator>"
    )
    return f'<serviceTask id="{element_id}" name="{_title(element_id)}"><extensionElements>{operator}</extensionElements>{inner}</serviceTask>'


def script(element_id: str, text: str) -> str:
    return f'<scriptTask id="{element_id}" name="{_title(element_id)}"><script>{escape(text)}</script></scriptTask>'


def rule(element_id: str, table: str, *, result: str = "") -> str:
    """A business rule task that asks a table."""
    variable = (
        f'<spiffworkflow:properties><spiffworkflow:property name="resultVariable" value="{result}" /></spiffworkflow:properties>' if result else ""
    )
    called = f"<spiffworkflow:calledDecisionId>{table}</spiffworkflow:calledDecisionId>"
    return f'<businessRuleTask id="{element_id}" name="{_title(element_id)}"><extensionElements>{called}{variable}</extensionElements></businessRuleTask>'


def exclusive(element_id: str, default: str | None = None) -> str:
    """An exclusive gateway; `default` is the element its default flow leads to."""
    chosen = f' default="{element_id}-to-{default}"' if default else ""
    return f'<exclusiveGateway id="{element_id}" name="{_title(element_id)}?"{chosen} />'


def inclusive(element_id: str, default: str | None = None) -> str:
    chosen = f' default="{element_id}-to-{default}"' if default else ""
    return f'<inclusiveGateway id="{element_id}" name="{_title(element_id)}?"{chosen} />'


def parallel(element_id: str) -> str:
    return f'<parallelGateway id="{element_id}" />'


def event_gateway(element_id: str) -> str:
    return f'<eventBasedGateway id="{element_id}" />'


def catch(element_id: str, inner: str) -> str:
    return f'<intermediateCatchEvent id="{element_id}" name="{_title(element_id)}">{inner}</intermediateCatchEvent>'


def boundary(element_id: str, on: str, inner: str, *, interrupts: bool = True) -> str:
    return f'<boundaryEvent id="{element_id}" name="{_title(element_id)}" attachedToRef="{on}" cancelActivity="{str(interrupts).lower()}">{inner}</boundaryEvent>'


def on_message(name: str) -> str:
    return f'<messageEventDefinition messageRef="{name}" />'


def on_date(expression: str) -> str:
    return f"<timerEventDefinition><timeDate>{escape(expression)}</timeDate></timerEventDefinition>"


def after(expression: str) -> str:
    return f"<timerEventDefinition><timeDuration>{escape(expression)}</timeDuration></timerEventDefinition>"


def sub(element_id: str, *elements: str, attributes: str = "") -> str:
    """An embedded sub-process."""
    return f'<subProcess id="{element_id}" name="{_title(element_id)}"{attributes}>{"".join(elements)}</subProcess>'


def call(element_id: str, key: str, *, each: tuple[str, str] | None = None, sequential: bool = False) -> str:
    """A call of another process; `each` is a list and the name of one of its items."""
    inner = instances(*each, sequential=sequential) if each else ""
    return f'<callActivity id="{element_id}" name="{_title(element_id)}" calledElement="{key}">{inner}</callActivity>'


def instances(items: str, item: str, *, sequential: bool = False, inner: str = "") -> str:
    """One instance for each item of a list."""
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{str(sequential).lower()}"><loopDataInputRef>{items}</loopDataInputRef>'
        f'<inputDataItem id="{item}" name="{item}" />{inner}</multiInstanceLoopCharacteristics>'
    )


def _title(element_id: str) -> str:
    return element_id.replace("-", " ").replace("_", " ").capitalize()
