//! What a certificate says, as one canonical text: the thing that is signed, shown, exported and compared.

use super::state::hexadecimal;
use crate::credit::Hours;
use crate::fact::{CertificateKind, canonical};
use crate::study::{StudySeconds, Subject};
use crate::time::{BusinessDate, Timestamp, Year};

/// One course or confirmed item of the year.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct RecordLine {
    pub title: String,
    pub subject: Subject,
    pub seconds: StudySeconds,
    /// How it was studied: `lesson` here, `confirmed` by an officer's list.
    pub source: String,
    /// Who taught it.
    pub base: String,
    pub finished_on: BusinessDate,
    /// Its test's score of a hundred, where it had one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub score: Option<i64>,
}

/// The content of a certificate: everything at the time of issue, so that later changes of name or unit change nothing.
///
/// The id number stands in it masked, for people, and as a salted commitment, for proof; never itself. The salt is
/// stored apart: who holds salt and id number can show that they belong to this record, and when the salt is erased
/// nobody can any more.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CertificateRecord {
    /// The version of this format.
    pub v: i64,
    pub number: String,
    pub kind: CertificateKind,
    pub year: Year,
    pub holder_name: String,
    /// Such as `4310**********0018`.
    pub holder_id_masked: String,
    /// `id_commitment` in hexadecimal.
    pub holder_id_commitment: String,
    pub unit_name: String,
    /// Unified social credit code (GB 32100) of the unit.
    pub unit_uscc: String,
    /// Title series and level, as filed; empty when the holder has none.
    pub title: String,
    pub public_hours: Hours,
    pub professional_hours: Hours,
    pub total_hours: Hours,
    pub minutes_per_hour: i64,
    /// The public subject's test of a hundred, where the rules require one.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub exam_score: Option<i64>,
    pub lines: Vec<RecordLine>,
    /// The name of the rule set it was judged by.
    pub rule_set: String,
    pub legal_basis: String,
    pub issuer_name: String,
    pub issuer_uscc: String,
    pub issued_at: Timestamp,
    /// The number it stands in place of.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub supersedes: Option<String>,
}

impl CertificateRecord {
    pub const VERSION: i64 = 1;

