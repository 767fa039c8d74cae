// On every page: nothing is sent twice, a resend button counts down, errors get the focus, menus and dialogs close.

const submitters = (form) => form.querySelectorAll('button:not([type="button"]), input[type="submit"]');

document.addEventListener('submit', (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method === 'dialog') return;
  if (form.dataset.sent) return event.preventDefault();
  // A download leaves the page where it is.
  if (form.method === 'get' || form.target === '_blank' || 'repeatable' in form.dataset) return;
  form.dataset.sent = 'true';
  // Later, since a button disabled now would not send its own name and value.
  setTimeout(() => {
    for (const button of submitters(form)) {
      if (button.disabled) continue;
      button.disabled = true;
      button.setAttribute('aria-busy', 'true');
    }
  });
});

// The browser's back button brings the page as it was left: make it usable again.
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll('form[data-sent]')) {
    delete form.dataset.sent;
    for (const button of form.querySelectorAll('[aria-busy]')) {
      button.disabled = false;
      button.removeAttribute('aria-busy');
    }
  }
});

// <button data-resend="60" data-say-wait="{n} 秒后可重新发送">
for (const button of document.querySelectorAll('[data-resend]')) {
  const words = button.textContent.trim();
  const until = performance.now() + (Number(button.dataset.resend) || 0) * 1000;
  const step = () => {
    const left = Math.ceil((until - performance.now()) / 1000);
    button.disabled = left > 0;
    button.textContent = left > 0 ? (button.dataset.sayWait || `${words} · {n}`).replace('{n}', left) : words;
    if (left > 0) setTimeout(step, 1000);
  };
  step();
}

// A row of links too long for a phone begins where the reader is.
const here = document.querySelector('.nav [aria-current]');
if (here && here.parentElement.scrollWidth > here.parentElement.clientWidth) {
  here.parentElement.scrollLeft = here.offsetLeft - (here.parentElement.clientWidth - here.offsetWidth) / 2;
}

const errors = document.querySelector('[data-errors]');
if (errors) {
  errors.focus();
  document.title = `${errors.querySelector('h2').textContent} · ${document.title}`;
}

// <a href="/where/it/works/without/scripts" data-dialog="id"> … <dialog id> … <button type="button" data-close>
document.addEventListener('click', (event) => {
  const target = event.target;
  const opener = target.closest('[data-dialog]');
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog && dialog.showModal) {
    event.preventDefault();
    dialog.showModal();
  }
  if (target.closest('[data-close]')) target.closest('dialog').close();
  if (target.closest('[data-print]')) print();
  for (const menu of document.querySelectorAll('details.menu[open]')) if (!menu.contains(target)) menu.open = false;
});

document.addEventListener('keydown', (event) => {
  const menu = event.key === 'Escape' && document.querySelector('details.menu[open]');
  if (!menu) return;
  menu.open = false;
  menu.querySelector('summary').focus();
});
