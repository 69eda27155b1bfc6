// Copies text that a page keeps for someone, such as the answers of a post that was refused.
export function offerCopy(root) {
  for (const button of root.querySelectorAll('[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      const source = root.querySelector(button.dataset.copy);
      await navigator.clipboard.writeText(source.value ?? source.innerText);
      button.textContent = 'Copied';
    });
  }
}
