// A quiz keeps each answer as it is given: nothing is lost with the network, and the newest revision wins. Without this
// script the same form hands in all answers at once.
//
// form[data-quiz][data-url="…/{question}"]   PUT {question, revision, choice} → {revision, saved_at}
//   fieldset[data-question][data-revision] with inputs whose values add up to `choice` (1, 2, 4, 8 …)
//   [data-saved] [data-countdown="seconds"] [data-time-note] [data-unanswered] with [data-unanswered-words],
//   [data-unanswered-list], [data-anyway]; words in data-say-saved, -saving, -failed, -left, -unanswered
import { countdown } from './countdown.js';
import { send } from './send.js';
import { clock, fill, show, timeOfDay } from './words.js';

const RETRY_MS_MAX = 15000;
const NOTES_AT = [300, 60];

function watch(form) {
  const say = form.dataset;
  const saved = form.querySelector('[data-saved]');
  const questions = Array.from(form.querySelectorAll('[data-question]'));
  const waiting = new Map();
  let isSending = false;
  let failures = 0;
  let timer = 0;
  let isHandingIn = false;

  const inputs = (question) => Array.from(question.querySelectorAll('input'));
  const choice = (question) => inputs(question).reduce((sum, input) => sum + (input.checked ? Number(input.value) : 0), 0);

  async function flush() {
    clearTimeout(timer);
    if (isSending || !waiting.size) return;
    isSending = true;
    const [question, revision] = waiting.entries().next().value;
    const body = { question: question.dataset.question, revision, choice: choice(question) };
    try {
      const answer = await send('PUT', fill(say.url, body), body);
      if (waiting.get(question) === revision) waiting.delete(question);
      failures = 0;
      if (!waiting.size) show(saved, fill(say.saySaved, { at: timeOfDay(answer && answer.saved_at) }));
    } catch (refusal) {
      if (refusal.passes) {
        failures += 1;
        show(saved, say.sayFailed || '');
      } else {
        // Too late, or handed in elsewhere: the server's sentence says which.
        waiting.clear();
        show(saved, refusal.message || say.sayFailed || '');
        if (refusal.status === 401) location.reload();
      }
    } finally {
      isSending = false;
    }
    if (waiting.size) timer = setTimeout(flush, failures ? Math.min(1000 * 2 ** failures, RETRY_MS_MAX) : 0);
  }

  form.addEventListener('change', (event) => {
    const question = event.target.closest('[data-question]');
    if (!question) return;
    const revision = (Number(question.dataset.revision) || 0) + 1;
    question.dataset.revision = revision;
    waiting.set(question, revision);
    // What was said of missing answers is no longer so.
    if (panel) panel.hidden = true;
    show(saved, say.saySaving || '');
    flush();
  });
  addEventListener('online', flush);
  document.addEventListener('visibilitychange', flush);

  const panel = form.querySelector('[data-unanswered]');
  function warn() {
    const missing = questions.filter((question) => !inputs(question).some((input) => input.checked));
    if (!panel || !missing.length) return false;
    show(panel.querySelector('[data-unanswered-words]'), fill(say.sayUnanswered, { n: missing.length }));
    const list = panel.querySelector('[data-unanswered-list]');
    list.textContent = '';
    for (const question of missing) {
      const link = document.createElement('a');
      link.href = `#${question.id}`;
      link.className = 'button plain';
      link.textContent = questions.indexOf(question) + 1;
      list.append(link);
    }
    panel.hidden = false;
    panel.focus();
    return true;
  }

  form.addEventListener('submit', (event) => {
    const isAnyway = event.submitter && 'anyway' in event.submitter.dataset;
    if (!isHandingIn && !isAnyway && panel && warn()) event.preventDefault();
  });

  const left = form.querySelector('[data-countdown]');
  if (!left) return;
  const note = form.querySelector('[data-time-note]');
  countdown(left, Number(left.dataset.countdown) || 0, (seconds) => {
    if (NOTES_AT.includes(seconds)) show(note, fill(say.sayLeft, { time: clock(seconds), left: clock(seconds) }));
    left.classList.toggle('is-late', seconds <= 60);
  }, () => {
    isHandingIn = true;
    if (form.dataset.sent) return;
    form.dataset.sent = 'true';
    form.submit();
  }, say.sayLeft);
}

for (const form of document.querySelectorAll('form[data-quiz]')) watch(form);
