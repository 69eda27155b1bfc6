// Saves what an editor holds a moment after the last change, asks for the problems in it, and when somebody else saved the same file
// in the meantime lets the person choose. Nothing is ever written over unasked.
const QUIET_MS = 700;
const AGAIN_MS = 4000;

export function configuration() {
  return JSON.parse(document.getElementById('editor-config').textContent);
}

export async function post(url, body, token) {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Accept: 'application/json', 'X-CSRFToken': token },
    body: JSON.stringify(body),
  });
  const found = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, found };
}

// `read` gives the present text of the file; `show` replaces what the editor holds; `saved` hears of each save.
export function keepSaved(config, { read, show, saved = () => {} }) {
  const line = document.querySelector('[data-saved-line]');
  const place = document.querySelector('[data-conflict]');
  let base = config.text;
  let revision = config.revision;
  let timer;
  let running = false;
  let waits = false;
  let dirty = false;
  let stopped = !config.mayEdit;

  const say = (words) => { line.textContent = words; };

  function changed() {
    if (stopped) return;
    dirty = true;
    clearTimeout(timer);
    timer = setTimeout(save, QUIET_MS);
  }

  async function save() {
    if (running) { waits = true; return; }
    running = true;
    clearTimeout(timer);
    try {
      const text = await read();
      if (text !== base) await send(text);
      else dirty = false;
    } catch {
      say('Not saved. Trying again.');
      timer = setTimeout(save, AGAIN_MS);
    }
    running = false;
    if (waits) { waits = false; changed(); }
  }

  async function send(text) {
    say('Saving…');
    const { ok, status, found } = await post(config.saveUrl, { path: config.path, text, based_on: revision }, config.token);
    if (ok) {
      ({ revision } = found);
      base = text;
      dirty = false;
      say(found.words);
      saved(text);
    } else if (status === 409 && found.theirs !== undefined) {
      stopped = true;
      say('Not saved: somebody else saved this too.');
      const both = await post(config.joinUrl, { path: config.path, base, mine: text, theirs: found.theirs }, config.token);
      offer(text, { ...found, joined: both.found.joined });
    } else if (status >= 400 && status < 500) {
      stopped = status !== 413 && status !== 422;
      say(`Not saved. ${found.words || found.message || 'Open the page again.'}`);
    } else throw new Error('not saved');
  }

  // Both texts stay within reach until one of them has been chosen, and the other can be kept as a file.
  function offer(mine, found) {
    stopped = true;
    place.hidden = false;
    place.replaceChildren();
    const heading = element('h2', 'govuk-heading-s', `${found.by} saved this ${config.what} at ${found.at}, while you were changing it`);
    const words = element('p', 'govuk-body', found.joined
      ? 'You changed different parts, so both changes can be kept.' : 'You changed the same parts. Choose which to keep; the other can be downloaded first.');
    const buttons = element('div', 'govuk-button-group');
    if (found.joined) buttons.append(button('Keep both changes', () => settle(found.joined, found)));
    buttons.append(
      button('Keep mine', () => settle(mine, found), !!found.joined),
      button(`Use what ${found.by} saved`, () => settle(found.theirs, found), true),
      download('Download mine', mine, `mine-${config.fileName}`),
      download('Download theirs', found.theirs, `theirs-${config.fileName}`),
    );
    place.append(heading, words, buttons);
    heading.tabIndex = -1;
    heading.focus();
  }

  async function settle(text, found) {
    revision = found.revision;
    base = found.theirs;
    stopped = false;
    place.hidden = true;
    if (text !== await read()) await show(text);
    dirty = true;
    await save();
    if (text === found.theirs) saved(text);
  }

  addEventListener('online', () => dirty && save());
  addEventListener('beforeunload', (event) => {
    if (!dirty) return;
    save();
    event.preventDefault();
  });
  return { changed, save, isDirty: () => dirty };
}

export function element(name, classes, words = '') {
  const made = document.createElement(name);
  made.className = classes;
  made.textContent = words;
  return made;
}

export function button(words, press, isSecond = false) {
  const made = element('button', `govuk-button${isSecond ? ' govuk-button--secondary' : ''}`, words);
  made.type = 'button';
  made.addEventListener('click', press);
  return made;
}

function download(words, text, name) {
  const made = element('a', 'govuk-link', words);
  made.href = `data:application/octet-stream;charset=utf-8,${encodeURIComponent(text)}`;
  made.download = name;
  return made;
}
