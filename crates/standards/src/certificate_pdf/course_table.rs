//! The table of what the hours were earned by.

use std::num::NonZeroU32;

use krilla::tagging::{Node, TableHeaderScope, Tag, TagGroup};

use super::CertificateError;
use super::fonts::{Fonts, Style};
use super::page::{CertificatePage, CertificateRow};
use super::palette::{AZURITE, AZURITE_DEEP, AZURITE_WASH, INK, INK_SOFT, LINE, fill, horizontal, rectangle, stroke};
use super::sheet::{Density, LEFT, Sheet, WIDTH};
use super::text_block::{Align, Setting, TextBlock};

const COLUMNS: usize = 5;
/// Source, subject, hours, base, date: shares of the width.
const SHARES: [f32; COLUMNS] = [0.315, 0.115, 0.08, 0.345, 0.145];
const HOURS_COLUMN: usize = 2;
const CELL_PADDING_X: f32 = 6.0;
const CELL_LINES_MAX: usize = 3;
const HEADING_SMALLER: [f32; 2] = [8.0, 7.0];

/// How the cells are set, in points.
#[derive(Clone, Copy)]
struct Measures {
    size: f32,
    leading: f32,
    /// Above and below the text of a cell.
    padding: f32,
}

const ROOMY: Measures = Measures { size: 9.2, leading: 14.0, padding: 4.5 };
const DENSE: Measures = Measures { size: 8.5, leading: 12.0, padding: 1.9 };

/// The head, the rows that found room, and a last row that counts the others.
pub(super) struct CourseTable<'fonts> {
    head: Row<'fonts>,
    rows: Vec<Row<'fonts>>,
    more: Option<TextBlock<'fonts>>,
    measures: Measures,
}

struct Row<'fonts> {
    cells: Vec<TextBlock<'fonts>>,
    height: f32,
}

impl<'fonts> CourseTable<'fonts> {
    /// As many rows as stay within `height` points; `None` when the certificate has none.
    pub fn fit(
        fonts: &'fonts Fonts,
        certificate: &CertificatePage,
        density: Density,
        height: f32,
    ) -> Result<Option<Self>, CertificateError> {
        if certificate.rows.is_empty() {
            return Ok(None);
        }
        let texts = &certificate.texts;
        let measures = density.pick(ROOMY, DENSE);
        let head = Row::new(
            fonts,
            [
                &texts.source_heading,
                &texts.subject_heading,
                &texts.hours_heading,
                &texts.base_heading,
                &texts.date_heading,
            ],
            Style::Bold,
            measures,
        )?;
        let mut rows = Vec::new();
        let mut used = head.height;
        for row in &certificate.rows {
            let CertificateRow { source, subject, hours, base, date } = row;
            let row = Row::new(fonts, [source, subject, hours, base, date], Style::Regular, measures)?;
            used += row.height;
            rows.push(row);
            if used > height {
                break;
            }
        }
        let mut table = Self { head, rows, more: None, measures };
        while table.height() > height {
            if table.rows.pop().is_none() {
                let round_up = |points: f32| points.ceil() as u32;
                return Err(CertificateError::DoesNotFit {
                    needed_pt: round_up(table.height()),
                    available_pt: round_up(height),
                });
            }
            let count = certificate.rows.len() - table.rows.len();
            let text = texts.more_rows.replace("{count}", &count.to_string());
            let setting = Setting::new(Style::Regular, measures.size, WIDTH, INK_SOFT).align(Align::Centre);
            table.more = Some(TextBlock::new(fonts, &text, setting.leading(measures.leading))?);
        }
        Ok(Some(table))
    }

    /// Whether every row of the certificate found room.
    pub fn is_complete(&self) -> bool {
        self.more.is_none()
    }

    fn more_height(&self) -> f32 {
        self.more.as_ref().map_or(0.0, |more| more.height() + 2.0 * self.measures.padding)
    }

