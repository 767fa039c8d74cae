// Beats: one after another, each carrying the number and nonce the answer before gave. A beat without an answer is sent
// again, the very same, until one comes: the server knows it by its number and content.
import { send } from './send.js';

const INTERVAL_MS = 15000;
const RETRY_MS_MAX = 15000;

/**
 * `source.collect()` gives {spans, position_ms, rate_percent, hidden, paused}, or null when nothing was played.
 * `view` hears of it: opened(answer), answered(answer), waiting(ms without an answer), refused(refusal).
 */
export class Beats {
  constructor({ openUrl, beatUrl, lesson, source, view }) {
    Object.assign(this, { openUrl, beatUrl, lesson, source, view });
    this.session = null;
    this.body = null;
    this.played = null;
    this.isSending = false;
    this.isWanted = false;
    this.isOpening = false;
    this.failures = 0;
    this.lateMs = 0;
    this.timer = 0;
  }

  /** Opens a session here, which ends one elsewhere. */
  async open() {
    if (this.session || this.isOpening) return;
    this.isOpening = true;
    await this.tryOpening();
  }

  async tryOpening() {
    this.isSending = true;
    this.since = this.since || performance.now();
    try {
      const opened = await send('POST', this.openUrl, { lesson: this.lesson });
      this.session = opened.session;
      this.follow(opened);
      this.isOpening = false;
      this.lateMs = 0;
      this.view.opened(opened);
      this.after(this.intervalMs);
    } catch (refusal) {
      this.fail(refusal, () => this.tryOpening());
    } finally {
      this.isSending = false;
    }
  }

  follow(answer) {
    this.sequence = answer.sequence || 0;
    this.nonce = answer.nonce;
    this.intervalMs = answer.interval_ms || this.intervalMs || INTERVAL_MS;
    this.failures = 0;
    this.since = 0;
  }

  /** Sends what was played, now. While a beat is on its way this one follows it. */
  async beat() {
    if (!this.session) return;
    if (this.isSending) {
      this.isWanted = true;
      return;
    }
    this.isWanted = false;
    if (!this.body && !this.write()) return this.after(this.intervalMs);
    this.isSending = true;
    try {
      const answer = await send('POST', this.beatUrl, this.body);
      this.lateMs = Math.round(performance.now() - this.since);
      this.body = null;
      this.played = null;
      this.follow(answer);
      this.source.answered(answer);
      this.view.answered(answer);
      this.after(this.isWanted ? 0 : this.intervalMs);
    } catch (refusal) {
      this.fail(refusal, () => this.beat());
    } finally {
      this.isSending = false;
    }
  }

  /** Writes the next beat down; from now on it stays as it is. */
  write() {
    const played = this.source.collect();
    if (!played) return false;
    const { session, lesson, sequence, nonce, lateMs } = this;
    this.played = played;
    this.body = JSON.stringify(Object.assign({ session, lesson, sequence: sequence + 1, nonce, late_ms: lateMs }, played));
    this.since = performance.now();
    return true;
  }

  fail(refusal, again) {
    if (refusal.passes) {
      this.failures += 1;
      this.view.waiting(performance.now() - this.since);
      const backOff = Math.min(1000 * 2 ** (this.failures - 1), RETRY_MS_MAX);
      clearTimeout(this.timer);
      this.timer = setTimeout(again, Math.max(backOff, refusal.retryAfter * 1000));
      return;
    }
    // Ended, taken over or signed out. What was played is kept for the session that may follow.
    clearTimeout(this.timer);
    this.session = null;
    this.isOpening = false;
    this.body = null;
    this.failures = 0;
    this.since = 0;
    if (this.played) this.source.giveBack(this.played);
    this.played = null;
    this.view.refused(refusal);
  }

  /** The next beat comes in `ms` at the latest. */
  after(ms) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.beat(), ms);
  }

  /** The network is back: do not wait for the next try. */
  wake() {
    if (!this.failures || this.isSending) return;
    clearTimeout(this.timer);
    if (this.session) this.beat();
    else this.tryOpening();
  }
}
