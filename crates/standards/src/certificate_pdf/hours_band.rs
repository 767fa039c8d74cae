//! The hours in large figures, side by side.

use krilla::tagging::Tag;

use super::CertificateError;
use super::fonts::{Fonts, Style};
use super::page::CertificatePage;
use super::palette::{AZURITE, AZURITE_DEEP, AZURITE_WASH, INK_SOFT, fill, horizontal, rectangle, stroke};
use super::sheet::{LEFT, Sheet, WIDTH};
use super::text_block::{Setting, TextBlock};

const HEIGHT: f32 = 54.0;
const LABEL_TOP: f32 = 5.5;
const FIGURE_TOP: f32 = 18.5;
const UNIT_GAP: f32 = 4.0;

/// Up to three figures with their labels.
pub(super) struct HoursBand<'fonts> {
    figures: Vec<Figure<'fonts>>,
}

struct Figure<'fonts> {
    label: TextBlock<'fonts>,
    value: TextBlock<'fonts>,
    unit: TextBlock<'fonts>,
}

impl<'fonts> HoursBand<'fonts> {
    pub fn new(fonts: &'fonts Fonts, certificate: &CertificatePage) -> Result<Self, CertificateError> {
        let (hours, texts) = (&certificate.hours, &certificate.texts);
        let given = [
            (&texts.public_hours_label, &hours.public),
            (&texts.professional_hours_label, &hours.professional),
            (&texts.total_hours_label, &hours.total),
        ];
        let small = Setting::new(Style::Regular, 9.5, WIDTH, INK_SOFT);
        let large = Setting::new(Style::Title, 25.0, WIDTH, AZURITE_DEEP).leading(32.0);
        let figure = |(label, value): (&String, &String)| {
            Ok(Figure {
                label: TextBlock::new(fonts, label, small)?,
                value: TextBlock::new(fonts, value, large)?,
                unit: TextBlock::new(fonts, &texts.hours_unit, small)?,
            })
        };
        let given = given.into_iter().filter_map(|(label, value)| Some((label, value.as_ref()?)));
        Ok(Self { figures: given.map(figure).collect::<Result<_, CertificateError>>()? })
    }

    /// In points; nothing when there are no figures.
    pub fn height(&self) -> f32 {
        if self.figures.is_empty() { 0.0 } else { HEIGHT }
    }

    pub fn draw(&self, sheet: &mut Sheet<'_, '_>, top: f32) {
        if self.figures.is_empty() {
            return;
        }
        let column = WIDTH / self.figures.len() as f32;
        sheet.decoration(|surface| {
            surface.set_stroke(None);
            surface.set_fill(Some(fill(AZURITE_WASH)));
            surface.draw_path(&rectangle(LEFT, top, WIDTH, HEIGHT));
            for index in 1..self.figures.len() {
                surface.set_fill(Some(fill(AZURITE)));
                surface.draw_path(&rectangle(LEFT + column * index as f32, top + 13.0, 0.5, HEIGHT - 26.0));
            }
            surface.set_fill(None);
            surface.set_stroke(Some(stroke(AZURITE, 0.9)));
            surface.draw_path(&horizontal(LEFT, top, WIDTH));
            surface.draw_path(&horizontal(LEFT, top + HEIGHT, WIDTH));
        });
        for (index, Figure { label, value, unit }) in self.figures.iter().enumerate() {
            let middle = LEFT + column * (index as f32 + 0.5);
            let label_node = sheet.text(label, middle - label.ink_width() / 2.0, top + LABEL_TOP);
            // The figure stands in the middle and its unit after it, so that figures align with their labels.
            let value_node = sheet.text(value, middle - value.ink_width() / 2.0, top + FIGURE_TOP);
            let after = middle + value.ink_width() / 2.0 + UNIT_GAP;
            let unit_node = sheet.text(unit, after, top + FIGURE_TOP + 13.0);
            sheet.push(Tag::P, vec![label_node, value_node, unit_node]);
        }
    }
}
