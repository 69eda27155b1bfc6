import './site.css';
import { initAll } from 'govuk-frontend';
import { initAll as initCasework } from '@ministryofjustice/frontend';
import { keepDrafts } from './drafts.js';
import { refuseSecondPress } from './submit-once.js';
import { listenForShortcuts } from './shortcuts.js';
import { warnBeforeSignOut } from './session-end.js';
import { offerCopy } from './copy.js';
import { followConditions } from './conditions.js';
import { withoutExpandedRadios } from './radios.js';
import { uploadOneByOne } from './uploads.js';
import { keepVisitMarks } from './visit.js';
import { followJob } from './progress.js';

document.body.classList.add('js-enabled', 'govuk-frontend-supported');
initAll();
initCasework();
withoutExpandedRadios(document);
keepDrafts(document.querySelector('form[data-draft-url]'));
uploadOneByOne(document.querySelector('form[data-upload-each]'));
keepVisitMarks(document);
followJob(document.querySelector('[data-job]'));
refuseSecondPress(document);
listenForShortcuts(document);
warnBeforeSignOut(document.body);
offerCopy(document);
followConditions(document);
document.querySelector('.govuk-error-summary')?.focus();
focusTheHeadingOfTheNext(document);

// After a task is completed another page opens: a screen reader begins at its heading.
function focusTheHeadingOfTheNext(root) {
  const heading = root.querySelector('main h1');
  if (!heading || !root.querySelector('.moj-alert--success') || root.querySelector('.govuk-error-summary')) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}
