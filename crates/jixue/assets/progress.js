// How far an import is: asked once a second, shown in the bar, and at its end the page comes anew. Without this script the
// page reloads itself.
//
// [data-import-progress][data-url]  progress[data-bar]  [data-words]
import { Refusal, send } from './send.js';
import { show } from './words.js';

const PAUSE_MS = 1000;
const TIRED_MS = 5000;

function watch(root) {
  const bar = root.querySelector('[data-bar]');
  const words = root.querySelector('[data-words]');

  async function ask() {
    let pause = PAUSE_MS;
    try {
      const told = await send('GET', root.dataset.url);
      if (!told.is_under_way) return location.reload();
      bar.max = Math.max(1, told.all);
      bar.value = told.done;
      show(words, told.sentence);
    } catch (error) {
      if (!(error instanceof Refusal) || !error.passes) return location.reload();
      pause = TIRED_MS;
    }
    setTimeout(ask, pause);
  }
  setTimeout(ask, PAUSE_MS);
}

for (const root of document.querySelectorAll('[data-import-progress]')) watch(root);
