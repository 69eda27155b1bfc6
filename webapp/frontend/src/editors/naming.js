// A new step gets an id that says what it is, made of its name: its form, the tests and the cases know it by that for good.
// Only what was drawn since the page was opened is renamed, for nothing can know it by its first id yet.
import CommandInterceptor from 'diagram-js/lib/command/CommandInterceptor';
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

const MADE_UP = /^(Activity|Event|Gateway)_[0-9a-z]{7}$/;
const LONGEST = 50;

class Naming extends CommandInterceptor {
  constructor(eventBus, modeling, elementRegistry) {
    super(eventBus);
    const fresh = new WeakSet();
    const rename = ({ context: { element } }) => {
      const object = getBusinessObject(element);
      if (MADE_UP.test(object.id)) fresh.add(object);
      const id = slug(object.name);
      if (!fresh.has(object) || !id || id === object.id) return;
      const step = elementRegistry.get(object.id);
      if (step && !elementRegistry.get(id)) modeling.updateProperties(step, { id });
    };
    this.postExecuted(['element.updateProperties', 'element.updateLabel'], rename);
  }
}
Naming.$inject = ['eventBus', 'modeling', 'elementRegistry'];

function slug(name) {
  const found = (name || '').toLowerCase().normalize('NFKD').replace(/[^a-z0-9]+/g, '-').replace(/^[^a-z]+|-+$/g, '');
  return found.slice(0, LONGEST).replace(/-+$/, '');
}

export default { __init__: ['namesOfIds'], namesOfIds: ['type', Naming] };
