// Says, five minutes before, that signing out is near, and lets the person stay.
const WARN_SECONDS = 300;

export function warnBeforeSignOut(seconds) {
  const left = Number(seconds);
  if (!left) return;
  let until = Date.now() + left * 1000;
  const dialog = document.createElement('dialog');
  dialog.className = 'dps-dialog';
  dialog.innerHTML = '<h2 class="govuk-heading-m">You will be signed out soon</h2><p class="govuk-body" aria-live="polite"></p>'
    + '<button type="button" class="govuk-button">Stay signed in</button>';
  document.body.append(dialog);
  const words = dialog.querySelector('p');
  dialog.querySelector('button').addEventListener('click', async () => {
    const answer = await fetch('/session', { headers: { Accept: 'application/json' } }).catch(() => null);
    if (answer?.ok) until = Date.now() + left * 1000;
    dialog.close();
  });
  setInterval(() => {
    const rest = Math.round((until - Date.now()) / 1000);
    if (rest > WARN_SECONDS) return;
    words.textContent = rest > 60 ? `In ${Math.ceil(rest / 60)} minutes. What you typed is kept.`
      : rest > 0 ? `In ${Math.ceil(rest / 20) * 20} seconds. What you typed is kept.` : 'You have been signed out. What you typed is kept.';
    if (!dialog.open) dialog.showModal();
  }, 5000);
}
