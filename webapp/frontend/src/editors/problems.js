// The problems of what is being drawn, found by the server a moment after each change and listed below the editor.
import { element, post } from './saving.js';

const QUIET_MS = 300;

// `read` gives the present text; `go` selects a step; `mark` gets the ids with errors and with warnings.
export function watchProblems(config, { read, go = null, mark = () => {} }) {
  const list = document.querySelector('[data-problems]');
  const count = document.querySelector('[data-problem-count]');
  let timer;
  let asked = 0;

  function changed() {
    clearTimeout(timer);
    timer = setTimeout(look, QUIET_MS);
  }

  async function look() {
    const turn = ++asked;
    try {
      const text = await read();
      const { ok, found } = await post(config.lintUrl, { path: config.path, text }, config.token);
      if (turn !== asked) return;
      if (!ok) throw new Error('not checked');
      tell(found.problems);
      list.dataset.lookedAt = String(turn);
    } catch {
      if (turn === asked) list.replaceChildren(element('p', 'govuk-body', 'The check did not work. Problems are not known just now.'));
    }
  }

  function tell(problems) {
    const errors = problems.filter((each) => each.severity !== 'warning');
    if (count) count.textContent = ` ${problems.length}`;
    mark(new Set(errors.map((each) => each.element_id)), new Set(problems.map((each) => each.element_id)));
    if (!problems.length) {
      list.replaceChildren(element('p', 'govuk-body', 'No problems found.'));
      return;
    }
    const rows = element('ul', 'dps-problems');
    rows.append(...[...problems].sort((one, other) => weight(one) - weight(other)).map(row));
    list.replaceChildren(rows);
  }

  function row(problem) {
    const line = document.createElement('li');
    const isWarning = problem.severity === 'warning';
    line.append(element('strong', `govuk-tag govuk-tag--${isWarning ? 'yellow' : 'red'}`, isWarning ? 'Warning' : 'Error'), ' ');
    const about = problem.element_name || problem.element_id;
    line.append(element('span', '', `${about ? `“${about}”: ` : ''}${problem.message}${problem.message.endsWith('?') ? '' : '.'} `));
    if (problem.fix) line.append(element('span', 'dps-sub', `${problem.fix}. `));
    if (go && problem.element_id) {
      const step = element('button', 'dps-link-button', 'Go to step');
      step.type = 'button';
      step.append(element('span', 'govuk-visually-hidden', ` ${about}`));
      step.addEventListener('click', () => go(problem.element_id));
      line.append(step);
    }
    return line;
  }

  return { changed, look };
}

const weight = (problem) => (problem.severity === 'warning' ? 1 : 0);
