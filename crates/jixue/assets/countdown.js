// A countdown that goes by the clock, not by ticks: a page that slept wakes up with the right time.
import { clock, fill } from './words.js';

/**
 * Shows the time left in `element`: mm:ss, or `sentence` with it as {time}. `tick(left)` is called once a second, `end()` once.
 * Returns `set(seconds)`, which corrects it by the server's word; a corrected one may end again.
 */
export function countdown(element, seconds, tick, end, sentence = '{time}') {
  let until = 0;
  let timer = 0;
  const step = () => {
    const left = Math.max(0, (until - performance.now()) / 1000);
    element.textContent = fill(sentence, { time: clock(left), left: clock(left) });
    if (tick) tick(Math.ceil(left));
    if (left <= 0) {
      clearInterval(timer);
      timer = 0;
      if (end) end();
    }
  };
  const set = (value) => {
    until = performance.now() + value * 1000;
    if (!timer) timer = setInterval(step, 1000);
    step();
  };
  set(seconds);
  return set;
}
