import 'dmn-js/dist/assets/diagram-js.css';
import 'dmn-js/dist/assets/dmn-js-shared.css';
import 'dmn-js/dist/assets/dmn-js-drd.css';
import 'dmn-js/dist/assets/dmn-js-decision-table.css';
import 'dmn-js/dist/assets/dmn-js-decision-table-controls.css';
import 'dmn-js/dist/assets/dmn-js-literal-expression.css';
import 'dmn-js/dist/assets/dmn-font/css/dmn-embedded.css';
import './editors.css';
import Modeler from 'dmn-js/lib/Modeler';
import { configuration, keepSaved } from './saving.js';
import { watchProblems } from './problems.js';
import { tryExamples } from './examples.js';

const config = configuration();
const place = document.querySelector('[data-table-editor]');
const modeler = new Modeler({ container: place });
const read = async () => (await modeler.saveXML({ format: true })).xml;

async function show(xml) {
  await modeler.importXML(xml);
  const table = modeler.getViews().find((view) => view.type === 'decisionTable');
  if (table) await modeler.open(table);
}

const keeper = keepSaved(config, { read, show });
const problems = watchProblems(config, { read });
const examples = tryExamples(config, { read });
const heard = new WeakSet();

function listen() {
  const viewer = modeler.getActiveViewer();
  if (!viewer || heard.has(viewer)) return;
  heard.add(viewer);
  viewer.on('commandStack.changed', () => {
    keeper.changed();
    problems.changed();
    examples.changed();
  });
}

modeler.on('views.changed', listen);
await show(config.text);
listen();
problems.look();
examples.look();
for (const way of ['undo', 'redo']) {
  document.querySelector(`[data-${way}]`)?.addEventListener('click', () => modeler.getActiveViewer().get('commandStack')[way]());
}
place.modeler = modeler;
place.dataset.ready = 'yes';
