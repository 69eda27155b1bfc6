// Hides the questions whose condition holds, as the server does when it checks the answers.
export function followConditions(root) {
  const places = [...root.querySelectorAll('[data-hide-when]')].map((place) => [place, JSON.parse(place.dataset.hideWhen)]);
  if (!places.length) return;
  const form = places[0][0].closest('form');
  const follow = () => {
    const answers = read(form);
    for (const [place, condition] of places) place.hidden = holds(condition, answers);
  };
  form.addEventListener('input', follow);
  form.addEventListener('change', follow);
  follow();
}

function read(form) {
  const answers = {};
  for (const [name, value] of new FormData(form)) if (!(name in answers)) answers[name] = value;
  return answers;
}

function holds([sign, ...parts], answers) {
  if (sign === 'or') return parts.some((part) => holds(part, answers));
  if (sign === 'and') return parts.every((part) => holds(part, answers));
  if (sign === 'not') return !holds(parts[0], answers);
  const given = answers[parts[0]];
  if (sign === 'is') return Boolean(given);
  const isSame = given === undefined ? parts[1] === null : String(given) === String(parts[1]);
  if (sign === '=') return isSame;
  if (sign === '!=') return !isSame;
  const [left, right] = [Number(given), Number(parts[1])];
  return { '<': left < right, '<=': left <= right, '>': left > right, '>=': left >= right }[sign];
}
