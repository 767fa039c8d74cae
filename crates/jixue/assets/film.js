// The source of beats for a lesson that is a video: what its positions say was played.
import { Spans } from './spans.js';

const SPANS_MAX = 16;
const LOAD_MS_MAX = 8000;

/** `on` hears start(), flush(), soon(), tooFast() and unplayable(is). */
export function film(video, positionMs, on) {
  const spans = new Spans();
  let wasHidden = document.hidden;
  let isResumed = false;

  const positionNow = () => Math.max(0, Math.round(video.currentTime * 1000));
  const look = () => {
    if (!video.seeking && !video.paused) spans.at(positionNow(), performance.now());
  };
  const resume = (ms) => {
    const end = (video.duration || 0) * 1000;
    if (isResumed || !video.readyState || !(ms > 1000) || ms > end - 2000 || video.currentTime > 2) return;
    isResumed = true;
    video.currentTime = ms / 1000;
  };

  const loaded = () => {
    on.unplayable(video.videoWidth === 0);
    resume(positionMs);
  };
  const late = () => {
    // A phone that has not begun to load (networkState 1) waits for a tap: nothing is wrong yet.
    if (!video.readyState && (video.networkState !== 1 || !video.paused)) on.unplayable(true);
  };
  if (video.readyState) loaded();
  if (video.error || video.networkState === 3) on.unplayable(true);
  video.addEventListener('loadedmetadata', loaded);
  video.addEventListener('error', () => on.unplayable(true));
  setTimeout(late, LOAD_MS_MAX);

  video.addEventListener('play', () => {
    setTimeout(late, LOAD_MS_MAX);
    on.start();
  });
  video.addEventListener('playing', look);
  video.addEventListener('timeupdate', look);
  video.addEventListener('seeking', () => {
    spans.cut();
    on.soon();
  });
  video.addEventListener('pause', () => {
    if (!video.seeking) spans.at(positionNow(), performance.now());
    spans.cut();
    on.flush();
  });
  video.addEventListener('ended', () => on.flush());
  video.addEventListener('ratechange', () => {
    if (video.playbackRate <= 1) return;
    video.playbackRate = 1;
    on.tooFast();
  });

  return {
    collect() {
      look();
      const hidden = wasHidden && document.hidden;
      wasHidden = document.hidden;
      if (spans.isEmpty) return null;
      return {
        spans: spans.take(SPANS_MAX),
        position_ms: positionNow(),
        rate_percent: Math.round(video.playbackRate * 100),
        hidden,
        paused: video.paused,
      };
    },
    answered(answer) {
      if (answer.send_again) spans.again(answer.send_again);
    },
    giveBack: (played) => spans.again(played.spans),
    resume,
    pause: () => video.pause(),
    play: () => Promise.resolve(video.play()).catch(() => { /* the reader starts it by hand */ }),
    isPlaying: () => !video.paused,
  };
}
