// A radio button may not carry aria-expanded (ARIA 1.2), which the library gives it when an answer reveals more questions.
export function withoutExpandedRadios(root) {
  const tidy = (radio) => radio.removeAttribute('aria-expanded');
  const watcher = new MutationObserver((changes) => changes.forEach(({ target }) => target.hasAttribute('aria-expanded') && tidy(target)));
  for (const radio of root.querySelectorAll('input[type="radio"][aria-controls]')) {
    tidy(radio);
    watcher.observe(radio, { attributeFilter: ['aria-expanded'] });
  }
}
