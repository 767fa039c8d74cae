// Sentences come from the page's data-say-* attributes, in the reader's language; scripts only fill in the numbers.

/** `sentence` with each `{name}` replaced by `values[name]`. */
export function fill(sentence, values) {
  return (sentence || '').replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/** Seconds as `mm:ss`. */
export function clock(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${String(Math.floor(whole / 60)).padStart(2, '0')}:${String(whole % 60).padStart(2, '0')}`;
}

/** The time of day in China of an instant (epoch milliseconds or an ISO text; now when missing), as `HH:mm:ss`. */
export function timeOfDay(instant) {
  const isNumber = /^\d{11,}$/.test(instant);
  const at = new Date(instant === undefined || instant === null ? Date.now() : isNumber ? Number(instant) : instant);
  return Number.isNaN(at.getTime()) ? String(instant) : new Date(at.getTime() + 8 * 3600000).toISOString().slice(11, 19);
}

/** Puts `sentence` into `element` and shows it; an empty one hides it. Unchanged words are not announced again. */
export function show(element, sentence) {
  if (!element) return;
  if (element.textContent !== sentence) element.textContent = sentence;
  element.hidden = !sentence;
}
