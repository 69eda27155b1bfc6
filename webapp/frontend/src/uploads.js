// Sends chosen files one by one, says how far each is, and gives each its own message; the other files are kept.
const LARGEST = 20 * 1024 * 1024;
const TOO_BIG = 'The selected file must be smaller than 20MB';

export function uploadOneByOne(form) {
  if (!form) return;
  const input = form.querySelector('input[type="file"]');
  const list = form.querySelector('[data-uploads]');
  form.addEventListener('submit', async (event) => {
    if (!input.files.length) return;
    event.preventDefault();
    event.stopPropagation();
    const button = form.querySelector('[data-main]');
    button.setAttribute('aria-disabled', 'true');
    list.textContent = '';
    document.querySelector('.govuk-error-summary')?.remove();
    document.title = document.title.replace(/^Error: /, '');
    let refused = 0;
    for (const file of [...input.files]) {
      const line = document.createElement('p');
      line.className = 'govuk-body';
      list.append(line);
      const fault = file.size > LARGEST ? TOO_BIG : await send(form, input.name, file, line);
      if (fault) refused += 1;
      line.className = fault ? 'govuk-error-message' : 'govuk-body';
      line.textContent = fault ? `${file.name}: ${fault}` : `${file.name} is uploaded`;
    }
    input.value = '';
    button.removeAttribute('aria-disabled');
    if (!refused) {
      location.assign(location.pathname);
      return;
    }
    document.title = `Error: ${document.title}`;
    showStored(list);
  });
}

function send(form, name, file, line) {
  const body = new FormData();
  for (const field of form.querySelectorAll('input:not([type="file"])')) {
    if (field.name !== 'form_key') body.append(field.name, field.value);
  }
  body.append(name, file);
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open('POST', form.action);
    request.setRequestHeader('Accept', 'application/json');
    let said = 0;
    line.textContent = `Uploading ${file.name}`;
    request.upload.addEventListener('progress', (event) => {
      const quarter = event.lengthComputable ? Math.floor((event.loaded / event.total) * 4) * 25 : 0;
      if (quarter > said) {
        said = quarter;
        line.textContent = `Uploading ${file.name}: ${quarter}%`;
      }
    });
    request.addEventListener('error', () => resolve('We could not upload this file. Try again'));
    request.addEventListener('load', () => resolve(faultIn(request)));
    request.send(body);
  });
}

function faultIn(request) {
  try {
    const { files } = JSON.parse(request.responseText);
    return files[0].error;
  } catch {
    return request.status === 413 ? TOO_BIG : 'We could not upload this file. Try again';
  }
}

// The files that were taken are listed by the server: the messages of the others stay on the page until it is opened again.
function showStored(list) {
  const again = document.createElement('p');
  again.className = 'govuk-body';
  const link = document.createElement('a');
  link.className = 'govuk-link';
  link.href = location.href;
  link.textContent = 'Show the files that were uploaded';
  again.append(link);
  list.append(again);
}
