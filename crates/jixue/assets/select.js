// Choosing people in a table: all on this page, ranges with Shift, how many and for how much. Without this script the
// same form works: each box is an ordinary field.
//
// form[data-select]  [data-pick-all]  input[data-pick][data-fen]  [data-batch][data-say-count="已选 {n} 人，共 {sum}"]
//   [data-say-none]  [data-count] (words)  [data-needs-pick] (buttons off while nobody is chosen)
import { fill } from './words.js';

/** Fen as ¥1,234.00. */
function yuan(fen) {
  const whole = String(Math.floor(fen / 100)).replace(/\B(?=(\d{3})+$)/g, ',');
  return `¥${whole}.${String(fen % 100).padStart(2, '0')}`;
}

function watch(form) {
  const all = form.querySelector('[data-pick-all]');
  const batch = form.querySelector('[data-batch]');
  const boxes = () => Array.from(form.querySelectorAll('[data-pick]')).filter((box) => !box.disabled);
  let last = null;

  function refresh() {
    const usable = boxes();
    const chosen = usable.filter((box) => box.checked);
    if (all) {
      all.checked = usable.length > 0 && chosen.length === usable.length;
      all.indeterminate = chosen.length > 0 && chosen.length < usable.length;
      all.disabled = usable.length === 0;
    }
    for (const box of usable) {
      const row = box.closest('tr');
      if (row) row.classList.toggle('chosen', box.checked);
    }
    if (!batch) return;
    const fen = chosen.reduce((sum, box) => sum + (Number(box.dataset.fen) || 0), 0);
    const sentence = chosen.length ? batch.dataset.sayCount : batch.dataset.sayNone;
    const words = batch.querySelector('[data-count]');
    if (words) words.textContent = fill(sentence, { n: chosen.length, sum: yuan(fen) });
    for (const button of batch.querySelectorAll('[data-needs-pick]')) button.disabled = chosen.length === 0;
  }

  form.addEventListener('click', (event) => {
    const box = event.target;
    if (box === all) {
      for (const each of boxes()) each.checked = all.checked;
    } else if (box.matches && box.matches('[data-pick]')) {
      const usable = boxes();
      if (event.shiftKey && usable.includes(last)) {
        const [from, to] = [usable.indexOf(last), usable.indexOf(box)].sort((one, other) => one - other);
        for (const each of usable.slice(from, to + 1)) each.checked = box.checked;
      }
      last = box;
    } else {
      return;
    }
    refresh();
  });
  // Shift and a click would otherwise select the text between.
  form.addEventListener('mousedown', (event) => event.shiftKey && event.target.closest('.pick') && event.preventDefault());
  form.addEventListener('change', refresh);
  addEventListener('pageshow', refresh);
  refresh();
}

for (const form of document.querySelectorAll('form[data-select]')) watch(form);
