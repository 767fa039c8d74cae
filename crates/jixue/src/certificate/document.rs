//! The sheet of paper: a record in the words and figures of the printed page.

use super::record::LANGUAGE;
use jixue_core::certificate::{CertificateRecord, RecordLine, VerificationCode};
use jixue_core::credit::Hours;
use jixue_core::fact::CertificateKind;
use jixue_core::study::{StudySeconds, Subject};
use jixue_core::time::BusinessDate;
use jixue_standards::certificate_pdf::{
    Attachment, CertificateHours, CertificatePage, CertificateRow, CertificateTexts, Seal,
};

/// Where a code is verified.
pub(super) fn verification_url(base_url: &str, code: &VerificationCode) -> String {
    format!("{base_url}/verify/{}", code.plain())
}

/// What is drawn for a record. The same record gives the same page.
pub(super) fn page(
    record: &CertificateRecord,
    code: &VerificationCode,
    base_url: &str,
    shows_sample_seal: bool,
) -> CertificatePage {
    let t = LANGUAGE;
    CertificatePage {
        document_id: record.number.clone(),
        created_at: jiff::Timestamp::from_millisecond(record.issued_at.0).unwrap_or_default(),
        number: record.number.clone(),
        holder_name: record.holder_name.clone(),
        masked_id_number: record.holder_id_masked.clone(),
        unit_name: record.unit_name.clone(),
        year: record.year.to_string(),
        hours: hours(record),
        rows: record.lines.iter().map(|line| row(line, record.minutes_per_hour)).collect(),
        issuing_bureau: record.issuer_name.clone(),
        issue_date: date_words(record.issued_at.business_date()),
        verification_url: verification_url(base_url, code),
        verification_code: code.to_string(),
        seal: shows_sample_seal.then(|| Seal {
            arc: record.issuer_name.clone(),
            foot: t.certificate_document_seal_foot().to_owned(),
            sample_mark: Some(t.certificate_document_seal_sample().to_owned()),
        }),
        attachment: Some(Attachment {
            name: "certificate.json".to_owned(),
            media_type: "application/json".to_owned(),
            description: t.certificate_document_attachment().to_owned(),
            bytes: record.to_bytes(),
        }),
        texts: texts(record),
    }
}

fn hours(record: &CertificateRecord) -> CertificateHours {
    let shown = |hours: Hours| Some(hours.to_string());
    match record.kind {
        CertificateKind::PublicSubject => {
            CertificateHours { public: shown(record.public_hours), ..CertificateHours::default() }
        }
        CertificateKind::Annual => CertificateHours {
            public: shown(record.public_hours),
            professional: shown(record.professional_hours),
            total: shown(record.total_hours),
        },
    }
}

/// A line keeps its hundredths: rounded down line by line, the year would lose hours on paper.
fn row(line: &RecordLine, minutes_per_hour: i64) -> CertificateRow {
    let subject = match line.subject {
        Subject::Public => LANGUAGE.certificate_public(),
        Subject::Professional => LANGUAGE.certificate_professional(),
    };
    CertificateRow {
        source: line.title.clone(),
        subject: subject.to_owned(),
        hours: hundredths(line.seconds, minutes_per_hour).to_string(),
        base: line.base.clone(),
        date: line.finished_on.to_string(),
    }
}

/// To the nearest hundredth of an hour.
fn hundredths(seconds: StudySeconds, minutes_per_hour: i64) -> Hours {
    let hour = minutes_per_hour * 60;
    Hours((seconds.0 * 100 + hour / 2) / hour)
}

/// `2026年11月23日`.
fn date_words(day: BusinessDate) -> String {
    LANGUAGE.certificate_document_date(day.year(), day.month(), day.day())
}

fn texts(record: &CertificateRecord) -> CertificateTexts {
    let t = LANGUAGE;
    let own = |text: &str| text.to_owned();
    let title = match record.kind {
        CertificateKind::PublicSubject => t.certificate_document_title_public(),
        CertificateKind::Annual => t.certificate_document_title_annual(),
    };
    CertificateTexts {
        language: own(t.locale.tag()),
        title: own(title),
        subtitle: t.certificate_document_subtitle(record.year),
        statement: statement(record),
        number_label: own(t.certificate_document_number()),
        holder_label: own(t.certificate_name()),
        id_number_label: own(t.certificate_document_identity()),
        unit_label: own(t.certificate_unit()),
        year_label: own(t.certificate_document_year()),
        public_hours_label: own(t.certificate_public()),
        professional_hours_label: own(t.certificate_professional()),
        total_hours_label: own(t.certificate_document_total()),
        hours_unit: own(t.certificate_document_hours_unit()),
        source_heading: own(t.certificate_document_source()),
        subject_heading: own(t.certificate_document_subject()),
        hours_heading: own(t.certificate_document_hours_unit()),
        base_heading: own(t.certificate_document_base()),
        date_heading: own(t.certificate_document_finished()),
        more_rows: t.certificate_document_more("{count}"),
        verification_hint: own(t.certificate_document_hint()),
        verification_code_label: own(t.certificate_code()),
        qr_alternative: own(t.certificate_document_qr()),
        seal_alternative: own(t.certificate_document_seal_sample()),
    }
}

/// What is certified, by which rule, and how the hours are counted.
fn statement(record: &CertificateRecord) -> String {
    let t = LANGUAGE;
    let (year, public, basis) = (record.year, record.public_hours, &record.legal_basis);
    let certified = match (record.kind, record.exam_score) {
        (CertificateKind::Annual, _) => {
            t.certificate_document_statement_annual(year, public, record.professional_hours, record.total_hours, basis)
        }
        (CertificateKind::PublicSubject, Some(score)) => {
            t.certificate_document_statement_public_tested(year, public, score, basis)
        }
        (CertificateKind::PublicSubject, None) => t.certificate_document_statement_public(year, public, basis),
    };
    let counted = t.certificate_document_counting(record.minutes_per_hour);
    let replaced = record.supersedes.as_ref().map(|number| t.certificate_document_replaces(number));
    format!("{certified}{counted}{}", replaced.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_shown_to_the_nearest_hundredth() {
        assert_eq!(hundredths(StudySeconds(2_700), 45).to_string(), "1");
        assert_eq!(hundredths(StudySeconds(1_350), 45).to_string(), "0.5");
        assert_eq!(hundredths(StudySeconds(900), 45).to_string(), "0.33");
        assert_eq!(hundredths(StudySeconds(1_800), 45).to_string(), "0.67");
        assert_eq!(hundredths(StudySeconds(1), 45).to_string(), "0");
        assert_eq!(date_words(BusinessDate(20_261_103)), "2026年11月3日");
    }
}
