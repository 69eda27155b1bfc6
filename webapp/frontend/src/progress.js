// The page of a job that runs: what it shows is fetched again every few seconds, and said at every quarter or twenty seconds.
const SAY_EVERY = 20_000;
const FIRST_LOOK = 1000;

export function followJob(region) {
  if (!region?.dataset.refresh) return;
  const voice = region.ownerDocument.querySelector('[data-job-voice]');
  let said = { at: Date.now(), quarter: quarterOf(region) };

  async function look() {
    let answer;
    try {
      answer = await fetch(window.location.href, { headers: { Accept: 'text/html' } });
    } catch {
      return again(region);
    }
    if (!answer.ok || answer.redirected) return window.location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
    const fresh = page.querySelector('[data-job]');
    // The end of a job is a page of its own: its results are read from the top.
    if (!fresh?.dataset.refresh) return window.location.reload();
    for (const part of region.querySelectorAll('[data-job-part]')) {
      const now = fresh.querySelector(`[data-job-part="${part.dataset.jobPart}"]`);
      if (now) part.replaceWith(now);
    }
    said = say(region, voice, said);
    return again(region);
  }

  // Most jobs are over in a moment, so the first looks come sooner.
  let wait = FIRST_LOOK;
  function again(place) {
    window.setTimeout(look, wait);
    wait = Math.min(wait * 2, Number(place.dataset.refresh) * 1000);
  }
  again(region);
}

function quarterOf(region) {
  const bar = region.querySelector('progress');
  return bar && bar.hasAttribute('value') ? Math.floor((4 * bar.value) / bar.max) : 0;
}

function say(region, voice, said) {
  const quarter = quarterOf(region);
  if (quarter === said.quarter && Date.now() - said.at < SAY_EVERY) return said;
  if (voice) voice.textContent = region.querySelector('[data-job-part="words"]')?.textContent.trim() ?? '';
  return { at: Date.now(), quarter };
}
