import '@bpmn-io/form-js-viewer/dist/assets/form-js.css';
import '@bpmn-io/form-js-editor/dist/assets/dragula.css';
import '@bpmn-io/form-js-editor/dist/assets/form-js-editor.css';
import '@bpmn-io/form-js-editor/dist/assets/properties-panel.css';
import './editors.css';
import { FormEditor } from '@bpmn-io/form-js-editor';
import { followConditions } from '../conditions.js';
import { configuration, keepSaved, post } from './saving.js';
import { watchProblems } from './problems.js';

const QUIET_MS = 400;
const config = configuration();
const place = document.querySelector('[data-form-editor]');
const preview = document.querySelector('[data-preview]');
const editor = new FormEditor({ container: place });
let before = JSON.parse(config.text);
let isShowing = true;

// The editor gives every part an id, a place and its usual settings. A part that had none is kept without, in the order it was written in, so
// that a change of a form shows only what somebody changed.
const originals = new Map();
const usual = new Map();

function withIds(parts) {
  return parts.map((part) => {
    const id = part.id || `part-${originals.size + 1}`;
    originals.set(id, part);
    return { ...part, id, ...(part.components && { components: withIds(part.components) }) };
  });
}

function noteUsual(parts) {
  for (const part of parts) {
    usual.set(part.id, part);
    if (part.components) noteUsual(part.components);
  }
}

function without(parts) {
  return parts.map((part) => {
    const was = originals.get(part.id);
    const first = usual.get(part.id);
    const names = [...Object.keys(was || {}), ...Object.keys(part)].filter((name, at, all) => all.indexOf(name) === at && name in part);
    const kept = names.filter((name) => (was ? name in was || !isSame(part[name], first[name]) : !['id', 'layout'].includes(name)));
    return Object.fromEntries(kept.map((name) => [name, name === 'components' ? without(part.components) : part[name]]));
  });
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function read() {
  const { components, ...rest } = editor.saveSchema();
  const form = { ...rest, components: without(components) };
  return `${JSON.stringify(Object.fromEntries(Object.keys(before).map((name) => [name, form[name]])), null, 2)}\n`;
}

async function show(text) {
  isShowing = true;
  before = JSON.parse(text);
  originals.clear();
  usual.clear();
  await editor.importSchema({ ...before, components: withIds(before.components) });
  noteUsual(editor.saveSchema().components);
  isShowing = false;
  await look();
}

// Our own form, as people will meet it. It cannot be sent.
async function look() {
  try {
    const { ok, found } = await post(config.previewUrl, { text: read() }, config.token);
    if (!ok) throw new Error('no preview');
    preview.innerHTML = found.html;
    followConditions(preview);
  } catch {
    preview.textContent = 'The preview did not work. Change something to try again.';
  }
}

const keeper = keepSaved(config, { read, show });
const problems = watchProblems(config, { read });
let timer;
editor.on('changed', () => {
  if (isShowing) return;
  keeper.changed();
  problems.changed();
  clearTimeout(timer);
  timer = setTimeout(look, QUIET_MS);
});
await show(config.text);
problems.look();
for (const way of ['undo', 'redo']) {
  document.querySelector(`[data-${way}]`)?.addEventListener('click', () => editor.get('commandStack')[way]());
}
preview.closest('form').addEventListener('submit', (event) => event.preventDefault());
place.editor = editor;
place.readText = read;
place.show = show;
place.dataset.ready = 'yes';
