import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import './viewer.css';
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer';

for (const place of document.querySelectorAll('[data-bpmn-url]')) {
  const viewer = new NavigatedViewer({ container: place });
  const xml = await (await fetch(place.dataset.bpmnUrl)).text();
  await viewer.importXML(xml);
  viewer.get('canvas').zoom('fit-viewport', 'auto');
  place.dataset.ready = 'yes';
}
