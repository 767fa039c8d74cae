//! What a certificate will say: written down in the transaction that makes it due, so that nothing later changes it.

use super::store::{self, Holder, Intent};
use crate::assessment::{self, TestState};
use crate::at::At;
use crate::catalog::years::{self, ProgrammeYear};
use crate::credit::{self, LearnerStanding, SourceSum};
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::i18n::{Locale, Texts};
use crate::keys::random;
use crate::org::{self, RootBureau};
use jixue_core::certificate::{CertificateNumber, CertificateRecord, RecordLine, VerificationCode, id_commitment};
use jixue_core::credit::{Hours, Standing};
use jixue_core::fact::CertificateKind;
use jixue_core::scope::Scope;
use jixue_core::study::{StudySeconds, Subject};

/// Certificates are written in Chinese; the public page says the same in both languages.
pub(super) const LANGUAGE: Texts = Texts::of(Locale::ZhCn);

/// The requirement of a kind, as the standing is at this moment.
pub(super) fn is_met(kind: CertificateKind, standing: &Standing) -> bool {
    match kind {
        CertificateKind::PublicSubject => standing.public_met,
        CertificateKind::Annual => standing.annual_met,
    }
}

/// Where the learner of an intent stands.
pub(super) async fn standing(tx: &Tx<'_>, intent: Intent) -> Result<LearnerStanding> {
    let missing = || Error::internal(format!("a certificate of {} without its year or standing", intent.year));
    let programme = years::year(tx, intent.year).await?.ok_or_else(missing)?;
    credit::standing_of(tx, intent.learner, programme).await?.ok_or_else(missing)
}

/// Gives a claimed certificate its number, its code and its words.
pub(super) async fn draw_up(
    tx: &Tx<'_>,
    at: &At,
    scope: &Scope,
    intent: Intent,
    supersedes: Option<&CertificateNumber>,
) -> Result<()> {
    let standing = standing(tx, intent).await?;
    let holder = store::holder(tx, scope, intent.learner, intent.year).await?;
    let holder = holder.ok_or_else(|| Error::internal("a standing without its learner"))?;
    let bureau = org::root_bureau(tx).await?;
    let serial = store::next_serial(tx, intent.year, intent.kind).await?;
    let number = CertificateNumber::compose(&bureau.certificate_prefix, intent.year, intent.kind, serial)?;
    // Random within the unit: when it runs again the code is another, and only the one committed is ever seen.
    let code = VerificationCode::from_random(random());
    let mut record = words(at, intent, &number, &standing, &holder, &bureau)?;
    record.lines = lines(tx, scope, intent, &standing.standing).await?;
    record.exam_score = score(tx, intent, &standing.programme).await?;
    record.supersedes = supersedes.map(ToString::to_string);
    store::fill(tx, intent, &number, &code, &record).await
}

fn words(
    at: &At,
    intent: Intent,
    number: &CertificateNumber,
    standing: &LearnerStanding,
    holder: &Holder,
    bureau: &RootBureau,
) -> Result<CertificateRecord> {
    let (rules, sums) = (&standing.programme.rules, &standing.standing);
    let identity = at.keys.open("identity", &holder.identity_sealed)?;
    let identity = std::str::from_utf8(&identity).map_err(Error::internal)?;
    // The salt follows from a key of ours and the certificate's id, so that it need not be kept beside the record.
    let salt = at.keys.commitment_salt(&format!("certificate {}", intent.certificate));
    let (professional_hours, total_hours) = match intent.kind {
        CertificateKind::PublicSubject => (Hours(0), sums.public.earned_hours),
        CertificateKind::Annual => (sums.professional.earned_hours, sums.total.earned_hours),
    };
    Ok(CertificateRecord {
        v: CertificateRecord::VERSION,
        number: number.to_string(),
        kind: intent.kind,
        year: intent.year,
        holder_name: holder.name.clone(),
        holder_id_masked: holder.identity_masked.clone(),
        holder_id_commitment: id_commitment(&salt, identity),
        unit_name: holder.unit_name.clone(),
        unit_uscc: holder.unit_uscc.clone(),
        title: org::titles::words(&LANGUAGE, &holder.title_series, &holder.title_level),
        public_hours: sums.public.earned_hours,
        professional_hours,
        total_hours,
        minutes_per_hour: rules.minutes_per_hour,
        exam_score: None,
        lines: Vec::new(),
        rule_set: rules.name_zh.clone(),
        legal_basis: rules.legal_basis_zh.clone(),
        issuer_name: bureau.name_zh.clone(),
        issuer_uscc: bureau.uscc.to_string(),
        issued_at: at.now,
        supersedes: None,
    })
}

