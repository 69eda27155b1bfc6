// The panel beside the diagram: what a process owner can say about a step, in our own words and with our own properties.
import {
  CheckboxEntry, SelectEntry, TextAreaEntry, TextFieldEntry, isCheckboxEntryEdited, isSelectEntryEdited, isTextAreaEntryEdited, isTextFieldEntryEdited,
} from '@bpmn-io/properties-panel';
import { h } from '@bpmn-io/properties-panel/preact';
import { BpmnPropertiesPanelModule, useService } from 'bpmn-js-properties-panel';
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { Changes, documentationOf, extension, propertyOf } from './extensions.js';
import { doneBy, putInto } from './doers.js';

const objectOf = getBusinessObject;
const EDITED = { text: isTextFieldEntryEdited, area: isTextAreaEntryEdited, select: isSelectEntryEdited, check: isCheckboxEntryEdited };
const SHOWN = { text: TextFieldEntry, area: TextAreaEntry, select: SelectEntry, check: CheckboxEntry };

// One entry of the panel: `get` and `set` work on the element, `options` gives the choices of a select.
function entry(kind, id, label, { get, set, options, description, rows, monospace }) {
  const component = ({ element, id: name }) => {
    const changes = Changes.for(useService);
    const debounce = useService('debounceInput');
    const services = { modeling: useService('modeling'), registry: useService('elementRegistry') };
    return SHOWN[kind]({
      element, id: name, label, description, debounce, rows, monospace, autoResize: kind === 'area',
      getValue: () => get(element, services),
      setValue: (value) => set(element, value, changes, services),
      ...(options && { getOptions: () => withPresent(options(element, services), get(element, services)) }),
    });
  };
  return { id, label, component, isEdited: EDITED[kind] };
}

// A value that stands in the file and is not among the choices is shown as it is, never dropped.
function withPresent(choices, value) {
  return value && !choices.some((each) => each.value === value) ? [...choices, { value, label: `${value} (not known here)` }] : choices;
}

const property = (kind, name, label, more = {}) => entry(kind, `own-${name}`, label, {
  ...more,
  get: (element) => (kind === 'check' ? propertyOf(objectOf(element), name) === 'yes' : propertyOf(objectOf(element), name)),
  set: (element, value, changes) => changes.setProperty(element, name, kind === 'check' ? value && 'yes' : value),
});
const named = (kind, name, label, more = {}) => entry(kind, `bpmn-${name}`, label, {
  ...more,
  get: (element) => objectOf(element).get(name) || '',
  set: (element, value, changes, { modeling }) => modeling.updateProperties(element, { [name]: value || undefined }),
});
const about = (label = 'What it is about') => entry('area', 'documentation', label, {
  get: (element) => documentationOf(objectOf(element)), set: (element, value, changes) => changes.setDocumentation(element, value),
});
const nothing = (words) => ({ value: '', label: words });

function stepEntries(config) {
  return [
    named('area', 'name', 'Name'),
    entry('select', 'done-by', 'Done by', {
      description: 'A lane of the drawing, or a team that this step belongs to wherever it is drawn',
      get: (element, { registry }) => doneBy(element, registry),
      set: (element, value, changes, services) => putInto(element, value, changes, services),
      options: (element, { registry }) => [
        ...registry.filter((each) => is(each, 'bpmn:Lane')).map((lane) => ({ value: `lane:${lane.id}`, label: `Lane: ${objectOf(lane).name || lane.id}` })),
        ...config.groups.map(({ value, label }) => ({ value: `'${value}'`, label: `Team: ${label}` })),
        ...config.variables.filter((name) => /group|team|key/.test(name)).map((name) => ({ value: name, label: `The team in the value ${name}` })),
      ],
    }),
    property('select', 'formKey', 'Form', { options: (element) => [nothing(`The form named like the step (${element.id})`), ...config.forms] }),
    property('select', 'dueRule', 'Time allowed', { options: () => [nothing('The usual time for a step'), ...config.dueRules] }),
    property('text', 'dueOn', 'Or due on the day in this value', { monospace: true, description: `Such as ${config.variables.filter((name) => /_(at|on|by)$/.test(name)).slice(0, 3).join(', ') || 'reply_by_at'}` }),
    property('check', 'significant', 'Ask to check and confirm before it counts'),
    property('area', 'helpText', 'Help text', { description: 'Shown above the questions' }),
    property('text', 'legalBasis', 'Legal basis'),
    property('text', 'stage', 'Stage of the case'),
    property('area', 'doneWords', 'Words afterwards', { description: 'What the person reads when it is done' }),
    about(),
  ];
}

