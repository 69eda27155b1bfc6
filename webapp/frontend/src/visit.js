// Marks of a visit that could not be sent are kept on the phone and sent as soon as there is a connection again.
const STORE = 'visit-marks:';
const AGAIN_MS = 15000;

export function keepVisitMarks(root) {
  const form = root.querySelector('form[data-visit-line]');
  const place = root.querySelector('[data-visit-unsent]');
  const reader = (form || place)?.dataset.visitReader;
  forgetOthers(reader);
  settle(root);
  if (!reader) return;
  if (form) restore(form, reader);
  if (form) form.addEventListener('submit', (event) => sendOrKeep(event, form, reader, place));
  const send = () => sendKept(root, reader, place);
  addEventListener('online', send);
  setInterval(send, AGAIN_MS);
  send();
}

const keyOf = (reader) => `${STORE}${reader}`;
const read = (reader) => JSON.parse(localStorage.getItem(keyOf(reader)) || '{}');

function write(reader, kept) {
  if (Object.keys(kept).length) localStorage.setItem(keyOf(reader), JSON.stringify(kept));
  else localStorage.removeItem(keyOf(reader));
}

// What somebody else typed on this device is not theirs to send, and not anyone's to read.
function forgetOthers(reader) {
  if (!reader) return;
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(STORE) && key !== keyOf(reader)) localStorage.removeItem(key);
  }
}

const typedIn = (form) => ({ mark: form.elements.mark.value, evidence: form.elements.evidence.value, seen: form.elements.seen.value });

async function post(root, url, typed) {
  const body = new FormData();
  for (const [name, value] of Object.entries(typed)) body.append(name, value);
  const token = root.querySelector('[name="csrf_token"]')?.value || document.body.dataset.formToken || '';
  const headers = { Accept: 'application/json', 'X-CSRFToken': token };
  return fetch(url, { method: 'POST', body, headers, redirect: 'error' });
}

async function sendOrKeep(event, form, reader, place) {
  if (form.dataset.plain) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const url = form.getAttribute('action');
  const typed = typedIn(form);
  const line = form.querySelector('[data-visit-status]');
  let answer;
  try {
    answer = await post(document, url, typed);
  } catch {
    const kept = read(reader);
    kept[url] = typed;
    write(reader, kept);
    line.textContent = 'No connection. This line is kept on this device and will be sent when there is one. Keep this page open, or come back to it.';
    tell(place, kept);
    return;
  }
  if (answer.ok) {
    const kept = read(reader);
    delete kept[url];
    write(reader, kept);
    location.assign((await answer.json()).next);
    return;
  }
  // Something is missing, or another device was faster: the page says what.
  form.dataset.plain = 'yes';
  form.requestSubmit();
}

async function sendKept(root, reader, place) {
  const kept = read(reader);
  for (const [url, typed] of Object.entries(kept)) {
    try {
      const answer = await post(root, url, typed);
      if (answer.ok) {
        const left = read(reader);
        delete left[url];
        write(reader, left);
        const form = root.querySelector(`form[data-visit-line][action="${url}"]`);
        if (form) {
          form.elements.seen.value = (await answer.json()).revision;
          form.querySelector('[data-visit-status]').textContent = 'Sent.';
        }
      }
    } catch {
      break;
    }
  }
  tell(place, read(reader));
}

function tell(place, kept) {
  if (!place) return;
  const urls = Object.keys(kept);
  place.hidden = urls.length === 0;
  place.textContent = urls.length ? `${urls.length} line${urls.length === 1 ? ' is' : 's are'} kept on this device and not sent yet. ` : '';
  for (const url of urls) {
    const link = document.createElement('a');
    link.className = 'govuk-link';
    link.href = url;
    link.textContent = `Look at ${url.split('/').pop()}`;
    place.append(link, ' ');
  }
}

function restore(form, reader) {
  const typed = read(reader)[form.getAttribute('action')];
  if (!typed) return;
  const chosen = form.querySelector(`[name="mark"][value="${CSS.escape(typed.mark)}"]`);
  if (chosen) chosen.checked = true;
  form.elements.evidence.value = typed.evidence;
  form.elements.seen.value = typed.seen;
}

// On the page of a conflict the person decides: what was kept for this line is done with.
function settle(root) {
  for (const way of root.querySelectorAll('[data-visit-settled]')) {
    way.addEventListener(way.tagName === 'FORM' ? 'submit' : 'click', () => {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(STORE)) continue;
        const kept = JSON.parse(localStorage.getItem(key));
        for (const url of Object.keys(kept)) if (url.endsWith(`/${way.dataset.visitSettled}`)) delete kept[url];
        if (Object.keys(kept).length) localStorage.setItem(key, JSON.stringify(kept));
        else localStorage.removeItem(key);
      }
    });
  }
}