/// The year's credit by course and confirmed item. What finds no line of its own stands in one more, so that the lines
/// of a subject always add up to what was earned.
async fn lines(tx: &Tx<'_>, scope: &Scope, intent: Intent, standing: &Standing) -> Result<Vec<RecordLine>> {
    let sources = credit::sources_of(tx, scope, intent.learner, intent.year).await?;
    let subjects: &[(Subject, StudySeconds)] = match intent.kind {
        CertificateKind::PublicSubject => &[(Subject::Public, standing.public.earned)],
        CertificateKind::Annual => {
            &[(Subject::Public, standing.public.earned), (Subject::Professional, standing.professional.earned)]
        }
    };
    Ok(subjects.iter().flat_map(|(subject, earned)| lines_of(&sources, *subject, *earned)).collect())
}

fn lines_of(sources: &[SourceSum], subject: Subject, earned: StudySeconds) -> Vec<RecordLine> {
    let own: Vec<&SourceSum> = sources.iter().filter(|source| source.subject == subject).collect();
    let mut lines: Vec<RecordLine> = own.iter().map(|source| line(source)).collect();
    let listed: StudySeconds = lines.iter().map(|line| line.seconds).sum();
    let rest = earned.saturating_sub(listed);
    if let (true, Some(last)) = (rest.0 > 0, own.last()) {
        lines.push(RecordLine {
            title: LANGUAGE.certificate_other_entries().to_owned(),
            seconds: rest,
            base: String::new(),
            ..line(last)
        });
    }
    lines
}

fn line(source: &SourceSum) -> RecordLine {
    RecordLine {
        title: source.title.clone(),
        subject: source.subject,
        seconds: source.seconds,
        source: source.source.clone(),
        base: source.provider.clone(),
        finished_on: source.last_on,
        score: None,
    }
}

/// The score of the public subject's test, where the rules ask for one.
async fn score(tx: &Tx<'_>, intent: Intent, programme: &ProgrammeYear) -> Result<Option<i64>> {
    if !programme.rules.exam_required {
        return Ok(None);
    }
    Ok(match assessment::state_of(tx, intent.learner, intent.year, Subject::Public).await? {
        TestState::Passed { score, .. } => Some(score),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jixue_core::time::BusinessDate;

    fn source(subject: Subject, seconds: i64) -> SourceSum {
        SourceSum {
            subject,
            source: "lesson".to_owned(),
            title: "人工智能大模型技术及应用".to_owned(),
            provider: "样例市继续教育基地".to_owned(),
            seconds: StudySeconds(seconds),
            last_on: BusinessDate(20_261_101),
        }
    }

    /// A table that does not add up to the figure above it is the first thing a title board asks about.
    #[test]
    fn the_lines_of_a_subject_add_up_to_what_was_earned() {
        let sources = [source(Subject::Public, 2_700), source(Subject::Professional, 60), source(Subject::Public, 300)];
        let sum = |lines: &[RecordLine]| lines.iter().map(|line| line.seconds).sum::<StudySeconds>();
        let whole = lines_of(&sources, Subject::Public, StudySeconds(3_000));
        assert_eq!((whole.len(), sum(&whole)), (2, StudySeconds(3_000)));
        let cut = lines_of(&sources, Subject::Public, StudySeconds(9_000));
        assert_eq!((cut.len(), sum(&cut)), (3, StudySeconds(9_000)));
        assert_eq!(cut[2].seconds, StudySeconds(6_000));
        assert!(lines_of(&[], Subject::Public, StudySeconds(0)).is_empty());
    }
}