    pub fn height(&self) -> f32 {
        self.head.height + self.rows.iter().map(|row| row.height).sum::<f32>() + self.more_height()
    }

    pub fn draw(&self, sheet: &mut Sheet<'_, '_>, top: f32) {
        self.draw_lines(sheet, top);
        let head = self
            .head
            .draw(sheet, top, |cell| TagGroup::with_children(Tag::TH(TableHeaderScope::Column), vec![cell]).into());
        let mut y = top + self.head.height;
        let mut body = Vec::new();
        for row in &self.rows {
            body.push(row.draw(sheet, y, |cell| TagGroup::with_children(Tag::TD, vec![cell]).into()));
            y += row.height;
        }
        if let Some(more) = &self.more {
            let text = sheet.text(more, LEFT, y + self.measures.padding);
            let tag = Tag::TD.with_col_span(NonZeroU32::new(COLUMNS as u32));
            let cell = TagGroup::with_children(tag, vec![text]);
            body.push(TagGroup::with_children(Tag::TR, vec![cell.into()]).into());
        }
        let head = TagGroup::with_children(Tag::THead, vec![head]);
        let body = TagGroup::with_children(Tag::TBody, body);
        sheet.push(Tag::Table, vec![head.into(), body.into()]);
    }

    fn draw_lines(&self, sheet: &mut Sheet<'_, '_>, top: f32) {
        sheet.decoration(|surface| {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(AZURITE_WASH)));
            surface.draw_path(&rectangle(LEFT, top, WIDTH, self.head.height));
            surface.set_fill(None);
            surface.set_stroke(Some(stroke(LINE, 0.5)));
            let mut y = top + self.head.height;
            for row in &self.rows {
                y += row.height;
                surface.draw_path(&horizontal(LEFT, y, WIDTH));
            }
            surface.set_stroke(Some(stroke(AZURITE, 0.9)));
            for y in [top, top + self.head.height, top + self.height()] {
                surface.draw_path(&horizontal(LEFT, y, WIDTH));
            }
        });
    }
}

impl<'fonts> Row<'fonts> {
    fn new(
        fonts: &'fonts Fonts,
        texts: [&String; COLUMNS],
        style: Style,
        measures: Measures,
    ) -> Result<Self, CertificateError> {
        let colour = if style == Style::Bold { AZURITE_DEEP } else { INK };
        let cell = |(column, text): (usize, &String)| {
            let width = SHARES[column] * WIDTH - 2.0 * CELL_PADDING_X;
            let align = if column == HOURS_COLUMN { Align::Right } else { Align::Left };
            let setting = Setting::new(style, measures.size, width, colour).align(align).leading(measures.leading);
            let setting = Setting { lines_max: CELL_LINES_MAX, ..setting };
            // A heading shrinks rather than break; a course name breaks rather than shrink.
            let smaller: &[f32] = if style == Style::Bold { &HEADING_SMALLER } else { &[] };
            TextBlock::fitting(fonts, text, setting, smaller, 1)
        };
        let cells: Vec<_> = texts.into_iter().enumerate().map(cell).collect::<Result<_, _>>()?;
        let tallest = cells.iter().map(TextBlock::height).fold(measures.leading, f32::max);
        Ok(Self { cells, height: tallest + 2.0 * measures.padding })
    }

    /// Draw the cells and return the row's structure.
    fn draw(&self, sheet: &mut Sheet<'_, '_>, top: f32, tag: impl Fn(Node) -> Node) -> Node {
        let mut left = LEFT;
        let mut cells = Vec::new();
        for (cell, share) in self.cells.iter().zip(SHARES) {
            let text = sheet.text(cell, left + CELL_PADDING_X, top + (self.height - cell.height()) / 2.0);
            cells.push(tag(text));
            left += share * WIDTH;
        }
        TagGroup::with_children(Tag::TR, cells).into()
    }
}
