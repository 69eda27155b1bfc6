// Offers only what the engine runs: everything else would be refused by the checks as soon as it was drawn.
const REFUSED = new RegExp([
  'manual', 'send-task', 'receive', 'signal', 'link-', '-link', 'compensat', 'cancel', 'error', 'escalation', 'conditional', 'transaction', 'ad-hoc',
  'complex', 'data-object', 'data-store', 'data-input', 'data-output', 'event-subprocess', 'event-sub', 'timer-start', 'message-start',
  'message-end', 'message-intermediate-throw', 'non-interrupting-.*start', '(^|-)none-task$', 'with-task$', '(append|create)-task$', 'toggle-loop',
  'collapsed-participant', 'collapsed-subprocess', 'empty-participant', 'empty-pool', 'collapsed-pool',
].join('|'));
const PALETTE = ['create.task', 'create.data-object', 'create.data-store', 'create.participant-collapsed'];
const MENUS = ['bpmn-replace', 'bpmn-append', 'bpmn-create'];

function Supported(popupMenu, palette, contextPad, create, autoPlace, elementFactory) {
  const menu = {
    getPopupMenuEntries: () => (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => !REFUSED.test(id))),
    getPopupMenuHeaderEntries: () => (entries) => Object.fromEntries(Object.entries(entries).filter(([id]) => !/^toggle-(loop|adhoc|ad-hoc)/.test(id))),
  };
  for (const name of MENUS) popupMenu.registerProvider(name, 100, menu);

  palette.registerProvider(100, { getPaletteEntries: () => (entries) => {
    const kept = Object.fromEntries(Object.entries(entries).filter(([id]) => !PALETTE.includes(id)));
    const start = (event) => create.start(event, elementFactory.createShape({ type: 'bpmn:UserTask' }));
    kept['create.user-task'] = {
      group: 'activity', className: 'bpmn-icon-user-task', title: 'Add a step that a person does', action: { dragstart: start, click: start },
    };
    return kept;
  } });

  contextPad.registerProvider(100, { getContextPadEntries: (element) => (entries) => {
    if (entries['append.append-task']) {
      const start = (event) => create.start(event, elementFactory.createShape({ type: 'bpmn:UserTask' }), { source: element });
      const place = () => autoPlace.append(element, elementFactory.createShape({ type: 'bpmn:UserTask' }));
      entries['append.append-task'] = {
        group: 'model', className: 'bpmn-icon-user-task', title: 'Add a step that a person does', action: { dragstart: start, click: place },
      };
    }
    return entries;
  } });
}
Supported.$inject = ['popupMenu', 'palette', 'contextPad', 'create', 'autoPlace', 'elementFactory'];

export default { __init__: ['supportedOnly'], supportedOnly: ['type', Supported] };
