// Working through a list by keys: / to the search, j and k or the arrows from row to row, Space to choose, ? for help.
// Each row's link stays an ordinary link in the order of Tab, so that nobody needs this; single keys can be switched off,
// and none is taken while somebody types or holds a modifier.
//
// table[data-list]  #find  button[data-keys-open]  dialog#keys with input[data-keys-switch]
const table = document.querySelector('table[data-list]');
const help = document.getElementById('keys');
const opener = document.querySelector('[data-keys-open]');
const OFF = 'single-keys-off';

const isOff = () => {
  try {
    return localStorage.getItem(OFF) === 'yes';
  } catch {
    return false;
  }
};

const rows = () => Array.from(table ? table.tBodies[0].rows : []);
const linkOf = (row) => row.querySelector('th a, td a');

/** Goes to the row `step` beyond the one that has the focus; to the first when none has. */
function go(step) {
  const all = rows();
  const at = all.findIndex((row) => row.contains(document.activeElement));
  const row = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
  const link = row && linkOf(row);
  if (!link) return;
  link.focus({ preventScroll: true });
  // The bar at the lower edge and the head of the table cover what is only just in sight.
  row.scrollIntoView({ block: 'center' });
}

/** Chooses the row that has the focus on its link; elsewhere Space means what it always does. */
function pick() {
  const row = rows().find((each) => each.contains(document.activeElement));
  const box = row && row.querySelector('[data-pick]:not(:disabled)');
  if (!box || document.activeElement !== linkOf(row)) return false;
  box.click();
  return true;
}

function open() {
  if (help && !help.open) help.showModal();
  return true;
}

function find() {
  const field = document.getElementById('find');
  if (!field) return false;
  field.focus();
  field.select();
  return true;
}

function act(event) {
  const inList = table && table.closest('.table-wrap').contains(document.activeElement);
  switch (event.key) {
    case '/':
      return find();
    case '?':
      return open();
    case 'j':
      return go(1), true;
    case 'k':
      return go(-1), true;
    case 'ArrowDown':
      return inList && (go(1), true);
    case 'ArrowUp':
      return inList && (go(-1), true);
    case ' ':
      return inList && pick();
    default:
      return false;
  }
}

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  const typing = event.target.closest('input:not([type="checkbox"]), select, textarea, [contenteditable], dialog');
  if (typing || isOff()) return;
  if (act(event)) event.preventDefault();
});

if (opener && help) {
  opener.hidden = false;
  opener.addEventListener('click', open);
  const choice = help.querySelector('[data-keys-switch]');
  choice.checked = !isOff();
  choice.addEventListener('change', () => {
    try {
      if (choice.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, 'yes');
    } catch {
      // Then it holds for nothing beyond this page's life, and the keys stay.
    }
  });
}
