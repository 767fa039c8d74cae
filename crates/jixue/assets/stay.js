// A form that was refused stays as it was filled, with the reason beside its field. Without this script the server answers
// with a page that says the reason.
//
// form[data-stay]="code:field …": a refusal whose code is that one, or begins with it and a point, belongs to the field;
// any other stands above the form's button. data-say-broken is the sentence for no answer at all.
import { csrf } from './send.js';

/** The field that a refusal is about. */
function fieldOf(form, code) {
  const pairs = form.dataset.stay.split(/\s+/).filter(Boolean).map((pair) => pair.split(':'));
  const found = pairs.find(([prefix]) => code === prefix || code.startsWith(`${prefix}.`));
  return found ? form.elements.namedItem(found[1]) : null;
}

function clear(form) {
  for (const words of form.querySelectorAll('[data-stay-error]')) words.remove();
  for (const field of form.querySelectorAll('[data-stay-wrong]')) {
    field.removeAttribute('aria-invalid');
    field.setAttribute('aria-describedby', field.dataset.stayWrong);
    if (!field.dataset.stayWrong) field.removeAttribute('aria-describedby');
    delete field.dataset.stayWrong;
    field.closest('.field')?.classList.remove('wrong');
  }
}

function tell(form, code, sentence) {
  const field = fieldOf(form, code);
  const words = document.createElement(field ? 'span' : 'p');
  words.dataset.stayError = '';
  words.textContent = sentence;
  if (!field) {
    words.className = 'alert';
    words.setAttribute('role', 'alert');
    words.tabIndex = -1;
    form.querySelector('button:not([type="button"])').before(words);
    return words.focus();
  }
  words.className = 'error';
  words.id = `${field.id}-refused`;
  field.before(words);
  field.dataset.stayWrong = field.getAttribute('aria-describedby') || '';
  field.setAttribute('aria-invalid', 'true');
  field.setAttribute('aria-describedby', `${words.id} ${field.dataset.stayWrong}`.trim());
  field.closest('.field')?.classList.add('wrong');
  field.focus();
}

async function send(form, submitter) {
  clear(form);
  form.setAttribute('aria-busy', 'true');
  let answer = null;
  let problem = {};
  try {
    const body = new URLSearchParams(new FormData(form, submitter));
    const headers = Object.assign({ Accept: 'application/json' }, csrf());
    answer = await fetch(form.action, { method: 'POST', body, headers, credentials: 'same-origin' });
    if (!answer.ok) problem = await answer.json();
  } catch {
    // No answer, or one that is not ours.
  }
  // What the session lacks is asked for on a page of its own.
  if (answer && (answer.ok || answer.status === 401)) return location.assign(answer.redirected ? answer.url : location.href);
  form.removeAttribute('aria-busy');
  tell(form, problem.code || '', problem.sentence || form.dataset.sayBroken || '');
}

for (const form of document.querySelectorAll('form[data-stay]')) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (form.getAttribute('aria-busy') !== 'true') send(form, event.submitter);
  });
}