function workEntries(config) {
  return [
    property('select', 'operation', 'What the system does with the answers', { options: () => [nothing('It only keeps them'), ...config.operations] }),
    property('text', 'routes', 'Answers that decide the way', { monospace: true, description: 'Keys of questions of the form, with spaces between' }),
    property('text', 'startsFrom', 'Begins with the answers of', { monospace: true, description: 'Ids of earlier steps' }),
    property('text', 'page', 'Page of its own', { monospace: true }),
  ];
}

// Four eyes: the steps whose person must not be the one who does this step.
function fourEyesEntries(element, registry) {
  const chosen = () => propertyOf(objectOf(element), 'differentFrom').split(/\s+/).filter(Boolean);
  const tasks = registry.filter((each) => is(each, 'bpmn:UserTask') && each.id !== element.id && !each.labelTarget);
  const ids = [...tasks.map((each) => each.id), ...chosen().filter((id) => !registry.get(id))];
  return ids.map((id) => entry('check', `four-eyes-${id}`, `Another person than who did “${objectOf(registry.get(id) || {})?.name || id}”`, {
    get: () => chosen().includes(id),
    set: (_, value, changes) => changes.setProperty(element, 'differentFrom', (value ? [...chosen(), id] : chosen().filter((each) => each !== id)).join(' ')),
  }));
}

function operationEntries(element, config) {
  const operator = () => extension(objectOf(element), 'ServiceTaskOperator');
  const parameters = () => operator()?.parameterList?.get('parameters') || [];
  const plain = (list) => list.map(({ id, type, value }) => ({ id, type, value }));
  const row = (each, place) => entry('text', `parameter-${place}`, each.id || `Parameter ${place + 1}`, {
    monospace: true,
    get: () => parameters()[place]?.value || '',
    set: (_, value, changes) => changes.setOperator(element, { parameters: plain(parameters()).map((one, at) => (at === place ? { ...one, value } : one)) }),
  });
  return [
    named('area', 'name', 'Name'),
    entry('select', 'operation', 'What the system does', {
      get: () => operator()?.id || '', set: (_, value, changes) => changes.setOperator(element, { id: value }),
      options: () => [nothing('Choose an operation'), ...config.operations],
    }),
    entry('text', 'result', 'Keep the whole result as', {
      monospace: true, get: () => operator()?.resultVariable || '', set: (_, value, changes) => changes.setOperator(element, { resultVariable: value }),
    }),
    ...parameters().map(row),
    entry('text', 'new-parameter', 'Hand on another value', {
      monospace: true, description: 'Its name; then write what it is above', get: () => '',
      set: (_, value, changes) => value && changes.setOperator(element, { parameters: [...plain(parameters()), { id: value.trim(), type: 'str', value: value.trim() }] }),
    }),
    about(),
  ];
}

function tableEntries(config) {
  return [
    named('area', 'name', 'Name'),
    entry('select', 'decision', 'Decision table', {
      get: (element) => extension(objectOf(element), 'CalledDecisionId')?.value || '',
      set: (element, value, changes) => changes.setBody(element, 'CalledDecisionId', value),
      options: () => [nothing('Choose a table'), ...config.tables],
    }),
    property('text', 'resultVariable', 'Keep the whole answer as', { monospace: true }),
    property('text', 'stage', 'Stage of the case'),
    about(),
  ];
}

function flowEntries(element, config) {
  const source = objectOf(element).sourceRef;
  const chooses = is(source, 'bpmn:ExclusiveGateway') || is(source, 'bpmn:InclusiveGateway');
  if (!chooses) return [named('text', 'name', 'Name')];
  return [
    named('text', 'name', 'Name', { description: 'The answer in a few words, such as “Yes”' }),
    entry('area', 'condition', 'Taken when', {
      monospace: true, rows: 2,
      description: h('span', null, "Such as answer == 'yes' and amount > 500000. ", h('a', { href: config.helpUrl }, 'How to write a condition'),
        `. Values known: ${config.variables.join(', ')}`),
      get: () => objectOf(element).conditionExpression?.body || '',
      set: (_, value, changes) => changes.setExpression(element, objectOf(element), 'conditionExpression', value),
    }),
    entry('check', 'default', 'Taken when no other way applies', {
      get: () => source.default === objectOf(element),
      set: (_, value, changes) => changes.set(element, source, { default: value ? objectOf(element) : undefined }),
    }),
  ];
}

