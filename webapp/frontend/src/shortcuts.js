// Keyboard shortcuts of the staff pages; one switch in the settings turns all of them off.
const PLACES = { w: '/work', c: '/cases', p: '/processes', d: '/decisions' };
const LIST = [
  ['?', 'This list'], ['/', 'Search'], ['g then w, c, p or d', 'Work, Cases, Processes or Decisions'], ['j and k', 'Next and previous row of a list'],
  ['Enter', 'Open the row'], ['x', 'Select the row'], ['a', 'Assign the row to me'], ['t', 'Take next task'],
  ['] and [', 'Next and previous task'], ['Ctrl and Enter', 'The main button, inside a form'],
];

export function listenForShortcuts(root) {
  if (root.body.dataset.shortcuts !== 'on') return;
  let went = false;
  root.addEventListener('keydown', (event) => {
    const form = event.target.closest?.('form');
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      if (form?.dataset.mainButton === 'yes') form.requestSubmit(form.querySelector('[data-main]') || undefined);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (went && PLACES[event.key]) {
      location.assign(PLACES[event.key]);
      return;
    }
    went = event.key === 'g';
    press(root, event);
  });
}

function isTyping(element) {
  const isBox = element.tagName === 'INPUT' && ['checkbox', 'radio', 'button', 'submit'].includes(element.type);
  return element.isContentEditable || (!isBox && /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName)) || element.closest?.('.djs-container, dialog');
}

function press(root, event) {
  const click = (selector) => root.querySelector(selector)?.click();
  const isInList = Boolean(event.target.closest?.('[data-task-list]'));
  const known = {
    '?': () => explain(root),
    '/': () => root.querySelector('[data-search] input')?.focus(),
    t: () => click('[data-take-next]'),
    ']': () => click('[data-next-task]'),
    '[': () => click('[data-previous-task]'),
    j: () => move(root, 1),
    k: () => move(root, -1),
    ...(isInList && {
      ArrowDown: () => move(root, 1),
      ArrowUp: () => move(root, -1),
      x: () => event.target.closest('tr')?.querySelector('[type="checkbox"]')?.click(),
      a: () => assign(event.target.closest('tr')),
    }),
  };
  if (!known[event.key]) return;
  event.preventDefault();
  known[event.key]();
}

function move(root, by) {
  const links = [...root.querySelectorAll('[data-task-list] a[data-task]')];
  if (!links.length) return;
  const here = root.activeElement.closest?.('tr')?.querySelector('a[data-task]');
  links[Math.min(links.length - 1, Math.max(0, links.indexOf(here) + by))].focus();
}

async function assign(row) {
  const link = row?.querySelector('a[data-assign-url]');
  const token = row?.closest('form')?.querySelector('[name="csrf_token"]')?.value;
  if (!link || !token) return;
  const answer = await fetch(link.dataset.assignUrl, { method: 'POST', headers: { Accept: 'application/json', 'X-CSRFToken': token } });
  if (answer.ok) location.reload();
}

function explain(root) {
  const before = root.querySelector('#shortcuts-list');
  if (before) {
    before.showModal();
    return;
  }
  const dialog = root.createElement('dialog');
  dialog.id = 'shortcuts-list';
  dialog.className = 'dps-dialog';
  dialog.setAttribute('aria-labelledby', 'shortcuts-title');
  dialog.innerHTML = '<h2 class="govuk-heading-m" id="shortcuts-title">Keyboard shortcuts</h2><dl class="dps-case-facts"></dl>'
    + '<p class="govuk-body"><a class="govuk-link" href="/settings#shortcuts">Turn shortcuts off</a></p>'
    + '<button type="button" class="govuk-button govuk-button--secondary">Close</button>';
  const list = dialog.querySelector('dl');
  for (const [keys, words] of LIST) {
    list.append(Object.assign(root.createElement('dt'), { textContent: keys }), Object.assign(root.createElement('dd'), { textContent: words }));
  }
  dialog.querySelector('button').addEventListener('click', () => dialog.close());
  root.body.append(dialog);
  dialog.showModal();
}
