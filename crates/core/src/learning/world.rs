//! A server with one learner, for the tests: it stores what it is told to store, as bytes, and nothing else.

use super::*;
use crate::id::{LearnerId, LessonId, PlaySessionId};
use crate::time::Timestamp;
use std::collections::BTreeMap;

/// 2026-11-23 12:00 in China.
pub(super) const NOON: Timestamp = Timestamp(1_795_406_400_000);

/// Half an hour.
pub(super) const LENGTH_MS: i64 = 1_800_000;

pub(super) const LEARNER: LearnerId = LearnerId::from_raw(7);

/// What a client holds: its session and the key to its next beat.
#[derive(Debug, Clone)]
pub(super) struct Ticket {
    pub session: PlaySessionId,
    pub lesson: LessonId,
    pub sequence: i64,
    pub nonce: Nonce,
}

impl Ticket {
    /// The next honest beat.
    pub fn body(&self, spans: &[Span]) -> BeatBody {
        BeatBody {
            session: self.session,
            lesson: self.lesson,
            sequence: self.sequence + 1,
            nonce: self.nonce.to_string(),
            spans: spans.to_vec(),
            rate_percent: 100,
            late_ms: 0,
            hidden: false,
            paused: false,
            position_ms: spans.last().map_or(0, |span| span.to_ms),
        }
    }
}

pub(super) struct World {
    pub policy: Policy,
    pub key: BeatKey,
    pub now: Timestamp,
    pub head: Option<SessionHead>,
    pub progress: BTreeMap<LessonId, LessonProgress>,
    pub evidence: Vec<Vec<u8>>,
    pub completions: i64,
    pub ended: Vec<PlaySessionId>,
    sessions: i64,
}

impl World {
    pub fn new() -> Self {
        Self {
            policy: Policy::default(),
            key: BeatKey::new(&[3; 32]),
            now: NOON,
            head: None,
            progress: BTreeMap::new(),
            evidence: Vec::new(),
            completions: 0,
            ended: Vec::new(),
            sessions: 0,
        }
    }

    pub fn wait(&mut self, ms: i64) {
        self.now = self.now.plus_ms(ms);
    }

    pub fn open(&mut self, lesson: i64) -> Ticket {
        self.sessions += 1;
        let (session, lesson) = (PlaySessionId::from_raw(self.sessions), LessonId::from_raw(lesson));
        let nonce = Nonce([self.sessions as u8; 16]);
        let opened = open_session(self.head.take(), session, LEARNER, lesson, nonce, self.now);
        self.ended.extend(opened.ended);
        self.head = Some(opened.head);
        Ticket { session, lesson, sequence: 0, nonce }
    }

    /// Takes a beat as the server would; progress, evidence and the last answer pass through their stored bytes, as
    /// over a restart.
    pub fn send(&mut self, body: BeatBody) -> Result<BeatAnswer, BeatRefusal> {
        let beat = body.parse()?;
        let mut head = self.head.clone().expect("a session was opened");
        head.last = head.last.map(|last| LastBeat::from_bytes(&last.to_bytes()).unwrap());
        let known = self.progress.get(&beat.lesson()).cloned();
        let mut progress = known.unwrap_or_else(|| LessonProgress::new(LEARNER, beat.lesson()));
        progress.recorded = Intervals::from_bytes(&progress.recorded.to_bytes()).unwrap();
        match take_beat(head, progress, &beat, LENGTH_MS, &self.policy, &self.key, self.now)? {
            BeatOutcome::Taken(taken) => {
                self.evidence.push(taken.evidence.to_bytes());
                self.completions += i64::from(taken.completed);
                self.progress.insert(taken.progress.lesson, taken.progress);
                self.head = Some(taken.head);
                Ok(taken.answer)
            }
            BeatOutcome::Repeated(answer) => Ok(answer),
            BeatOutcome::Forked { head } => {
                self.head = Some(*head);
                Err(BeatRefusal::Forked)
            }
        }
    }

    /// Sends the next beat of `ticket` and moves it on.
    pub fn beat(&mut self, ticket: &mut Ticket, spans: &[Span]) -> BeatAnswer {
        let answer = self.send(ticket.body(spans)).expect("an honest beat is taken");
        (ticket.sequence, ticket.nonce) = (answer.sequence, answer.nonce);
        answer
    }

    /// Everything the learner ever recorded, over all lessons.
    pub fn recorded_ms(&self) -> i64 {
        self.progress.values().map(|progress| progress.recorded.total_ms()).sum()
    }
}
