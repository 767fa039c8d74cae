//! Tickets to a lesson's files: an address with one works for one learner, in one sign-in session, for some hours.

use crate::keys::{Keys, base64_url};
use jixue_core::id::{LearnerId, LessonId};
use jixue_core::time::Timestamp;

/// A film of 75 minutes with pauses, a lunch break and a second look fits; a link passed on tomorrow does not.
const LIFE_MS: i64 = 12 * 3_600_000;

/// Whose ticket it is: the CSRF token stands for the sign-in session, from which it is derived.
#[derive(Debug, Clone, Copy)]
pub(super) struct Holder<'a> {
    pub learner: LearnerId,
    pub lesson: LessonId,
    pub csrf: &'a str,
}

impl Holder<'_> {
    /// A ticket that is good until its own time is over or the holder signs out.
    pub fn ticket(&self, keys: &Keys, now: Timestamp) -> String {
        let until = now.plus_ms(LIFE_MS);
        format!("{:x}.{}", until.0, self.seal(keys, until))
    }

    /// Whether a ticket is this holder's and still good.
    pub fn may_use(&self, keys: &Keys, ticket: &str, now: Timestamp) -> bool {
        let Some((until, seal)) = ticket.split_once('.') else {
            return false;
        };
        let Ok(until) = i64::from_str_radix(until, 16).map(Timestamp) else {
            return false;
        };
        now < until && same(seal, &self.seal(keys, until))
    }

    fn seal(&self, keys: &Keys, until: Timestamp) -> String {
        let Self { learner, lesson, csrf } = self;
        let mac = keys.blind_index("media ticket", &format!("{learner}/{lesson}/{csrf}/{}", until.0));
        base64_url(&mac[..16])
    }
}

/// Compares without telling by time how far the two agree.
fn same(given: &str, expected: &str) -> bool {
    let pairs = given.bytes().zip(expected.bytes());
    given.len() == expected.len() && pairs.fold(0, |difference, (one, other)| difference | (one ^ other)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp(1_795_406_400_000);

    fn holder(learner: i64, lesson: i64, csrf: &str) -> Holder<'_> {
        Holder { learner: LearnerId::from_raw(learner), lesson: LessonId::from_raw(lesson), csrf }
    }

    /// A link that somebody posts in a chat group must not become the course's mirror.
    #[test]
    fn a_ticket_serves_one_learner_one_lesson_one_session_for_some_hours() {
        let keys = Keys::from_root(&[7; 32]);
        let ticket = holder(1, 2, "abc").ticket(&keys, NOON);
        assert!(holder(1, 2, "abc").may_use(&keys, &ticket, NOON));
        assert!(holder(1, 2, "abc").may_use(&keys, &ticket, NOON.plus_ms(LIFE_MS - 1)));
        assert!(!holder(1, 2, "abc").may_use(&keys, &ticket, NOON.plus_ms(LIFE_MS)));
        for (learner, lesson, csrf) in [(3, 2, "abc"), (1, 3, "abc"), (1, 2, "abd")] {
            assert!(!holder(learner, lesson, csrf).may_use(&keys, &ticket, NOON));
        }
        assert!(!holder(1, 2, "abc").may_use(&Keys::from_root(&[8; 32]), &ticket, NOON));
    }

    #[test]
    fn a_changed_ticket_opens_nothing() {
        let keys = Keys::from_root(&[7; 32]);
        let holder = holder(1, 2, "abc");
        let ticket = holder.ticket(&keys, NOON);
        let (until, seal) = ticket.split_once('.').unwrap();
        let longer = i64::from_str_radix(until, 16).unwrap() + 1;
        for wrong in [
            "",
            ".",
            "zz.x",
            seal,
            &format!("{longer:x}.{seal}"),
            &format!("{until}.{}", &seal[1..]),
            &format!("{until}."),
        ] {
            assert!(!holder.may_use(&keys, wrong, NOON), "{wrong:?}");
        }
    }
}
