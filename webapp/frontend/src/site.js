import './site.css';
import { initAll } from 'govuk-frontend';
import { initAll as initCasework } from '@ministryofjustice/frontend';
import { keepDrafts } from './drafts.js';
import { refuseSecondPress } from './submit-once.js';
import { listenForShortcuts } from './shortcuts.js';
import { warnBeforeSignOut } from './session-end.js';
import { offerCopy } from './copy.js';

document.body.classList.add('js-enabled', 'govuk-frontend-supported');
initAll();
initCasework();
keepDrafts(document.querySelector('form[data-draft-url]'));
refuseSecondPress(document);
listenForShortcuts(document);
warnBeforeSignOut(document.body.dataset.sessionSecondsLeft);
offerCopy(document);
document.querySelector('.govuk-error-summary')?.focus();
