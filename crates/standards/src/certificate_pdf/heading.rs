//! Number, title, holder and statement: the upper part of a certificate.

use std::num::NonZeroU16;

use krilla::geom::PathBuilder;
use krilla::tagging::Tag;

use super::CertificateError;
use super::fonts::{Fonts, Style};
use super::page::CertificatePage;
use super::palette::{AZURITE, AZURITE_DEEP, INK, INK_SOFT, LINE, fill, finish, horizontal, stroke};
use super::sheet::{Density, LEFT, PAGE_WIDTH, Sheet, WIDTH};
use super::text_block::{Align, Setting, TextBlock};

const NUMBER_TOP: f32 = 54.0;
const TITLE_TOP: f32 = 74.0;
const ORNAMENT_HEIGHT: f32 = 22.0;
/// Between a label and its value, and between two fields of a line.
const FIELD_GAP: f32 = 10.0;

/// Number, title and subtitle.
pub(super) struct Heading<'fonts> {
    number: TextBlock<'fonts>,
    title: TextBlock<'fonts>,
    subtitle: TextBlock<'fonts>,
}

impl<'fonts> Heading<'fonts> {
    pub fn new(fonts: &'fonts Fonts, certificate: &CertificatePage) -> Result<Self, CertificateError> {
        let texts = &certificate.texts;
        let number = format!("{}{}", texts.number_label, certificate.number);
        let small = Setting::new(Style::Regular, 9.0, WIDTH, INK_SOFT).align(Align::Right);
        let large = Setting::new(Style::Title, 28.0, WIDTH, AZURITE_DEEP).align(Align::Centre).leading(39.0);
        let large = Setting { spacing_em: 0.07, ..large };
        let middle = Setting::new(Style::Title, 14.0, WIDTH, INK_SOFT).align(Align::Centre).leading(22.0);
        Ok(Self {
            number: TextBlock::new(fonts, &number, small)?,
            title: TextBlock::fitting(fonts, &texts.title, large, &[25.0, 22.0, 19.0], 1)?,
            subtitle: TextBlock::new(fonts, &texts.subtitle, middle)?,
        })
    }

    /// Lower edge in points from the top of the page.
    pub fn bottom(&self) -> f32 {
        TITLE_TOP + self.title.height() + self.subtitle.height() + ORNAMENT_HEIGHT
    }

    pub fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let title = sheet.text(&self.title, LEFT, TITLE_TOP);
        sheet.push(Tag::Hn(NonZeroU16::MIN, Some(self.title.text().to_owned())), vec![title]);
        let below = TITLE_TOP + self.title.height();
        if self.subtitle.height() > 0.0 {
            sheet.paragraph(&self.subtitle, LEFT, below);
        }
        sheet.paragraph(&self.number, LEFT, NUMBER_TOP);
        let y = below + self.subtitle.height() + ORNAMENT_HEIGHT / 2.0;
        sheet.decoration(|surface| {
            let middle = PAGE_WIDTH / 2.0;
            surface.set_fill(None);
            surface.set_stroke(Some(stroke(AZURITE, 0.7)));
            surface.draw_path(&horizontal(middle - 96.0, y, 86.0));
            surface.draw_path(&horizontal(middle + 10.0, y, 86.0));
            surface.set_stroke(None);
            surface.set_fill(Some(fill(AZURITE)));
            let mut diamond = PathBuilder::new();
            diamond.move_to(middle - 4.5, y);
            diamond.line_to(middle, y - 4.5);
            diamond.line_to(middle + 4.5, y);
            diamond.line_to(middle, y + 4.5);
            diamond.close();
            surface.draw_path(&finish(diamond));
        });
    }
}

/// Name, id number, unit and year as labelled fields over hair lines.
pub(super) struct Identity<'fonts> {
    lines: Vec<Vec<Field<'fonts>>>,
    /// Above and below the text of a line.
    padding: f32,
}

struct Field<'fonts> {
    left: f32,
    width: f32,
    label: TextBlock<'fonts>,
    value: TextBlock<'fonts>,
    value_left: f32,
}

impl<'fonts> Identity<'fonts> {
    pub fn new(
        fonts: &'fonts Fonts,
        certificate: &CertificatePage,
        density: Density,
    ) -> Result<Self, CertificateError> {
        let texts = &certificate.texts;
        let fields = [
            (&texts.holder_label, &certificate.holder_name),
            (&texts.id_number_label, &certificate.masked_id_number),
            (&texts.unit_label, &certificate.unit_name),
            (&texts.year_label, &certificate.year),
        ];
        let setting = Setting::new(Style::Regular, 10.0, WIDTH, INK_SOFT).leading(22.0);
        let labels = fields.map(|(label, _)| TextBlock::new(fonts, label, setting));
        let labels: Vec<_> = labels.into_iter().collect::<Result<_, _>>()?;
        // Values of one column begin at one edge, whatever the labels' widths.
        let indents =
            [0, 1].map(|column: usize| labels[column].ink_width().max(labels[column + 2].ink_width()) + FIELD_GAP);
        let split = WIDTH * 0.56;
        let columns = [(0.0, split - 2.0 * FIELD_GAP), (split, WIDTH - split)];

        let mut lines = vec![Vec::new(), Vec::new()];
        for (index, (label, (_, value))) in labels.into_iter().zip(fields).enumerate() {
            let (left, width) = columns[index % 2];
            let indent = indents[index % 2];
            let setting = Setting::new(Style::Regular, 13.0, width - indent, INK).leading(22.0);
            let value = TextBlock::fitting(fonts, value, setting, &[12.0, 11.0, 10.0], 2)?;
            let value_left = LEFT + left + indent;
            lines[index / 2].push(Field { left: LEFT + left, width, label, value, value_left });
        }
        Ok(Self { lines, padding: density.pick(6.0, 2.0) })
    }

    fn line_height(&self, line: &[Field<'_>]) -> f32 {
        let tallest = line.iter().map(|field| field.value.height().max(field.label.height())).fold(0.0, f32::max);
        tallest + 2.0 * self.padding
    }

    pub fn height(&self) -> f32 {
        self.lines.iter().map(|line| self.line_height(line)).sum()
    }

    pub fn draw(&self, sheet: &mut Sheet<'_, '_>, top: f32) {
        let mut top = top;
        for line in &self.lines {
            let height = self.line_height(line);
            for field in line {
                let label = sheet.text(&field.label, field.left, top + self.padding);
                let value = sheet.text(&field.value, field.value_left, top + self.padding);
                sheet.push(Tag::P, vec![label, value]);
            }
            sheet.decoration(|surface| {
                surface.set_fill(None);
                surface.set_stroke(Some(stroke(LINE, 0.6)));
                for field in line {
                    surface.draw_path(&horizontal(field.left, top + height, field.width));
                }
            });
            top += height;
        }
    }
}

/// The sentence that certifies, larger when there is room.
pub(super) fn statement<'fonts>(
    fonts: &'fonts Fonts,
    certificate: &CertificatePage,
    density: Density,
) -> Result<TextBlock<'fonts>, CertificateError> {
    let (size, leading) = density.pick((13.0, 26.0), (10.5, 17.0));
    let chinese = certificate.texts.language.starts_with("zh");
    let setting = Setting::new(Style::Regular, size, WIDTH, INK).leading(leading);
    let setting = match chinese {
        true => Setting { indent_em: 2.0, ..setting.align(Align::Both) },
        false => setting,
    };
    TextBlock::new(fonts, &certificate.texts.statement, setting)
}
