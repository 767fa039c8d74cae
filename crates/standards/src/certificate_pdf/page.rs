//! What a certificate says. Every word on the page comes from here: this crate holds no sentence of its own.

use jiff::Timestamp;

/// One certificate, ready to be drawn. It serves the certificate of one public subject and the yearly certificate.
///
/// Numbers and dates are texts as they shall be read: the rules and the reader's language have formed them already.
#[derive(Debug, Clone, Default)]
pub struct CertificatePage {
    /// Identifies the document across its versions, in the file's metadata; the same id gives the same bytes.
    pub document_id: String,
    /// Creation date in the file's metadata.
    pub created_at: Timestamp,
    /// Certificate number.
    pub number: String,
    /// Holder's name in full.
    pub holder_name: String,
    /// Holder's id number, masked.
    pub masked_id_number: String,
    /// The employer unit at the time.
    pub unit_name: String,
    /// Programme year.
    pub year: String,
    /// The hours shown large; those that do not apply stay away.
    pub hours: CertificateHours,
    /// What the hours were earned by. Rows that find no room are counted in one last row.
    pub rows: Vec<CertificateRow>,
    /// The bureau that issues it.
    pub issuing_bureau: String,
    /// Day of issue.
    pub issue_date: String,
    /// Address of the public verification page; stands in the QR code, in print and as a link.
    pub verification_url: String,
    /// Verification code, printed as it is when it has dashes, else in groups of four.
    pub verification_code: String,
    /// The round seal, when the certificate shows one.
    pub seal: Option<Seal>,
    /// A record for machines, inside the file.
    pub attachment: Option<Attachment>,
    /// Labels and sentences in the reader's language.
    pub texts: CertificateTexts,
}

/// Hours in large figures, each as it shall be read.
#[derive(Debug, Clone, Default)]
pub struct CertificateHours {
    /// Public subject.
    pub public: Option<String>,
    /// Professional subject.
    pub professional: Option<String>,
    /// All together.
    pub total: Option<String>,
}

/// One line of the table.
#[derive(Debug, Clone, Default)]
pub struct CertificateRow {
    /// Course, or where else the hours come from.
    pub source: String,
    /// Public or professional, in words.
    pub subject: String,
    /// Hours of this line.
    pub hours: String,
    /// The training base.
    pub base: String,
    /// When they were recognised.
    pub date: String,
}

/// A round seal in vector form: a ring, a star, the bureau's name along the upper arc.
#[derive(Debug, Clone, Default)]
pub struct Seal {
    /// Name along the arc.
    pub arc: String,
    /// A line under the star, may be empty.
    pub foot: String,
    /// Words that say it is a sample, across the lower rim; `None` on a real seal.
    pub sample_mark: Option<String>,
}

/// A file inside the file (PDF/A-3, relationship "Data").
#[derive(Debug, Clone, Default)]
pub struct Attachment {
    /// File name.
    pub name: String,
    /// Media type, such as `application/json`.
    pub media_type: String,
    /// What it is, for a reader's list of attachments.
    pub description: String,
    /// Content.
    pub bytes: Vec<u8>,
}

/// Labels and sentences, from the locale files.
#[derive(Debug, Clone, Default)]
pub struct CertificateTexts {
    /// RFC 3066 tag such as `zh-CN`; Chinese is set justified with indented paragraphs.
    pub language: String,
    /// Title of the document.
    pub title: String,
    /// Line under the title, may be empty.
    pub subtitle: String,
    /// The sentence that says what is certified and by which rule.
    pub statement: String,
    /// Before the certificate number.
    pub number_label: String,
    /// Before the name.
    pub holder_label: String,
    /// Before the id number.
    pub id_number_label: String,
    /// Before the unit.
    pub unit_label: String,
    /// Before the year.
    pub year_label: String,
    /// Over the public hours.
    pub public_hours_label: String,
    /// Over the professional hours.
    pub professional_hours_label: String,
    /// Over the total.
    pub total_hours_label: String,
    /// After each large figure.
    pub hours_unit: String,
    /// Head of the first column.
    pub source_heading: String,
    /// Head of the second column.
    pub subject_heading: String,
    /// Head of the third column.
    pub hours_heading: String,
    /// Head of the fourth column.
    pub base_heading: String,
    /// Head of the fifth column.
    pub date_heading: String,
    /// The last row when some found no room; `{count}` becomes their number.
    pub more_rows: String,
    /// What to do with the QR code.
    pub verification_hint: String,
    /// Before the verification code.
    pub verification_code_label: String,
    /// What the QR code is, for readers who cannot see it.
    pub qr_alternative: String,
    /// What the seal is, for readers who cannot see it.
    pub seal_alternative: String,
}
