// Copies text that a page keeps for someone, such as the answers of a post that was refused.
export function offerCopy(root) {
  for (const button of root.querySelectorAll('[data-copy]')) {
    button.hidden = false;
    button.addEventListener('click', async () => {
      await navigator.clipboard.writeText(root.querySelector(button.dataset.copy).innerText);
      button.textContent = 'Copied';
    });
  }
}
