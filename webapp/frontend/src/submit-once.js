// A second press of a button while the first is on its way is ignored.
export function refuseSecondPress(root) {
  root.addEventListener('submit', (event) => {
    const form = event.target;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = 'yes';
    const button = event.submitter;
    setTimeout(() => {
      if (button && form.dataset.sent) {
        button.dataset.words = button.textContent;
        button.setAttribute('aria-disabled', 'true');
        if (form.method === 'post') button.textContent = 'Working…';
      }
    }, 0);
  });
  addEventListener('pageshow', () => {
    for (const form of root.querySelectorAll('form[data-sent]')) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll('[aria-disabled][data-words]')) {
        button.textContent = button.dataset.words;
        button.removeAttribute('aria-disabled');
      }
    }
  });
}
