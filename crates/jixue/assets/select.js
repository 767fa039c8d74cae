// Choosing people in a list: all on this page, ranges with Shift, how many and for how much. What is chosen stays chosen on
// the list's other pages and when the page comes again in another language; it ends with the tab, or with signing out.
// Without this script the same form works: each box is an ordinary field.
//
// form[data-select="name of the choice"]  [data-pick-all]  input[data-pick][data-fen]  [data-unpick-all]
//   [data-batch][data-say-count="已选 {n} 人，共 {sum}"][data-say-elsewhere="… {m} …"][data-say-none]
//   which has the class `on` while somebody is chosen  [data-count] (words)  [data-needs-pick] (buttons off while nobody is chosen)
// form[data-unpick] forgets every choice when it is sent: it was acted upon.
import { fill } from './words.js';

const session = document.querySelector('meta[name="csrf"]')?.content.slice(0, 8) ?? '';
const PREFIX = `chosen-${session}-`;

/** Fen as ¥1,234.00. */
function yuan(fen) {
  const whole = String(Math.floor(fen / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  return `¥${whole}.${String(fen % 100).padStart(2, '0')}`;
}

/** Who is chosen, as a map from value to fen; empty where the browser keeps nothing. */
function remembered(key) {
  try {
    return new Map(JSON.parse(sessionStorage.getItem(key) || '[]'));
  } catch {
    return new Map();
  }
}

function remember(key, chosen) {
  try {
    if (chosen.size) sessionStorage.setItem(key, JSON.stringify([...chosen]));
    else sessionStorage.removeItem(key);
  } catch {
    // Then what is chosen is what this page shows.
  }
}

function watch(form) {
  const key = PREFIX + form.dataset.select;
  const alls = Array.from(form.querySelectorAll('[data-pick-all]'));
  const batch = form.querySelector('[data-batch]');
  const clear = form.querySelector('[data-unpick-all]');
  const boxes = () => Array.from(form.querySelectorAll('[data-pick]')).filter((box) => !box.disabled);
  let chosen = new Map();
  let last = null;

  /** Takes what the boxes say into what is remembered. */
  function note() {
    for (const box of boxes()) {
      if (box.checked) chosen.set(box.value, Number(box.dataset.fen) || 0);
      else chosen.delete(box.value);
    }
    remember(key, chosen);
    show();
  }

  function show() {
    const usable = boxes();
    const here = usable.filter((box) => box.checked).length;
    for (const all of alls) {
      all.checked = usable.length > 0 && here === usable.length;
      all.indeterminate = here > 0 && here < usable.length;
      all.disabled = usable.length === 0;
    }
    for (const box of usable) box.closest('tr')?.classList.toggle('chosen', box.checked);
    if (clear) clear.hidden = chosen.size === 0;
    if (!batch) return;
    batch.classList.toggle('on', chosen.size > 0);
    const fen = [...chosen.values()].reduce((sum, each) => sum + each, 0);
    const { sayNone, sayCount, sayElsewhere } = batch.dataset;
    const sentence = chosen.size === 0 ? sayNone : chosen.size > here && sayElsewhere ? sayElsewhere : sayCount;
    const words = batch.querySelector('[data-count]');
    if (words) words.textContent = fill(sentence, { n: chosen.size, m: chosen.size - here, sum: yuan(fen) });
    for (const button of batch.querySelectorAll('[data-needs-pick]')) button.disabled = chosen.size === 0;
  }

  /** Puts what is remembered into the boxes. */
  function restore() {
    chosen = remembered(key);
    for (const box of boxes()) box.checked = chosen.has(box.value);
    show();
  }

  form.addEventListener('click', (event) => {
    const box = event.target;
    if (alls.includes(box)) {
      for (const each of boxes()) each.checked = box.checked;
    } else if (box.closest('[data-unpick-all]')) {
      chosen.clear();
      for (const each of boxes()) each.checked = false;
      form.querySelector('[data-pick]')?.focus();
    } else if (box.matches('[data-pick]')) {
      const usable = boxes();
      if (event.shiftKey && usable.includes(last)) {
        const [from, to] = [usable.indexOf(last), usable.indexOf(box)].sort((one, other) => one - other);
        for (const each of usable.slice(from, to + 1)) each.checked = box.checked;
      }
      last = box;
    } else {
      return;
    }
    note();
  });
  // Who was chosen on other pages goes along.
  form.addEventListener('formdata', (event) => {
    const shown = new Set(boxes().map((box) => box.value));
    const name = form.querySelector('[data-pick]')?.name ?? 'learner';
    for (const value of chosen.keys()) if (!shown.has(value)) event.formData.append(name, value);
  });
  // Shift and a click would otherwise select the text between.
  form.addEventListener('mousedown', (event) => event.shiftKey && event.target.closest('.pick') && event.preventDefault());
  addEventListener('pageshow', restore);
  restore();
}

for (const form of document.querySelectorAll('form[data-select]')) watch(form);

for (const form of document.querySelectorAll('form[data-unpick]')) {
  form.addEventListener('submit', () => {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith('chosen-')) sessionStorage.removeItem(key);
  });
}
