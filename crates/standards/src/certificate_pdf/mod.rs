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
mod page;
mod palette;
mod seal;
mod sheet;
mod text_block;

use jiff::tz::Offset;
use krilla::annotation::Annotation;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::destination::XyzDestination;
use krilla::embed::{AssociationKind, EmbeddedFile, MimeType};
use krilla::geom::Point;
use krilla::metadata::{DateTime, Metadata, TextDirection};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::tagging::{Node, Tag, TagGroup, TagTree};
use krilla::{Document, SerializeSettings};

pub use error::CertificateError;
pub use fonts::Fonts;
pub use page::{Attachment, CertificateHours, CertificatePage, CertificateRow, CertificateTexts, Seal};

use course_table::CourseTable;
use foot::Foot;
use heading::{Heading, Identity};
use hours_band::HoursBand;
use sheet::{Density, LEFT, PAGE_HEIGHT, PAGE_WIDTH, Sheet};

/// Between two blocks, at least and at most, in points.
const GAP_MIN: f32 = 9.0;
const GAP_MAX: f32 = 34.0;
/// With more rows than this the page is set densely.
const ROOMY_ROWS: usize = 6;

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
    let mut document = Document::new_with(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    });
    document.set_metadata(metadata(certificate));
    if let Some(attachment) = &certificate.attachment {
        document.embed_file(embedded_file(attachment, date_time(certificate))?);
    }

    let size = PageSettings::from_wh(PAGE_WIDTH, PAGE_HEIGHT).expect("A4 has a size");
    let mut page = document.start_page_with(size);
    let mut sheet = Sheet {
        surface: page.surface(),
        fonts,
        nodes: Vec::new(),
    };
    let (address, link) = draw(&mut sheet, certificate)?;
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

/// Lay the blocks between title and foot with even gaps and draw them; returns what [`Foot::draw`] does.
fn draw(
    sheet: &mut Sheet<'_, '_>,
    certificate: &CertificatePage,
) -> Result<(Node, Annotation), CertificateError> {
    let fonts = sheet.fonts;
    let heading = Heading::new(fonts, certificate)?;
    let density = if certificate.rows.len() <= ROOMY_ROWS {
        Density::Roomy
    } else {
        Density::Dense
    };
    let identity = Identity::new(fonts, certificate, density)?;
    let statement = heading::statement(fonts, certificate, density)?;
    let band = HoursBand::new(fonts, certificate)?;
    let foot = Foot::new(fonts, certificate)?;

    let heights = [identity.height(), statement.height(), band.height()];
    let room = foot.top() - heading.bottom();
    let fixed = heights.iter().sum::<f32>() + GAP_MIN * 4.0;
    if fixed > room {
        let (needed_pt, available_pt) = (fixed.ceil() as u32, room.max(0.0) as u32);
        return Err(CertificateError::DoesNotFit {
            needed_pt,
            available_pt,
        });
    }
    let table = CourseTable::fit(fonts, certificate, density, room - fixed - GAP_MIN)?;
    let used = heights.iter().sum::<f32>() + table.as_ref().map_or(0.0, CourseTable::height);
    let gap = ((room - used) / 5.0).clamp(GAP_MIN, GAP_MAX);

    frame::draw(sheet);
    heading.draw(sheet);
    let mut top = heading.bottom() + gap;
    identity.draw(sheet, top);
    top += heights[0] + gap;
    sheet.paragraph(&statement, LEFT, top);
    top += heights[1] + gap;
    band.draw(sheet, top);
    top += heights[2] + gap;
    if let Some(table) = &table {
        table.draw(sheet, top);
    }
    Ok(foot.draw(sheet, certificate))
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
