import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import 'bpmn-js/dist/assets/bpmn-font/css/bpmn-embedded.css';
import '@bpmn-io/properties-panel/dist/assets/properties-panel.css';
import './editors.css';
import Modeler from 'bpmn-js/lib/Modeler';
import { CreateAppendAnythingModule } from 'bpmn-js-create-append-anything';
import namesOfIds from './naming.js';
import ownProperties from './properties.js';
import supportedOnly from './supported.js';
import moddle from './spiff-moddle.json';
import { keepNamesOfLists } from './own-names.js';
import { configuration, keepSaved } from './saving.js';
import { watchProblems } from './problems.js';

const config = configuration();
const place = document.querySelector('[data-diagram]');
const modeler = new Modeler({
  container: place,
  propertiesPanel: { parent: '[data-properties]' },
  moddleExtensions: { spiffworkflow: moddle },
  workshop: config,
  additionalModules: [...ownProperties, CreateAppendAnythingModule, supportedOnly, namesOfIds],
});
keepNamesOfLists(modeler.get('moddle'));
const TOOLS = 100;
const canvas = modeler.get('canvas');
const read = async () => (await modeler.saveXML({ format: true })).xml;

async function show(xml) {
  await modeler.importXML(xml);
  fit();
}

// All of it, beside the tools and not below them.
function fit() {
  if (!place.clientWidth) return;
  canvas.resized();
  canvas.zoom('fit-viewport', 'auto');
  const { inner, outer, scale } = canvas.viewbox();
  const room = (outer.width - TOOLS) / outer.width;
  if (inner.width * scale > outer.width - TOOLS * 2) canvas.zoom(scale * room, 'auto');
  canvas.scroll({ dx: TOOLS / 2, dy: 0 });
}

// On a small screen there is no drawing; when the window grows it has a size for the first time.
let hadRoom = place.clientWidth > 0;
new ResizeObserver(() => {
  if (!hadRoom && place.clientWidth) fit();
  hadRoom = place.clientWidth > 0;
}).observe(place);

function go(id) {
  const shape = modeler.get('elementRegistry').get(id);
  if (!shape) return;
  canvas.scrollToElement(shape);
  modeler.get('selection').select(shape);
  place.scrollIntoView({ block: 'nearest' });
}

let marked = [];
function mark(errors, all) {
  const registry = modeler.get('elementRegistry');
  for (const [id, marker] of marked) if (registry.get(id)) canvas.removeMarker(id, marker);
  marked = [...all].filter((id) => registry.get(id)).map((id) => [id, errors.has(id) ? 'dps-has-error' : 'dps-has-warning']);
  for (const [id, marker] of marked) canvas.addMarker(id, marker);
}

await show(config.text);
const keeper = keepSaved(config, { read, show });
const problems = watchProblems(config, { read, go, mark });
modeler.on('commandStack.changed', () => {
  keeper.changed();
  problems.changed();
});
problems.look();
for (const way of ['undo', 'redo']) {
  document.querySelector(`[data-${way}]`)?.addEventListener('click', () => modeler.get('commandStack')[way]());
}
document.querySelector('[data-fit]')?.addEventListener('click', fit);
const wanted = decodeURIComponent(location.hash.slice(1).replace(/^step-/, ''));
if (wanted) go(wanted);
place.dataset.ready = 'yes';
// For the tests and for support: what the page holds can be looked at from the console.
place.modeler = modeler;
