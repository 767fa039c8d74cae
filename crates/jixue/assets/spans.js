// Which parts of a lesson were really played, from the positions a player passes through.

/** A step ahead of at most this much is playing; more is a jump, unless as much time has really gone by. */
const JUMP_MS = 1500;
/** How much more than the clock a slow page's next position may be ahead. */
const SLACK_MS = 300;

export class Spans {
  constructor() {
    this.done = [];
    this.from = null;
    this.to = 0;
    this.seen = 0;
  }

  /** The player is at `ms` of the lesson, at the page's instant `now` (milliseconds of a clock that only goes on). */
  at(ms, now) {
    const position = Math.max(0, Math.round(ms));
    const step = position - this.to;
    const isPlaying = this.from !== null && step >= 0 && step <= Math.max(JUMP_MS, now - this.seen + SLACK_MS);
    if (!isPlaying) {
      this.cut();
      this.from = position;
    }
    this.to = position;
    this.seen = now;
  }

  /** Playing stopped or jumped: whatever comes next is a new span. */
  cut() {
    const { done, from, to } = this;
    this.from = null;
    if (from === null || to <= from) return;
    const last = done[done.length - 1];
    if (last && last[1] === from) last[1] = to;
    else done.push([from, to]);
  }

  /** Hands over up to `most` spans, `[from_ms, to_ms)` each, in playing order; playing goes on where it is. */
  take(most) {
    const isOpen = this.from !== null;
    this.cut();
    if (isOpen) this.from = this.to;
    return this.done.splice(0, most);
  }

  /** Puts back what the server wants once more, before everything else. */
  again(spans) {
    this.done = spans.map((span) => span.slice()).concat(this.done);
  }

  get isEmpty() {
    return this.done.length === 0 && (this.from === null || this.to <= this.from);
  }
}

/** Milliseconds in `spans`. */
export function length(spans) {
  return (spans || []).reduce((sum, [from, to]) => sum + to - from, 0);
}
