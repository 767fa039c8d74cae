// The source of beats for a lesson of text: the time it is really looked at, told as positions in its reading time.
import { length } from './spans.js';

const TICK_MS = 1000;
/** A longer pause between two looks means that the page slept. */
const TICK_MS_MAX = 2500;

/** `on` hears start() and flush(). Reading time grows only while the page is visible and the text on the screen. */
export function reading(article, lengthMs, recordedMs, on) {
  let recorded = recordedMs;
  let unsent = 0;
  let seen = performance.now();
  let isOnScreen = true;
  let isHeld = false;

  if ('IntersectionObserver' in window) {
    new IntersectionObserver((entries) => { isOnScreen = entries[entries.length - 1].isIntersecting; }).observe(article);
  }
  const isReading = () => !document.hidden && isOnScreen && !isHeld && recorded + unsent < lengthMs;
  const look = () => {
    const now = performance.now();
    if (isReading() && now - seen <= TICK_MS_MAX) {
      unsent = Math.min(unsent + Math.round(now - seen), lengthMs - recorded);
      on.start();
      if (recorded + unsent >= lengthMs) on.flush();
    }
    seen = now;
  };
  setInterval(look, TICK_MS);

  return {
    collect() {
      if (unsent <= 0) return null;
      const spans = [[recorded, recorded + unsent]];
      unsent = 0;
      return { spans, position_ms: spans[0][1], rate_percent: 100, hidden: false, paused: !isReading() };
    },
    answered(answer) {
      recorded = answer.recorded_ms;
      unsent = Math.min(unsent + length(answer.send_again), lengthMs - recorded);
    },
    giveBack(played) { unsent += length(played.spans); },
    resume(ms, opened) { if (opened) recorded = opened.recorded_ms; },
    pause() { isHeld = true; },
    play() { isHeld = false; },
    isPlaying: isReading,
  };
}