    /// The canonical bytes (RFC 8785, integers only): one record, one spelling, one digest.
    ///
    /// # Panics
    /// Never: every field is text, a whole number or a list of them.
    pub fn to_bytes(&self) -> Vec<u8> {
        let value = serde_json::to_value(self).expect("a record is plain JSON");
        canonical(&value).expect("a record holds integers only")
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, serde_json::Error> {
        serde_json::from_slice(bytes)
    }

    /// What is left when the holder's data was erased: number, hours and issuer, and nothing of the person. The digest
    /// of the whole record, kept beside it, and the commitment still bind what the signed document says.
    #[must_use]
    pub fn without_holder(self) -> Self {
        Self {
            holder_name: String::new(),
            holder_id_masked: String::new(),
            unit_name: String::new(),
            unit_uscc: String::new(),
            title: String::new(),
            lines: Vec::new(),
            ..self
        }
    }

    /// Whether the holder's data was erased: every record is made with a name.
    pub fn is_erased(&self) -> bool {
        self.holder_name.is_empty()
    }

    /// `SHA-256("jixue/certificate_record" ‖ 0 ‖ bytes)`, like the digest of a fact.
    pub fn digest(&self) -> [u8; 32] {
        crate::fact::digest("certificate_record", &self.to_bytes())
    }
}

/// `SHA-256(salt ‖ id number)` in hexadecimal. `salt` is random, one per certificate: without it an id number, which
/// has few possible values, could be found by trying them all.
pub fn id_commitment(salt: &[u8; 32], id_number: &str) -> String {
    use sha2::Digest;
    let mut hash = sha2::Sha256::new();
    hash.update(salt);
    hash.update(id_number.as_bytes());
    hexadecimal(&hash.finalize())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After an erasure the page may still say what was certified, and by whom; not to whom.
    #[test]
    fn without_its_holder_a_record_tells_of_nobody() {
        let whole = record();
        assert!(!whole.is_erased());
        let left = whole.clone().without_holder();
        assert!(left.is_erased());
        let text = String::from_utf8(left.to_bytes()).unwrap();
        for told in [&whole.holder_name, &whole.holder_id_masked, &whole.unit_name, &whole.unit_uscc] {
            assert!(!told.is_empty() && !text.contains(told.as_str()), "{told}");
        }
        assert_eq!(
            (&left.number, left.total_hours, left.issued_at),
            (&whole.number, whole.total_hours, whole.issued_at)
        );
        assert_eq!(left.holder_id_commitment, whole.holder_id_commitment);
        assert_eq!(CertificateRecord::from_bytes(&left.to_bytes()).unwrap(), left);
    }

    fn record() -> CertificateRecord {
        CertificateRecord {
            v: CertificateRecord::VERSION,
            number: "CZ-2026-P-00000001-0".to_owned(),
            kind: CertificateKind::PublicSubject,
            year: Year(2026),
            holder_name: "王小丽".to_owned(),
            holder_id_masked: "4310**********0018".to_owned(),
            holder_id_commitment: id_commitment(&[7; 32], "431099199001010018"),
            unit_name: "样例市第一人民医院".to_owned(),
            unit_uscc: "124310990000000001".to_owned(),
            title: "护理 中级".to_owned(),
            public_hours: Hours(3_050),
            professional_hours: Hours(0),
            total_hours: Hours(3_050),
            minutes_per_hour: 45,
            exam_score: Some(86),
            lines: vec![RecordLine {
                title: "人工智能大模型技术及应用".to_owned(),
                subject: Subject::Public,
                seconds: StudySeconds(82_350),
                source: "lesson".to_owned(),
                base: "样例市继续教育基地".to_owned(),
                finished_on: BusinessDate(20_261_123),
                score: None,
            }],
            rule_set: "湖南省 2026 年度".to_owned(),
            legal_basis: "《专业技术人员继续教育规定》".to_owned(),
            issuer_name: "样例市人力资源和社会保障局".to_owned(),
            issuer_uscc: "114310990000000002".to_owned(),
            issued_at: Timestamp(1_795_000_000_000),
            supersedes: None,
        }
    }

    /// Another program must be able to compute the same digest in ten years; so the spelling is fixed.
    #[test]
    fn the_bytes_of_a_record_are_pinned() {
        let text = String::from_utf8(record().to_bytes()).unwrap();
        assert!(text.starts_with(r#"{"exam_score":86,"holder_id_commitment":""#), "{text}");
        assert!(text.contains(r#""public_hours":3050,"rule_set":"湖南省 2026 年度""#), "{text}");
        assert!(text.ends_with(r#""unit_uscc":"124310990000000001","v":1,"year":2026}"#), "{text}");
        assert!(!text.contains("supersedes") && !text.contains(": "));
        assert_eq!(CertificateRecord::from_bytes(text.as_bytes()).unwrap(), record());
    }

    /// An id number that could be read from the record would be published with every certificate.
    #[test]
    fn the_id_number_is_not_in_the_record() {
        let text = String::from_utf8(record().to_bytes()).unwrap();
        assert!(!text.contains("431099199001010018"));
        assert_ne!(id_commitment(&[7; 32], "431099199001010018"), id_commitment(&[8; 32], "431099199001010018"));
        // Computed apart, with Python's `hashlib`.
        assert_eq!(
            id_commitment(&[7; 32], "431099199001010018"),
            "8ad23d7bbef870e5a1c051d125c74425227bc3549828ede2424c64ffbdbfe680"
        );
    }

    #[test]
    fn any_change_changes_the_digest() {
        let changed = CertificateRecord { holder_name: "王晓丽".to_owned(), ..record() };
        assert_ne!(changed.digest(), record().digest());
        let newer = CertificateRecord { supersedes: Some(record().number), ..record() };
        assert_ne!(newer.digest(), record().digest());
        assert_eq!(record().digest(), record().digest());
    }
}
