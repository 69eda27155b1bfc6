// Examples beside a table: values as somebody types them, and what the table says to each, worked out by the engine as one types.
import { button, element, post } from './saving.js';

const QUIET_MS = 300;

export function tryExamples(config, { read }) {
  const place = document.querySelector('[data-examples]');
  const store = `examples:${config.saveUrl}:${config.path}`;
  let examples = JSON.parse(sessionStorage.getItem(store) || 'null') || config.examples;
  let columns = [];
  let timer;
  let asked = 0;

  function changed() {
    clearTimeout(timer);
    timer = setTimeout(look, QUIET_MS);
  }

  async function look() {
    const turn = ++asked;
    const { ok, found } = await post(config.tryUrl, { text: await read(), examples }, config.token);
    if (turn !== asked) return;
    if (!ok || found.problem) {
      place.querySelector('[data-examples-problem]').textContent = found.problem || 'The examples did not run. Change something to try again.';
      return;
    }
    place.querySelector('[data-examples-problem]').textContent = '';
    if (JSON.stringify(columns) !== JSON.stringify(found.columns)) draw(found);
    found.rows.forEach(tell);
    place.dataset.lookedAt = String(turn);
  }

  function draw(found) {
    ({ columns } = found);
    const head = place.querySelector('thead tr');
    const body = place.querySelector('tbody');
    head.replaceChildren(...[...columns.map((each) => each.label), 'Row', 'Says', ''].map((words) => header(words)));
    body.replaceChildren(...examples.map((_, number) => row(number)));
  }

  function header(words) {
    const cell = element(words ? 'th' : 'td', 'govuk-table__header', words);
    if (words) cell.scope = 'col';
    return cell;
  }

  function row(number) {
    const line = element('tr', 'govuk-table__row');
    for (const { name, label } of columns) {
      const input = element('input', 'govuk-input');
      input.value = examples[number][name] ?? '';
      input.setAttribute('aria-label', `${label}, example ${number + 1}`);
      input.addEventListener('input', () => {
        examples[number][name] = input.value;
        keep();
        changed();
      });
      const cell = element('td', 'govuk-table__cell');
      cell.append(input);
      line.append(cell);
    }
    const last = element('td', 'govuk-table__cell');
    const away = element('button', 'dps-link-button', 'Remove');
    away.type = 'button';
    away.append(element('span', 'govuk-visually-hidden', ` example ${number + 1}`));
    away.addEventListener('click', () => { examples = examples.filter((_, at) => at !== number); again(); });
    last.append(away);
    line.append(element('td', 'govuk-table__cell'), element('td', 'govuk-table__cell'), last);
    return line;
  }

  function tell(result, number) {
    const cells = place.querySelectorAll('tbody tr')[number]?.querySelectorAll('td');
    if (!cells) return;
    cells[columns.length].textContent = result.rows;
    cells[columns.length + 1].textContent = result.says;
    cells[columns.length + 1].classList.toggle('dps-wrong', result.is_error);
  }

  function again() {
    columns = [];
    keep();
    look();
  }

  const keep = () => sessionStorage.setItem(store, JSON.stringify(examples));
  place.append(button('Add an example', () => { examples = [...examples, { ...examples.at(-1) }]; again(); }, true));
  return { changed, look };
}
