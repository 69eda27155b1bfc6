// Reading and changing our own properties of an element through the command stack, so that each change can be undone.
import { getBusinessObject } from 'bpmn-js/lib/util/ModelUtil';

const NS = 'spiffworkflow:';
const DOCUMENTED = 'bpmn:Documentation';

export const extension = (object, type) => (object.get('extensionElements')?.get('values') || []).find((each) => each.$type === NS + type);
export const propertyOf = (object, name) => (extension(object, 'Properties')?.get('properties') || []).find((each) => each.name === name)?.value || '';
export const documentationOf = (object) => (object.get('documentation') || [])[0]?.text || '';

export class Changes {
  constructor(bpmnFactory, commandStack, modeling) {
    Object.assign(this, { factory: bpmnFactory, stack: commandStack, modeling });
  }

  static for(getService) {
    return new Changes(getService('bpmnFactory'), getService('commandStack'), getService('modeling'));
  }

  make(type, values, parent) {
    const made = this.factory.create(type, values);
    made.$parent = parent;
    return made;
  }

  set(element, object, properties) {
    this.modeling.updateModdleProperties(element, object, properties);
  }

  // The extension elements with one of their kind replaced, added, or taken away when `made` is null.
  setExtension(element, type, build, object = getBusinessObject(element)) {
    const before = object.get('extensionElements');
    const holder = this.make('bpmn:ExtensionElements', { values: [] }, object);
    const old = extension(object, type);
    const made = build(holder, old);
    const values = before ? [...before.get('values')] : [];
    const place = old ? values.indexOf(old) : values.length;
    values.splice(place, old ? 1 : 0, ...(made ? [made] : []));
    for (const each of values) each.$parent = holder;
    holder.get('values').push(...values);
    this.set(element, object, { extensionElements: values.length ? holder : undefined });
  }

  setProperty(element, name, value, object) {
    this.setExtension(element, 'Properties', (holder, old) => {
      const rest = old ? [...old.get('properties')] : [];
      const place = rest.findIndex((each) => each.name === name);
      const one = value ? [this.factory.create(`${NS}Property`, { name, value })] : [];
      if (place >= 0) rest.splice(place, 1, ...one);
      else rest.push(...one);
      if (!rest.length) return null;
      const group = this.make(`${NS}Properties`, { properties: rest }, holder);
      for (const each of rest) each.$parent = group;
      return group;
    }, object);
  }

  setBody(element, type, value) {
    this.setExtension(element, type, (holder) => (value ? this.make(NS + type, { value }, holder) : null));
  }

  setOperator(element, changes) {
    this.setExtension(element, 'ServiceTaskOperator', (holder, old) => {
      const list = (changes.parameters || old?.parameterList?.get('parameters') || []);
      const values = { id: old?.id, resultVariable: old?.resultVariable, ...changes };
      if (!values.id) return null;
      const made = this.make(`${NS}ServiceTaskOperator`, { id: values.id, resultVariable: values.resultVariable || undefined }, holder);
      if (list.length) {
        const group = this.make(`${NS}Parameters`, {}, made);
        group.set('parameters', list.map(({ id, type, value }) => this.make(`${NS}Parameter`, { id, type, value }, group)));
        made.set('parameterList', group);
      }
      return made;
    });
  }

  setDocumentation(element, text, object = getBusinessObject(element)) {
    const rest = (object.get('documentation') || []).slice(1);
    this.set(element, object, { documentation: text ? [this.make(DOCUMENTED, { text }, object), ...rest] : rest });
  }

  setExpression(element, object, name, body) {
    this.set(element, object, { [name]: body ? this.make('bpmn:FormalExpression', { body }, object) : undefined });
  }
}