function timerEntries(element, definition) {
  const KINDS = { timeDate: 'On a day or at a moment', timeDuration: 'After a length of time' };
  const kind = () => (definition.timeDuration ? 'timeDuration' : 'timeDate');
  const body = () => definition[kind()]?.body || '';
  return [
    entry('select', 'timer-kind', 'When', {
      get: kind, options: () => Object.entries(KINDS).map(([value, label]) => ({ value, label })),
      set: (_, value, changes) => changes.set(element, definition, {
        timeDate: undefined, timeDuration: undefined, [value]: changes.make('bpmn:FormalExpression', { body: body() || "'P7D'" }, definition),
      }),
    }),
    entry('text', 'timer-value', 'The time', {
      monospace: true, description: "A value such as reply_by_at, a date such as '2026-03-31', or a length such as 'P14D'",
      get: body, set: (_, value, changes) => changes.setExpression(element, definition, kind(), value),
    }),
  ];
}

function messageEntries(element, definition) {
  const holder = () => rootOf(objectOf(element));
  const messages = () => holder().get('rootElements').filter((each) => each.$type === 'bpmn:Message');
  return [
    entry('select', 'message', 'Message', {
      get: () => definition.messageRef?.id || '',
      set: (_, value, changes) => changes.set(element, definition, { messageRef: messages().find((each) => each.id === value) }),
      options: () => [nothing('Choose a message'), ...messages().map((each) => ({ value: each.id, label: each.name || each.id }))],
    }),
    entry('text', 'new-message', 'Or a new message named', {
      get: () => '',
      set: (_, value, changes) => {
        if (!value.trim()) return;
        const root = holder();
        const made = changes.make('bpmn:Message', { id: `message-${value.trim().toLowerCase().replace(/[^a-z0-9]+/g, '-')}`, name: value.trim() }, root);
        changes.set(element, root, { rootElements: [made, ...root.get('rootElements')] });
        changes.set(element, definition, { messageRef: made });
      },
    }),
  ];
}

function rootOf(object) {
  return object.$type === 'bpmn:Definitions' ? object : rootOf(object.$parent);
}

function eachEntries(element, loop) {
  const text = (name, label, description) => entry('text', `each-${name}`, label, {
    monospace: true, description, get: () => nameOf(loop[name]),
    set: (_, value, changes) => changes.set(element, loop, { [name]: value ? changes.make('bpmn:DataInput', { id: value, name: value }, loop) : undefined }),
  });
  const nameOf = (item) => item?.name || item?.id || '';
  const list = (name, label) => entry('text', `each-${name}`, label, {
    monospace: true, get: () => loop.get(name) || '', set: (_, value, changes) => changes.set(element, loop, { [name]: value.trim() || undefined }),
  });
  return [
    list('loopDataInputRef', 'The list in this value'),
    text('inputDataItem', 'Each one is called', 'The name under which the step finds its own one'),
    list('loopDataOutputRef', 'What comes of them is kept as'),
    text('outputDataItem', 'What comes of each one is called'),
    entry('check', 'sequential', 'One after another', {
      get: () => !!loop.isSequential, set: (_, value, changes) => changes.set(element, loop, { isSequential: value }),
    }),
  ];
}

function processEntries(element, config) {
  const object = processOf(element);
  if (!object) return [named('text', 'name', 'Name')];
  return [
    entry('text', 'process-name', 'Name of the process', { get: () => object.name || '', set: (_, value, changes) => changes.set(element, object, { name: value }) }),
    entry('text', 'needs', 'Values it needs to begin', {
      monospace: true, get: () => propertyOf(object, 'needs'), set: (_, value, changes) => changes.setProperty(element, 'needs', value, object),
    }),
    entry('area', 'process-about', 'What it is about', {
      get: () => documentationOf(object), set: (_, value, changes) => changes.setDocumentation(element, value, object),
    }),
  ];
}

