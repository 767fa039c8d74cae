//! The bytes of a fact, their digest, and the chain of a book.

use super::{Fact, canonical};

/// A fact as it is stored: its bytes, what they are, and their digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EncodedFact {
    pub book: String,
    pub kind: String,
    pub bytes: Vec<u8>,
    pub digest: [u8; 32],
}

/// The version of the fact format written today. Readers accept every earlier one.
const FACT_VERSION: i64 = 1;

impl Fact {
    /// The exact bytes and their digest.
    ///
    /// # Panics
    /// Never for facts built of this enum: every field is an integer, a string or a boolean, which tests prove for
    /// each kind.
    pub fn encode(&self) -> EncodedFact {
        let mut value = serde_json::to_value(self).expect("a fact is plain JSON");
        let fields = value.as_object_mut().expect("a fact is an object");
        fields.insert("v".to_owned(), FACT_VERSION.into());
        let kind = fields["kind"].as_str().expect("a fact names its kind").to_owned();
        let bytes = canonical(&value).expect("a fact holds integers only");
        EncodedFact { book: self.book(), digest: digest(&kind, &bytes), kind, bytes }
    }

    /// Reads stored bytes of any version.
    pub fn decode(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}

/// `SHA-256("jixue/" ‖ kind ‖ 0 ‖ bytes)`.
pub fn digest(kind: &str, bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest;
    let mut hash = sha2::Sha256::new();
    hash.update(b"jixue/");
    hash.update(kind.as_bytes());
    hash.update([0]);
    hash.update(bytes);
    hash.finalize().into()
}

/// The link of a chain: `SHA-256("jixue/chain" ‖ 0 ‖ previous link ‖ digest)`.
pub fn chain(previous: &[u8; 32], digest: &[u8; 32]) -> [u8; 32] {
    use sha2::Digest;
    let mut hash = sha2::Sha256::new();
    hash.update(b"jixue/chain\0");
    hash.update(previous);
    hash.update(digest);
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fact::CreditSource;
    use crate::id::{AccountId, CreditEntryId, LearnerId, LessonId};
    use crate::study::{StudySeconds, Subject};
    use crate::time::{Timestamp, Year};

    fn credit() -> Fact {
        Fact::CreditEntered {
            learner: LearnerId::from_raw(7),
            entry: CreditEntryId::from_raw(9),
            year: Year(2026),
            subject: Subject::Public,
            seconds: StudySeconds(2_700),
            source: CreditSource::Lesson { lesson: LessonId::from_raw(3) },
            at: Timestamp(1_795_000_000_000),
        }
    }

    /// The bytes are what is hashed forever; a changed order or spelling would break every chain.
    #[test]
    fn the_bytes_of_a_fact_are_pinned() {
        let encoded = credit().encode();
        let text = std::str::from_utf8(&encoded.bytes).unwrap();
        assert_eq!(
            text,
            r#"{"at":1795000000000,"entry":"9","kind":"credit_entered","learner":"7","lesson":"3","seconds":2700,"source":"lesson","subject":"public","v":1,"year":2026}"#
        );
        assert_eq!(encoded.book, "learner:7");
        assert_eq!(encoded.digest, digest("credit_entered", text.as_bytes()));
        assert_eq!(Fact::decode(&encoded.bytes).unwrap(), credit());
    }

    /// Facts of earlier versions stay readable: this one still held the free words of a purpose, which no fact does now.
    #[test]
    fn a_purpose_in_an_old_fact_is_passed_over() {
        let old = r#"{"at":1,"by":"7","kind":"people_exported","people":3,"purpose":"核对","unmasked":true,"v":1}"#;
        let read = Fact::decode(old.as_bytes()).unwrap();
        let written = Fact::PeopleExported { by: AccountId::from_raw(7), people: 3, unmasked: true, at: Timestamp(1) };
        assert_eq!(read, written);
        assert!(!String::from_utf8(written.encode().bytes).unwrap().contains("purpose"));
    }

    /// Two kinds with the same fields must not share a digest.
    #[test]
    fn the_kind_is_part_of_the_digest() {
        assert_ne!(digest("a", b"x"), digest("b", b"x"));
        assert_ne!(digest("a", b"x"), digest("ax", b""));
    }
}
