//! The audit trail: who did what to whom, when and what for.
//!
//! An entry's words stand beside a fact that binds them by a salted digest, so that a changed or missing entry is found,
//! and an old one can be removed with its words while the chain of facts stays whole.

use crate::fact::canonical;
use crate::time::Timestamp;

/// The shortest time an entry is kept, in days: six months.
///
/// Source: 网络安全法 (Cybersecurity Law), art. 21 (3): logs are kept for no less than six months.
pub const KEPT_DAYS_MIN: i64 = 184;

macro_rules! actions {
    ($($(#[$meta:meta])* $name:ident = $code:literal),+ $(,)?) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Action {
            $($(#[$meta])* $name),+
        }

        impl Action {
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$name => $code),+
                }
            }

            pub fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

actions! {
    YearOpened = "year_opened",
    GrantGiven = "grant_given",
    GrantTaken = "grant_taken",
    /// Support began to look at a learner's pages.
    ViewBegun = "view_begun",
    ViewEnded = "view_ended",
    /// Support looked for a learner by name or by the end of a phone number.
    LearnersSearched = "learners_searched",
    /// Somebody with a role could not sign in.
    SignInRefused = "sign_in_refused",
    RosterImported = "roster_imported",
    RosterUndone = "roster_undone",
    /// A list of units or employments was brought in.
    ListImported = "list_imported",
    ListUndone = "list_undone",
    HoursConfirmed = "hours_confirmed",
    /// Somebody's whole identity or phone number was shown.
    Disclosed = "disclosed",
    /// A list of people was taken out as a file.
    Exported = "exported",
    /// The trail itself was taken out as a file.
    TrailExported = "trail_exported",
    /// Somebody took out a copy of what is held about them.
    CopyTaken = "copy_taken",
    /// Somebody's name or number was put right, as they had asked.
    CorrectionGranted = "correction_granted",
    CorrectionRefused = "correction_refused",
    /// Somebody's request that their data goes was recorded from paper.
    ErasureRecorded = "erasure_recorded",
    /// The first of two officers agreed to an erasure.
    ErasureAgreed = "erasure_agreed",
    ErasureRefused = "erasure_refused",
    /// The second officer confirmed, and the data went.
    Erased = "erased",
    /// A replacement of a certificate was signed.
    CertificateSuperseded = "certificate_superseded",
    CertificateRevoked = "certificate_revoked",
    UnitsMerged = "units_merged",
    UnitsParted = "units_parted",
    /// Personal data was sealed anew with another key.
    Rekeyed = "rekeyed",
}

/// Everything an entry says; what the digest is made over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub entry: i64,
    pub at: Timestamp,
    /// The account; 0 for the application itself.
    pub account: i64,
    /// The role in which it was done, or empty.
    pub role: String,
    pub action: String,
    /// What sort of thing it was done to, or empty, and its number.
    pub object_kind: String,
    pub object: i64,
    /// Whose data it was; 0 when it was nobody's.
    pub learner: i64,
    /// Where it lies: an auditor of a region reads its entries. Empty for what belongs to no county.
    pub region_code: String,
    /// The purpose or reason, as somebody gave it.
    pub words: String,
}

impl Entry {
    /// `SHA-256("jixue/audit" ‖ 0 ‖ salt ‖ canonical JSON)`: binds the entry without telling it.
    ///
    /// # Panics
    /// Never: every field is an integer or a text.
    pub fn digest(&self, salt: &[u8]) -> [u8; 32] {
        use sha2::Digest;
        let value = serde_json::json!({
            "account": self.account.to_string(),
            "action": self.action,
            "at": self.at.0,
            "entry": self.entry.to_string(),
            "learner": self.learner.to_string(),
            "object": self.object.to_string(),
            "object_kind": self.object_kind,
            "region": self.region_code,
            "role": self.role,
            "words": self.words,
        });
        let mut hash = sha2::Sha256::new();
        hash.update(b"jixue/audit\0");
        hash.update(salt);
        hash.update(canonical(&value).expect("an entry holds integers and texts only"));
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            entry: 1,
            at: Timestamp(1_795_000_000_000),
            account: 2,
            role: "support".to_owned(),
            action: Action::Disclosed.code().to_owned(),
            object_kind: "identity_number".to_owned(),
            object: 3,
            learner: 4,
            region_code: "431002".to_owned(),
            words: "核对证书".to_owned(),
        }
    }

    #[test]
    fn an_action_is_stored_by_its_code() {
        for action in Action::ALL {
            assert_eq!(Action::from_code(action.code()), Some(*action));
        }
        assert_eq!(Action::from_code("disclosed "), None);
    }

    /// A field that the digest does not cover could be changed without anybody noticing.
    #[test]
    fn every_field_is_bound() {
        let whole = entry().digest(b"salt");
        assert_ne!(whole, entry().digest(b"other"));
        let changes: [fn(&mut Entry); 10] = [
            |entry| entry.entry += 1,
            |entry| entry.at = entry.at.plus_ms(1),
            |entry| entry.account += 1,
            |entry| entry.role.clear(),
            |entry| entry.action = Action::Exported.code().to_owned(),
            |entry| entry.object_kind.push('x'),
            |entry| entry.object += 1,
            |entry| entry.learner += 1,
            |entry| entry.region_code = "431003".to_owned(),
            |entry| entry.words.push('。'),
        ];
        for (index, change) in changes.into_iter().enumerate() {
            let mut changed = entry();
            change(&mut changed);
            assert_ne!(changed.digest(b"salt"), whole, "change {index}");
        }
    }
}
