// Says, five minutes before, that signing out is near, and lets the person stay.
const WARN_SECONDS = 300;
const JSON_PLEASE = { Accept: 'application/json' };

export function warnBeforeSignOut(body) {
  const left = Number(body.dataset.sessionSecondsLeft);
  if (!left) return;
  let until = Date.now() + left * 1000;
  const dialog = document.createElement('dialog');
  dialog.className = 'dps-dialog';
  dialog.innerHTML = '<h2 class="govuk-heading-m" id="session-end">You will be signed out soon</h2><p class="govuk-body" aria-live="polite"></p>'
    + '<button type="button" class="govuk-button">Stay signed in</button>';
  dialog.setAttribute('aria-labelledby', 'session-end');
  body.append(dialog);
  const words = dialog.querySelector('p');

  const ask = async (options) => {
    const answer = await fetch('/session', { headers: JSON_PLEASE, ...options }).catch(() => null);
    if (answer?.ok) until = Date.now() + (await answer.json()).seconds_left * 1000;
  };
  dialog.querySelector('button').addEventListener('click', async () => {
    await ask({ method: 'POST', headers: { ...JSON_PLEASE, 'X-CSRFToken': body.dataset.formToken } });
    dialog.close();
  });
  setInterval(async () => {
    if (rest() > WARN_SECONDS) return;
    // Another tab, or a draft that was saved here, may have counted as use since.
    if (!dialog.open) await ask({});
    if (rest() > WARN_SECONDS) return;
    words.textContent = timeLeft(rest());
    if (!dialog.open) dialog.showModal();
  }, 5000);

  function rest() {
    return Math.round((until - Date.now()) / 1000);
  }
}

function timeLeft(seconds) {
  if (seconds <= 0) return 'You have been signed out. What you typed is kept.';
  const words = seconds > 60 ? `${Math.ceil(seconds / 60)} minutes` : `${Math.ceil(seconds / 20) * 20} seconds`;
  return `In ${words}. What you typed is kept.`;
}
