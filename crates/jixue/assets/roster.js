// Sending a file: its name and size, a limit said before it is sent, and how far it has come. Without this script the
// same form sends the file in the ordinary way.
//
// form[data-upload][data-say-too-large="… {size} …"][data-say-broken]  input[type=file][data-bytes-max]
//   [data-file]  progress[data-progress]  [data-upload-error] role=alert
import { csrf } from './send.js';
import { fill, show } from './words.js';

function size(bytes) {
  return bytes < 1048576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1048576).toFixed(1)} MB`;
}

function watch(form) {
  const input = form.querySelector('input[type="file"]');
  const file = form.querySelector('[data-file]');
  const bar = form.querySelector('[data-progress]');
  const error = form.querySelector('[data-upload-error]');
  const buttons = form.querySelectorAll('button');

  const fits = () => {
    const chosen = input.files[0];
    const most = Number(input.dataset.bytesMax) || Infinity;
    const isTooLarge = Boolean(chosen) && chosen.size > most;
    show(error, isTooLarge ? fill(form.dataset.sayTooLarge, { size: size(chosen.size) }) : '');
    return Boolean(chosen) && !isTooLarge;
  };
  const busy = (is) => {
    bar.hidden = !is;
    form.setAttribute('aria-busy', String(is));
    for (const button of buttons) button.disabled = is;
  };
  const failed = (sentence) => {
    busy(false);
    show(error, sentence || form.dataset.sayBroken || '');
  };

  input.addEventListener('change', () => {
    const chosen = input.files[0];
    file.textContent = chosen ? `${chosen.name} · ${size(chosen.size)}` : '';
    fits();
  });

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.getAttribute('aria-busy') === 'true' || !fits()) return;
    const request = new XMLHttpRequest();
    request.open('POST', form.action);
    request.setRequestHeader('Accept', 'application/json');
    for (const [name, value] of Object.entries(csrf())) request.setRequestHeader(name, value);
    request.upload.addEventListener('progress', (progress) => {
      if (progress.lengthComputable) bar.value = (progress.loaded / progress.total) * 100;
      // All sent, the server is reading: no number is known now.
      if (progress.loaded === progress.total) bar.removeAttribute('value');
    });
    request.addEventListener('load', () => {
      if (request.status < 400) return location.assign(request.responseURL);
      let problem = {};
      try { problem = JSON.parse(request.responseText); } catch (_) { /* a proxy's page, not ours */ }
      failed(problem.sentence);
    });
    request.addEventListener('error', () => failed());
    request.addEventListener('abort', () => failed());
    bar.value = 0;
    busy(true);
    request.send(new FormData(form));
  });

  addEventListener('pageshow', (event) => event.persisted && busy(false));
}

for (const form of document.querySelectorAll('form[data-upload]')) watch(form);
