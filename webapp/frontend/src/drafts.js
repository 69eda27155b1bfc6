// Saves what is typed into a task as a draft, assigns the task on the first change, and says when somebody else was faster.
const FIRST_MS = 300;
const QUIET_MS = 1500;
const AGAIN_MS = 3000;
const WATCH_MS = 10000;
const NOT_IN_A_DRAFT = ['form_key', '_comment', '_file', '_share', '_open_next', '_asked_next'];

export function keepDrafts(form) {
  if (!form) return;
  const line = form.querySelector('[data-draft-status]');
  const store = `draft:${form.dataset.draftUrl}`;
  let timer;
  let dirty = false;
  let isFirst = true;
  let savedAs = '';

  const say = (text, loud) => {
    if (!line) return;
    line.setAttribute('aria-live', loud || !savedAs ? 'polite' : 'off');
    line.textContent = text;
  };
  const later = (wait) => {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };

  async function save() {
    if (!dirty || form.dataset.sent) return;
    dirty = false;
    const body = draftOf(form);
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: 'POST', body, headers: { Accept: 'application/json' } });
      const result = await answer.json().catch(() => ({}));
      if (answer.ok) saved(result);
      else if ([403, 404, 409].includes(answer.status)) refused(result);
      else throw new Error('not saved');
    } catch {
      dirty = true;
      say(`Not saved. Trying again.${savedAs ? ` ${savedAs}.` : ''}`, true);
      sessionStorage.setItem(store, JSON.stringify([...body].filter(([, value]) => typeof value === 'string')));
      later(AGAIN_MS);
    }
  }

  function saved(result) {
    say(result.message, false);
    savedAs = result.message;
    setSeen(form, result.seen);
    const owner = document.querySelector('[data-assignee]');
    if (owner && result.assigned) owner.textContent = result.assigned;
    sessionStorage.removeItem(store);
  }

  function refused(result) {
    say(`Not saved. ${result.words || ''} `.trimEnd(), true);
    if (result.elsewhere && line) offerBoth(line, () => {
      setSeen(form, 'keep');
      dirty = true;
      save();
    });
  }

  form.addEventListener('input', () => {
    dirty = true;
    later(isFirst ? FIRST_MS : QUIET_MS);
    isFirst = false;
  });
  form.addEventListener('change', () => {
    dirty = true;
    later(FIRST_MS);
  });
  form.addEventListener('submit', () => {
    dirty = false;
    clearTimeout(timer);
  });
  // What was sent back with errors is kept too, so that leaving the page now loses nothing.
  if (document.querySelector('.govuk-error-summary')) {
    dirty = true;
    later(FIRST_MS);
  }
  addEventListener('online', save);
  addEventListener('pagehide', () => {
    if (dirty) navigator.sendBeacon(form.dataset.draftUrl, draftOf(form));
  });
  watch(form);
}

function draftOf(form) {
  const body = new FormData(form);
  for (const name of NOT_IN_A_DRAFT) body.delete(name);
  return body;
}

function setSeen(form, mark) {
  const seen = form.querySelector('[name="_draft_seen"]');
  if (seen && mark) seen.value = mark;
}

// The same person typed into another tab: neither text is thrown away unless they say which.
function offerBoth(line, keep) {
  const open = document.createElement('a');
  open.className = 'govuk-link';
  open.href = location.href;
  open.textContent = 'Open the newer one';
  const mine = document.createElement('button');
  mine.type = 'button';
  mine.className = 'dps-link-button';
  mine.textContent = 'Keep this one';
  mine.addEventListener('click', keep);
  line.append(' ', open, ' ', mine);
}

function watch(form) {
  const place = document.querySelector('[data-task-watch]');
  if (!place || !form.dataset.stateUrl) return;
  setInterval(async () => {
    try {
      const answer = await fetch(form.dataset.stateUrl, { headers: { Accept: 'application/json' } });
      const state = answer.ok ? await answer.json() : {};
      if (state.message && place.textContent !== state.message) place.textContent = state.message;
    } catch { /* the next look will tell */ }
  }, WATCH_MS);
}
