// Saves what is typed into a task as a draft, and assigns the task on the first change.
const QUIET_MS = 1500;
const WATCH_MS = 10000;

export function keepDrafts(form) {
  if (!form) return;
  const line = form.querySelector('[data-draft-status]');
  const store = `draft:${form.dataset.draftUrl}`;
  let timer;
  let dirty = false;
  let announced = false;

  const say = (text, loud) => {
    if (!line) return;
    line.setAttribute('aria-live', loud || !announced ? 'polite' : 'off');
    line.textContent = text;
    announced = true;
  };

  async function save() {
    if (!dirty) return;
    dirty = false;
    const body = new FormData(form);
    try {
      const answer = await fetch(form.dataset.draftUrl, { method: 'POST', body, headers: { Accept: 'application/json' } });
      const result = await answer.json().catch(() => ({}));
      if (answer.status === 409 || answer.status === 403) {
        say(`Not saved. ${result.words || ''}`.trim(), true);
        return;
      }
      if (!answer.ok) throw new Error('refused');
      say(result.message, false);
      const seen = form.querySelector('[name="_draft_seen"]');
      if (seen && result.seen) seen.value = result.seen;
      const owner = document.querySelector('[data-assignee]');
      if (owner && result.assigned) owner.textContent = result.assigned;
      sessionStorage.removeItem(store);
    } catch {
      dirty = true;
      say('Not saved. Trying again.', true);
      sessionStorage.setItem(store, JSON.stringify([...body].filter(([, value]) => typeof value === 'string')));
      clearTimeout(timer);
      timer = setTimeout(save, 3000);
    }
  }

  const changed = (wait) => () => {
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  };
  let first = true;
  form.addEventListener('input', () => {
    const wait = first ? 300 : QUIET_MS;
    first = false;
    changed(wait)();
  });
  form.addEventListener('change', changed(200));
  form.addEventListener('submit', () => clearTimeout(timer));
  addEventListener('online', save);
  addEventListener('pagehide', () => {
    if (dirty) navigator.sendBeacon(form.dataset.draftUrl, new FormData(form));
  });
  watch(form);
}

function watch(form) {
  const place = document.querySelector('[data-task-watch]');
  if (!place || !form.dataset.stateUrl) return;
  const look = async () => {
    try {
      const answer = await fetch(form.dataset.stateUrl, { headers: { Accept: 'application/json' } });
      const state = answer.ok ? await answer.json() : {};
      if (state.message && place.textContent !== state.message) place.textContent = state.message;
    } catch { /* the next look will tell */ }
  };
  setInterval(look, WATCH_MS);
}
