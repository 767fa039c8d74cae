// The cashier waits for the money: asks the server, counts down, and goes on by itself when the order is paid.
//
// [data-order-state][data-code-until][data-url][data-next]  data-url answers {state, paid, code_until, seconds_left, next}
//   [data-countdown="seconds"]  [data-live] hidden when the code has expired  [data-expired] shown then
//   [data-announce] role=status; words in data-say-paid, data-say-expired, data-say-offline
import { countdown } from './countdown.js';
import { send } from './send.js';
import { show } from './words.js';

const USUAL_MS = 2000;
const HIDDEN_MS = 10000;
const FAILED_MS_MAX = 30000;

function watch(root) {
  const say = root.dataset;
  const announce = root.querySelector('[data-announce]');
  const clockElement = root.querySelector('[data-countdown]');
  const usual = announce ? announce.textContent : '';
  // What the page was drawn for: any other answer draws it anew.
  let known = say.orderState;
  let failures = 0;
  let timer = 0;
  let isAsking = false;
  let isOver = false;

  const expire = () => {
    if (announce && say.sayExpired) show(announce, say.sayExpired);
    for (const element of root.querySelectorAll('[data-live]')) element.hidden = true;
    for (const element of root.querySelectorAll('[data-expired]')) element.hidden = false;
  };
  // Only a page with a code counts down; one that waits for the gateway's answer has nothing that could expire.
  const correct = clockElement
    ? countdown(clockElement, Number(clockElement.dataset.countdown) || 0, null, () => isOver || expire())
    : null;

  const paid = (next) => {
    isOver = true;
    for (const element of document.querySelectorAll('[data-live], [data-while-open]')) element.hidden = true;
    announce?.classList.add('paid-word');
    show(announce, say.sayPaid || '');
    root.dataset.orderState = 'paid';
    // Long enough for a screen reader to begin the sentence.
    setTimeout(() => location.assign(next || say.next || location.href), 1500);
  };

  async function ask() {
    clearTimeout(timer);
    if (isAsking || isOver) return;
    isAsking = true;
    try {
      const order = await send('GET', say.url);
      if (failures) show(announce, usual);
      failures = 0;
      if (order.paid) return paid(order.next);
      // Closed, cancelled, refunded: the page has to say something else now.
      if (order.state !== known) return location.reload();
      // Another screen has asked for a fresh code: the one drawn here is dead.
      if (order.code_until && String(order.code_until) !== say.codeUntil) return location.reload();
      if (correct && order.seconds_left > 0) correct(order.seconds_left);
      else if (correct) expire();
    } catch (refusal) {
      failures += 1;
      if (refusal.status === 401) return location.reload();
      // An answer we do not have is not a failed payment; say only that we keep asking.
      if (failures === 2) show(announce, say.sayOffline || '');
    } finally {
      isAsking = false;
    }
    if (isOver) return;
    const failed = Math.min(USUAL_MS * 2 ** failures, FAILED_MS_MAX);
    timer = setTimeout(ask, failures ? failed : document.hidden ? HIDDEN_MS : USUAL_MS);
  }

  // Coming back from the paying app is the moment to know.
  const wake = () => document.hidden || ask();
  document.addEventListener('visibilitychange', wake);
  addEventListener('pageshow', wake);
  addEventListener('online', wake);
  timer = setTimeout(ask, USUAL_MS);
}

for (const root of document.querySelectorAll('[data-order-state][data-url]')) watch(root);
