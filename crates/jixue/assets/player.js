// The study player: what is played goes to the server in beats, and the page says what the server has recorded.
//
// [data-player][data-kind="video|article"][data-lesson][data-open-url][data-beat-url][data-length-ms][data-needed-ms]
//   [data-recorded-ms][data-position-ms]  with <video>, svg [data-strip], [data-recorded]
// [data-player-words] with [data-sentence], [data-notice] (role=status), [data-continue], [data-next]; words in data-say-*
// Both are written by the macros of parts/player.html.
import { Beats } from './beats.js';
import { film } from './film.js';
import { reading } from './reading.js';
import { length } from './spans.js';
import { clock, fill, show, timeOfDay } from './words.js';

const OFFLINE_MS_MAX = 120000;
const HINT_MS = 8000;

function watch(root, words) {
  const data = root.dataset;
  const say = words.dataset;
  const find = (name) => words.querySelector(`[data-${name}]`);
  const number = (name) => Number(data[name]) || 0;
  let trouble = '';
  let hint = '';
  const notice = (sentence) => {
    trouble = sentence || '';
    show(find('notice'), trouble || hint);
  };
  let isOurPause = false;
  let isComplete = 'completed' in data;

  const duration = (ms) => {
    const whole = Math.max(0, Math.floor(ms / 1000));
    return fill(whole < 60 ? say.saySeconds : say.sayMinutes, { m: Math.floor(whole / 60), s: whole % 60 });
  };

  function tell(recordedMs, at) {
    const left = Math.max(0, number('neededMs') - recordedMs);
    const sentence = isComplete ? say.sayCompleted : left ? say.sayRecorded : say.sayEnough;
    show(find('sentence'), fill(sentence, { done: duration(recordedMs), left: duration(Math.ceil(left / 1000) * 1000), at: timeOfDay(at) }));
    const recorded = root.querySelector('[data-recorded]');
    if (recorded) recorded.textContent = clock(Math.floor(recordedMs / 1000));
  }

  function paint(spans) {
    const strip = root.querySelector('[data-strip]');
    for (const [from, to] of strip ? spans : []) {
      const part = document.createElementNS('http://www.w3.org/2000/svg', 'rect');
      const place = { x: from, width: to - from, height: 1 };
      for (const name of Object.keys(place)) part.setAttribute(name, place[name]);
      strip.append(part);
    }
  }

  const view = {
    opened(opened) {
      notice('');
      find('continue').hidden = true;
      source.resume(opened.position_ms, opened);
      if (opened.recorded_ms !== undefined) tell(opened.recorded_ms, opened.recorded_at);
    },
    answered(answer) {
      isComplete = isComplete || Boolean(answer.completed);
      tell(answer.recorded_ms, answer.recorded_at);
      const again = length(answer.send_again);
      const lost = (answer.lost_ms || 0) - again;
      const reason = answer.lost_reason || say.sayReason;
      notice(lost > 0 ? fill(say.sayLost, { lost: duration(lost), reason }) : '');
      if (!lost && !again) paint(sent);
      const next = find('next');
      if (next && answer.next) next.href = answer.next;
      if (next) next.hidden = !isComplete || !next.getAttribute('href');
      if (isOurPause) source.play();
      isOurPause = false;
    },
    waiting(ms) {
      if (ms < OFFLINE_MS_MAX) return notice(say.sayOffline);
      if (source.isPlaying()) isOurPause = true;
      source.pause();
      notice(say.sayOfflineLong);
    },
    refused(refusal) {
      source.pause();
      notice(refusal.message || say.sayRefused);
      const button = find('continue');
      button.hidden = false;
      button.onclick = () => {
        if (refusal.status === 401 || refusal.status === 403) return location.reload();
        button.hidden = true;
        notice(say.sayOpening);
        isRefused = false;
        beats.open();
        source.play();
      };
      isRefused = true;
    },
  };

  let sent = [];
  let isRefused = false;
  const on = {
    start: () => isRefused || beats.open(),
    flush: () => beats.beat(),
    soon: () => beats.session && beats.after(1000),
    tooFast() {
      hint = say.sayRate;
      notice(trouble);
      setTimeout(() => { hint = ''; notice(trouble); }, HINT_MS);
    },
    unplayable: (is) => notice(is ? say.sayUnplayable : ''),
  };
  const source = data.kind === 'article'
    ? reading(root, number('lengthMs'), number('recordedMs'), on)
    : film(root.querySelector('video'), number('positionMs'), on);
  const collect = source.collect;
  source.collect = () => {
    const played = collect();
    if (played) sent = played.spans;
    return played;
  };
  const beats = new Beats({ openUrl: data.openUrl, beatUrl: data.beatUrl, lesson: data.lesson, source, view });

  document.addEventListener('visibilitychange', () => (document.hidden ? beats.beat() : beats.wake()));
  addEventListener('pagehide', () => beats.beat());
  addEventListener('online', () => beats.wake());
}

const root = document.querySelector('[data-player]');
const words = document.querySelector('[data-player-words]');
if (root && words) watch(root, words);
