// The list that a step goes through, and the list of what came of it, are names of values here and not elements of the file. Left as it is,
// the library would drop such a name when it reads a file, and lose it when it writes one.
const LOOP = 'bpmn:MultiInstanceLoopCharacteristics';
const LISTS = ['bpmn:loopDataInputRef', 'bpmn:loopDataOutputRef'];

export function keepNamesOfLists(moddle) {
  const type = moddle.registry.typeMap[LOOP];
  const found = type.properties.filter((each) => LISTS.includes(each.name));
  if (found.length !== LISTS.length) throw new Error('the library describes loops in another way now');
  for (const each of found) Object.assign(each, { isReference: false, type: 'String' });
}
