// Keyboard shortcuts of the staff pages; one switch in the settings turns all of them off.
const PLACES = { w: '/work', c: '/cases', p: '/processes', d: '/decisions' };

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
  return element.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(element.tagName) || element.closest?.('.djs-container');
}

function press(root, event) {
  const click = (selector) => root.querySelector(selector)?.click();
  const known = {
    '?': () => location.assign('/settings#shortcuts'),
    '/': () => root.querySelector('[data-search] input')?.focus(),
    t: () => click('[data-take-next]'),
    ']': () => click('[data-next-task]'),
    '[': () => click('[data-previous-task]'),
    j: () => move(root, 1),
    k: () => move(root, -1),
    ArrowDown: () => inList(event) && move(root, 1),
    ArrowUp: () => inList(event) && move(root, -1),
  };
  if (!known[event.key]) return;
  if (event.key.startsWith('Arrow') && !inList(event)) return;
  event.preventDefault();
  known[event.key]();
}

function inList(event) {
  return Boolean(event.target.closest?.('[data-task-list]'));
}

function move(root, by) {
  const links = [...root.querySelectorAll('[data-task-list] a[data-task]')];
  if (!links.length) return;
  const place = links.indexOf(root.activeElement);
  links[Math.min(links.length - 1, Math.max(0, place + by))].focus();
}
