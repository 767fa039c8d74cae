//! Certificates as PDF/A-3a and PDF/UA-1: one A4 page, tagged, with embedded fonts, the same bytes for the same input.
//!
//! Source of the conformance rules: ISO 19005-3 and ISO 14289-1, which the PDF writer checks while it writes.

mod course_table;
mod error;
mod fonts;
mod foot;
mod frame;
mod heading;
mod hours_band;
mod layout;
mod line_break;
mod page;
mod palette;
mod seal;
mod sheet;
mod text_block;

use jiff::tz::Offset;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::Point;
use krilla::metadata::{DateTime, Metadata, TextDirection};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::{Tag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};

pub use error::CertificateError;
pub use fonts::Fonts;
pub use page::{Attachment, CertificateHours, CertificatePage, CertificateRow, CertificateTexts, Seal};

use sheet::{PAGE_HEIGHT, PAGE_WIDTH, Sheet};

/// Draw a certificate.
///
/// The bytes depend on the arguments alone. The page holds everything or nothing: rows without room are counted in the
/// last row, and any other text that does not fit or cannot be written is an error.
///
/// # Errors
/// See [`CertificateError`]; [`CertificateError::MissingGlyph`] is the one that input can cause at any time.
pub fn render(certificate: &CertificatePage, fonts: &Fonts) -> Result<Vec<u8>, CertificateError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A3_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| CertificateError::Pdf(format!("{error:?}")))?;
    let mut document = Document::new_with(SerializeSettings { configuration, ..SerializeSettings::default() });
    document.set_metadata(metadata(certificate));
    if let Some(attachment) = &certificate.attachment {
        document.embed_file(embedded_file(attachment, date_time(certificate))?);
    }

    let size = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).expect("A4 has a size");
    let mut page = document.start_page_with(size);
    let mut sheet = Sheet { surface: page.surface(), fonts, nodes: Vec::new() };
    let (address, link) = layout::draw(&mut sheet, certificate)?;
    let nodes = sheet.finish();
    let link = page.add_tagged_annotation(link);
    page.finish();

    let mut tree = TagTree::new().with_lang(Some(certificate.texts.language.clone()));
    for node in nodes {
        tree.push(node);
    }
    let link = TagGroup::with_children(Tag::Link, vec![address, link.into()]);
    tree.push(TagGroup::with_children(Tag::P, vec![link.into()]));
    document.set_tag_tree(tree);
    document.set_outline(outline(certificate));
    Ok(document.finish()?)
}

fn metadata(certificate: &CertificatePage) -> Metadata {
    let texts = &certificate.texts;
    Metadata::new()
        .title(format!("{} {}", texts.title, certificate.number))
        .authors(vec![certificate.issuing_bureau.clone()])
        .creator("Jixue".to_owned())
        .producer("Jixue".to_owned())
        .language(texts.language.clone())
        .text_direction(TextDirection::LeftToRight)
        .document_id(certificate.document_id.clone())
        .creation_date(date_time(certificate))
}

/// The creation date in China's time.
fn date_time(certificate: &CertificatePage) -> DateTime {
    let local = Offset::constant(8).to_datetime(certificate.created_at);
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    DateTime::new(u16::try_from(local.year()).unwrap_or_default())
        .month(part(local.month()))
        .day(part(local.day()))
        .hour(part(local.hour()))
        .minute(part(local.minute()))
        .second(part(local.second()))
        .utc_offset_hour(8)
        .utc_offset_minute(0)
}

fn embedded_file(attachment: &Attachment, date: DateTime) -> Result<EmbeddedFile, CertificateError> {
    Ok(EmbeddedFile {
        path: attachment.name.clone(),
        mime_type: Some(MimeType::new(&attachment.media_type).ok_or(CertificateError::BadMediaType)?),
        description: Some(attachment.description.clone()),
        association_kind: AssociationKind::Data,
        data: attachment.bytes.clone().into(),
        modification_date: Some(date),
        compress: None,
        location: None,
    })
}

fn outline(certificate: &CertificatePage) -> Outline {
    let mut outline = Outline::new();
    let top = XyzDestination::new(0, Point::from_xy(0.0, 0.0));
    outline.push_child(OutlineNode::new(certificate.texts.title.clone(), top));
    outline
}
