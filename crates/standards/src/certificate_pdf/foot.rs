//! The lower part: QR code and verification on the left, bureau, date and seal on the right.

use krilla::action::{Action, LinkAction};
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::geom::{PathBuilder, Transform};
use krilla::surface::Surface;
use krilla::tagging::Node;

use super::CertificateError;
use super::fonts::{Fonts, Style};
use super::page::CertificatePage;
use super::palette::{AZURITE, AZURITE_DEEP, BLACK, INK, INK_SOFT, area, fill, finish, push_rectangle};
use super::seal::{RADIUS, SealDrawing};
use super::sheet::{BOTTOM, LEFT, Sheet, WIDTH};
use super::text_block::{Align, Setting, TextBlock};
use crate::qr::{self, QrMatrix};

const PADDING_TOP: f32 = 8.0;
const QR_SIDE: f32 = 86.0;
const QR_GAP: f32 = 14.0;
const VERIFICATION_WIDTH: f32 = 150.0;
const BUREAU_WIDTH: f32 = WIDTH - QR_SIDE - 2.0 * QR_GAP - VERIFICATION_WIDTH;
/// Between the seal and the bureau's name below it. They do not overlap: a drawn seal would hide the letters.
const SEAL_GAP: f32 = 8.0;

/// The lower part with its texts measured.
pub(super) struct Foot<'fonts> {
    qr: QrMatrix,
    hint: TextBlock<'fonts>,
    code_label: TextBlock<'fonts>,
    code: TextBlock<'fonts>,
    url: TextBlock<'fonts>,
    bureau: TextBlock<'fonts>,
    date: TextBlock<'fonts>,
    seal: Option<SealDrawing<'fonts>>,
}

impl<'fonts> Foot<'fonts> {
    pub fn new(fonts: &'fonts Fonts, certificate: &CertificatePage) -> Result<Self, CertificateError> {
        let texts = &certificate.texts;
        let text = |style, size, colour, text: &str| {
            TextBlock::new(fonts, text, Setting::new(style, size, VERIFICATION_WIDTH, colour))
        };
        let bureau = Setting::new(Style::Bold, 13.0, BUREAU_WIDTH, INK).align(Align::Centre);
        let date = Setting::new(Style::Regular, 11.5, BUREAU_WIDTH, INK).align(Align::Centre);
        let seal = certificate.seal.as_ref();
        Ok(Self {
            qr: qr::matrix(&certificate.verification_url)?,
            hint: text(Style::Regular, 9.0, INK, &texts.verification_hint)?,
            code_label: text(Style::Regular, 8.0, INK_SOFT, &texts.verification_code_label)?,
            code: text(Style::Bold, 10.0, AZURITE_DEEP, &in_groups(&certificate.verification_code))?,
            url: text(Style::Regular, 7.5, AZURITE, &certificate.verification_url)?,
            bureau: TextBlock::fitting(fonts, &certificate.issuing_bureau, bureau, &[12.0, 11.0, 10.0], 1)?,
            date: TextBlock::new(fonts, &certificate.issue_date, date)?,
            seal: seal.map(|seal| SealDrawing::new(fonts, seal)).transpose()?,
        })
    }

    fn verification(&self) -> [&TextBlock<'fonts>; 4] {
        [&self.hint, &self.code_label, &self.code, &self.url]
    }

    /// In points.
    pub fn height(&self) -> f32 {
        let left = self.verification().iter().map(|block| block.height()).sum::<f32>() + 3.0 * 3.0;
        PADDING_TOP + left.max(self.bureau_height()).max(QR_SIDE)
    }

    fn bureau_height(&self) -> f32 {
        let seal = if self.seal.is_some() { 2.0 * RADIUS + SEAL_GAP } else { 0.0 };
        seal + self.bureau.height() + self.date.height()
    }

    /// Upper edge in points from the top of the page.
    pub fn top(&self) -> f32 {
        BOTTOM - self.height()
    }

    /// Draw it and return the printed address with the link over it, which the page takes when its surface is done.
    pub fn draw(&self, sheet: &mut Sheet<'_, '_>, certificate: &CertificatePage) -> (Node, Annotation) {
        let top = self.top() + PADDING_TOP;
        let texts = &certificate.texts;
        let qr_top = top + (BOTTOM - top - QR_SIDE) / 2.0;
        let square = area(LEFT, qr_top, QR_SIDE, QR_SIDE);
        let code = sheet.content(|surface| draw_qr(surface, &self.qr, LEFT, qr_top));
        sheet.figure(&texts.qr_alternative, square, vec![code]);

        let left = LEFT + QR_SIDE + QR_GAP;
        let height = self.verification().iter().map(|block| block.height() + 3.0).sum::<f32>() - 3.0;
        let mut y = top + (BOTTOM - top - height) / 2.0;
        for block in [&self.hint, &self.code_label, &self.code] {
            if block.height() > 0.0 {
                sheet.paragraph(block, left, y);
            }
            y += block.height() + 3.0;
        }
        let address = sheet.text(&self.url, left, y);
        self.draw_bureau(sheet, top, texts.seal_alternative.as_str());
        let link = LinkAnnotation::new(
            area(left, y, self.url.ink_width(), self.url.height()),
            Target::Action(Action::Link(LinkAction::new(certificate.verification_url.clone()))),
        );
        (address, Annotation::new_link(link, Some(texts.qr_alternative.clone())))
    }

    fn draw_bureau(&self, sheet: &mut Sheet<'_, '_>, top: f32, seal_alternative: &str) {
        let left = LEFT + WIDTH - BUREAU_WIDTH;
        let mut y = top + (BOTTOM - top - self.bureau_height()) / 2.0;
        if let Some(seal) = &self.seal {
            let x = left + BUREAU_WIDTH / 2.0;
            let square = area(x - RADIUS, y, 2.0 * RADIUS, 2.0 * RADIUS);
            let contents = seal.draw(sheet, x, y + RADIUS);
            sheet.figure(seal_alternative, square, contents);
            y += 2.0 * RADIUS + SEAL_GAP;
        }
        sheet.paragraph(&self.bureau, left, y);
        sheet.paragraph(&self.date, left, y + self.bureau.height());
    }
}

/// All dark modules as one path in whole modules, which makes it a third as long as one in points.
fn draw_qr(surface: &mut Surface<'_>, qr: &QrMatrix, left: f32, top: f32) {
    let module = QR_SIDE / qr.size() as f32;
    let mut path = PathBuilder::new();
    for run in qr.runs() {
        push_rectangle(&mut path, run.x as f32, run.y as f32, run.length as f32, 1.0);
    }
    surface.push_transform(&Transform::from_row(module, 0.0, 0.0, module, left, top));
    surface.set_stroke(None);
    surface.set_fill(Some(fill(BLACK)));
    surface.draw_path(&finish(path));
    surface.pop();
}

/// A verification code in groups of four, as a person reads it out; one that has its own groups keeps them.
fn in_groups(code: &str) -> String {
    if code.contains('-') {
        return code.to_owned();
    }
    let characters: Vec<char> = code.chars().collect();
    characters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_printed_in_groups_of_four() {
        assert_eq!(in_groups("ABCDEFGHJK"), "ABCD-EFGH-JK");
        assert_eq!(in_groups("ABCDE-FGHJK"), "ABCDE-FGHJK");
        assert_eq!(in_groups(""), "");
    }
}
