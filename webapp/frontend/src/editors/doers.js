// Who does a step: the lane it is drawn in, or a group of its own that goes before the lane.
import { getBusinessObject, is } from 'bpmn-js/lib/util/ModelUtil';
import { propertyOf } from './extensions.js';

const laneOf = (element, registry) => registry.find((each) => is(each, 'bpmn:Lane')
  && (getBusinessObject(each).get('flowNodeRef') || []).includes(getBusinessObject(element)));

export function doneBy(element, registry) {
  const group = propertyOf(getBusinessObject(element), 'candidateGroup');
  if (group) return group.replaceAll('"', "'");
  const lane = laneOf(element, registry);
  return lane ? `lane:${lane.id}` : '';
}

// A lane: the group of its own goes, and the step moves to the middle of the lane. Anything else: a group of its own, where it stands.
export function putInto(element, value, changes, { modeling, registry }) {
  if (!value.startsWith('lane:')) {
    changes.setProperty(element, 'candidateGroup', value);
    return;
  }
  changes.setProperty(element, 'candidateGroup', '');
  const lane = registry.get(value.slice(5));
  const present = laneOf(element, registry);
  if (!lane || lane === present) return;
  const dy = lane.y + lane.height / 2 - (element.y + element.height / 2);
  modeling.moveElements([element], { x: 0, y: Math.round(dy) }, element.parent);
}