function processOf(element) {
  const object = objectOf(element);
  if (is(object, 'bpmn:Participant')) return object.processRef;
  return is(object, 'bpmn:Process') ? object : null;
}

function groupsOf(element, config, registry) {
  const object = objectOf(element);
  const group = (id, label, entries, shouldOpen = false) => ({ id, label, entries, shouldOpen });
  const definition = (object.eventDefinitions || [])[0];
  const found = [];
  if (is(element, 'bpmn:UserTask')) {
    found.push(group('step', 'Step', stepEntries(config), true), group('four-eyes', 'Four eyes', fourEyesEntries(element, registry)), group('work', 'Answers', workEntries(config)));
  } else if (is(element, 'bpmn:ServiceTask')) found.push(group('step', 'Done by the system', operationEntries(element, config), true));
  else if (is(element, 'bpmn:BusinessRuleTask')) found.push(group('step', 'Decision', tableEntries(config), true));
  else if (is(element, 'bpmn:CallActivity')) {
    found.push(group('step', 'Another process', [named('area', 'name', 'Name'), named('select', 'calledElement', 'Process', { options: () => [nothing('Choose a process'), ...config.processes] }), about()], true));
  } else if (is(element, 'bpmn:ScriptTask')) {
    found.push(group('step', 'Worked out', [named('area', 'name', 'Name'), named('area', 'script', 'How', { monospace: true, rows: 4, description: `Values known: ${config.variables.join(', ')}` }), about()], true));
  } else if (is(element, 'bpmn:SequenceFlow')) found.push(group('step', 'Way on', flowEntries(element, config), true));
  else if (processOf(element) || is(element, 'bpmn:Collaboration')) found.push(group('step', 'Process', [...(is(element, 'bpmn:Participant') ? [named('area', 'name', 'Title of the drawing')] : []), ...processEntries(element, config)], true));
  else if (is(element, 'bpmn:Lane')) {
    found.push(group('step', 'Lane', [named('select', 'name', 'Team', { options: () => [nothing('Choose a team'), ...config.groups.map(({ label }) => ({ value: label, label }))] })], true));
  } else if (is(element, 'bpmn:TextAnnotation')) found.push(group('step', 'Note', [named('area', 'text', 'Text')], true));
  else found.push(group('step', 'About', [named('area', 'name', 'Name'), about()], true));
  if (definition?.$type === 'bpmn:TimerEventDefinition') found.push(group('timer', 'Time', timerEntries(element, definition), true));
  if (definition?.$type === 'bpmn:MessageEventDefinition') found.push(group('message', 'Message', messageEntries(element, definition), true));
  if (is(element, 'bpmn:BoundaryEvent')) {
    found.push(group('boundary', 'What happens to the step', [entry('check', 'stops', 'The step ends when this happens', {
      get: () => object.cancelActivity !== false, set: (_, value, changes, { modeling }) => modeling.updateProperties(element, { cancelActivity: value }),
    })], true));
  }
  if (object.loopCharacteristics) found.push(group('each', 'For each of a list', eachEntries(element, object.loopCharacteristics)));
  found.push(group('names', 'Id', [{ ...named('text', 'id', 'Id', { monospace: true, description: 'Running cases, tests and forms know it by this name' }) }]));
  return found.filter((each) => each.entries.length);
}

// An entry keeps its component while it is about the same thing: a new one would lose what is being typed, and the place in it.
function keepComponents(kept, element, groups) {
  const object = objectOf(element);
  const about = [object, (object.eventDefinitions || [])[0], object.loopCharacteristics, processOf(element)];
  const before = kept.get(element);
  const components = before && before.about.every((each, place) => each === about[place]) ? before.components : new Map();
  kept.set(element, { about, components });
  for (const one of groups.flatMap((each) => each.entries)) {
    const name = `${one.id} ${one.label}`;
    if (!components.has(name)) components.set(name, one.component);
    one.component = components.get(name);
  }
  return groups;
}

function Provider(propertiesPanel, elementRegistry, config) {
  const kept = new WeakMap();
  this.getGroups = (element) => () => keepComponents(kept, element, groupsOf(element, config, elementRegistry));
  propertiesPanel.registerProvider(500, this);
}
Provider.$inject = ['propertiesPanel', 'elementRegistry', 'config.workshop'];

export default [BpmnPropertiesPanelModule, { __init__: ['ownProperties'], ownProperties: ['type', Provider] }];
