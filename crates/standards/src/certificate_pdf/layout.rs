//! Which blocks a page has and where they stand: title above, foot below, the others between them with even gaps.

use krilla::annotation::Annotation;
use krilla::tagging::Node;

use super::CertificateError;
use super::course_table::CourseTable;
use super::fonts::Fonts;
use super::foot::Foot;
use super::frame;
use super::heading::{Heading, Identity, statement};
use super::hours_band::HoursBand;
use super::page::CertificatePage;
use super::sheet::{Density, LEFT, Sheet};
use super::text_block::TextBlock;

/// Between two blocks at least, in points.
const GAP_MIN: f32 = 9.0;
/// Between two blocks at most: with a table, and without one, when fewer blocks share the page.
const GAP_MAX: (f32, f32) = (34.0, 56.0);
/// Up to so many rows the page may be set with air.
const ROOMY_ROWS: usize = 6;

/// What stands between the title and the foot.
struct Middle<'fonts> {
    identity: Identity<'fonts>,
    statement: TextBlock<'fonts>,
    band: HoursBand<'fonts>,
    table: Option<CourseTable<'fonts>>,
    gap: f32,
}

/// Draw the whole page; returns what [`Foot::draw`] does.
pub(super) fn draw(
    sheet: &mut Sheet<'_, '_>,
    certificate: &CertificatePage,
) -> Result<(Node, Annotation), CertificateError> {
    let fonts = sheet.fonts;
    let heading = Heading::new(fonts, certificate)?;
    let foot = Foot::new(fonts, certificate)?;
    let room = foot.top() - heading.bottom();
    let middle = Middle::arrange(fonts, certificate, room)?;

    frame::draw(sheet);
    heading.draw(sheet);
    middle.draw(sheet, heading.bottom());
    Ok(foot.draw(sheet, certificate))
}

impl<'fonts> Middle<'fonts> {
    /// With air when everything fits so, else densely.
    fn arrange(fonts: &'fonts Fonts, certificate: &CertificatePage, room: f32) -> Result<Self, CertificateError> {
        if certificate.rows.len() <= ROOMY_ROWS {
            let roomy = Self::fit(fonts, certificate, Density::Roomy, room);
            if roomy.as_ref().is_ok_and(|middle| middle.table.as_ref().is_none_or(CourseTable::is_complete)) {
                return roomy;
            }
        }
        Self::fit(fonts, certificate, Density::Dense, room)
    }

    fn fit(
        fonts: &'fonts Fonts,
        certificate: &CertificatePage,
        density: Density,
        room: f32,
    ) -> Result<Self, CertificateError> {
        let identity = Identity::new(fonts, certificate, density)?;
        let statement = statement(fonts, certificate, density)?;
        let band = HoursBand::new(fonts, certificate)?;
        let blocks = identity.height() + statement.height() + band.height();
        let fixed = blocks + 5.0 * GAP_MIN;
        if fixed > room {
            let (needed_pt, available_pt) = (fixed.ceil() as u32, room.max(0.0) as u32);
            return Err(CertificateError::DoesNotFit { needed_pt, available_pt });
        }
        let table = CourseTable::fit(fonts, certificate, density, room - fixed)?;
        let gap = match &table {
            Some(table) => ((room - blocks - table.height()) / 5.0).min(GAP_MAX.0),
            None => ((room - blocks) / 4.0).min(GAP_MAX.1),
        };
        Ok(Self { identity, statement, band, table, gap })
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>, bottom_of_heading: f32) {
        let mut top = bottom_of_heading + self.gap;
        self.identity.draw(sheet, top);
        top += self.identity.height() + self.gap;
        sheet.paragraph(&self.statement, LEFT, top);
        top += self.statement.height() + self.gap;
        self.band.draw(sheet, top);
        top += self.band.height() + self.gap;
        if let Some(table) = &self.table {
            table.draw(sheet, top);
        }
    }
}
