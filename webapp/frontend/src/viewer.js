import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

async function draw(place) {
  const viewer = new NavigatedViewer({ container: place });
  const xml = await (await fetch(place.dataset.bpmnUrl)).text();
  await viewer.importXML(xml);
  viewer.get('canvas').zoom('fit-viewport', 'auto');
  place.dataset.ready = 'yes';
}

// A drawing inside closed details has no size yet: it is made when they are first opened.
for (const place of document.querySelectorAll('[data-bpmn-url]')) {
  const folded = place.closest('details:not([open])');
  if (folded) folded.addEventListener('toggle', () => draw(place), { once: true });
  else draw(place);
}
