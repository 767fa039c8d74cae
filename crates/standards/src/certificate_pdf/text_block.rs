//! A text broken into lines of a width: measure and drawing.

use std::ops::Range;

use krilla::geom::Point;
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};

use super::CertificateError;
use super::fonts::{Fonts, SetGlyph, Style};
use super::line_break::{break_balanced, break_lines};
use super::palette::{Colour, fill};

/// Where the middle of a line's glyphs lies: ascent of a Chinese glyph for a font size of 1.
const ASCENT_EM: f32 = 0.88;
/// A line is not stretched beyond this between two glyphs, so that words stay together for those who copy the text.
const STRETCH_EM_MAX: f32 = 0.08;

/// Where the lines of a block stand between its edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    Left,
    Centre,
    Right,
    /// Both edges, but for the last line.
    Both,
}

/// How a block is set. Lengths in points.
#[derive(Debug, Clone, Copy)]
pub(super) struct Setting {
    pub style: Style,
    pub size: f32,
    pub leading: f32,
    pub width: f32,
    pub align: Align,
    pub colour: Colour,
    /// Of the first line, for a font size of 1.
    pub indent_em: f32,
    /// Between glyphs, for a font size of 1.
    pub spacing_em: f32,
    /// Lines beyond are cut, and the last kept one ends with an ellipsis.
    pub lines_max: usize,
}

impl Setting {
    /// Left-aligned lines of any number, 1.5 times their size apart.
    pub fn new(style: Style, size: f32, width: f32, colour: Colour) -> Self {
        let leading = size * 1.5;
        let (indent_em, spacing_em, lines_max) = (0.0, 0.0, usize::MAX);
        Self { style, size, leading, width, align: Align::Left, colour, indent_em, spacing_em, lines_max }
    }

    pub fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }

    pub fn leading(self, leading: f32) -> Self {
        Self { leading, ..self }
    }
}

/// A text with its lines.
pub(super) struct TextBlock<'fonts> {
    text: String,
    glyphs: Vec<SetGlyph<'fonts>>,
    lines: Vec<Range<usize>>,
    setting: Setting,
}

impl<'fonts> TextBlock<'fonts> {
    /// Break `text` into lines. An empty text has none.
    pub fn new(fonts: &'fonts Fonts, text: &str, setting: Setting) -> Result<Self, CertificateError> {
        let glyphs = fonts.set(setting.style, text)?;
        let lines = match setting.align {
            Align::Centre => break_balanced(&glyphs, &setting),
            _ => break_lines(&glyphs, &setting),
        };
        let mut block = Self { text: text.to_owned(), glyphs, lines, setting };
        if block.lines.len() > setting.lines_max {
            block.shorten(fonts)?;
        }
        Ok(block)
    }

    /// In the setting's size or, while that takes more than `lines` lines, in the next of the `smaller` sizes.
    pub fn fitting(
        fonts: &'fonts Fonts,
        text: &str,
        setting: Setting,
        smaller: &[f32],
        lines: usize,
    ) -> Result<Self, CertificateError> {
        let ratio = setting.leading / setting.size;
        let mut block = Self::new(fonts, text, setting)?;
        for &size in smaller {
            if block.lines.len() <= lines {
                break;
            }
            block = Self::new(fonts, text, Setting { size, leading: size * ratio, ..setting })?;
        }
        Ok(block)
    }

    /// What it says.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Height in points.
    pub fn height(&self) -> f32 {
        self.lines.len() as f32 * self.setting.leading
    }

    /// Width of the widest line in points.
    pub fn ink_width(&self) -> f32 {
        self.lines.iter().map(|line| self.line_width(line)).fold(0.0, f32::max)
    }

    /// Draw the lines below `top`, from `left`.
    pub fn draw(&self, surface: &mut Surface<'_>, left: f32, top: f32) {
        let Setting { size, leading, width, align, colour, indent_em, spacing_em, .. } = self.setting;
        surface.set_stroke(None);
        surface.set_fill(Some(fill(colour)));
        for (index, line) in self.lines.iter().enumerate() {
            let indent = if index == 0 { indent_em * size } else { 0.0 };
            let rest = width - indent - self.line_width(line);
            let gaps = line.len().saturating_sub(1).max(1) as f32;
            let stretch = rest / size / gaps;
            let last = index + 1 == self.lines.len();
            let (shift, extra) = match align {
                Align::Centre => (rest / 2.0, 0.0),
                Align::Right => (rest, 0.0),
                Align::Both if !last && stretch <= STRETCH_EM_MAX => (0.0, stretch),
                Align::Left | Align::Both => (0.0, 0.0),
            };
            let baseline = top + leading * index as f32 + (leading - size) / 2.0 + ASCENT_EM * size;
            let start = Point::from_xy(left + indent + shift, baseline);
            draw_glyphs(surface, &self.text, &self.glyphs[line.clone()], start, size, spacing_em + extra);
        }
    }

    fn line_width(&self, line: &Range<usize>) -> f32 {
        let advances: f32 = self.glyphs[line.clone()].iter().map(|glyph| glyph.advance_em).sum();
        let spacing = self.setting.spacing_em * line.len().saturating_sub(1) as f32;
        (advances + spacing) * self.setting.size
    }

    /// Keep `lines_max` lines and end the last with an ellipsis.
    fn shorten(&mut self, fonts: &'fonts Fonts) -> Result<(), CertificateError> {
        let Setting { style, lines_max, .. } = self.setting;
        let mut kept = self.lines[lines_max - 1].end;
        while self.lines.len() > lines_max && kept > 1 {
            kept -= 1;
            let start: String = self.glyphs[..kept].iter().map(|glyph| glyph.character).collect();
            let text = start + "…";
            let glyphs = fonts.set(style, &text)?;
            let lines = break_lines(&glyphs, &self.setting);
            (self.text, self.glyphs, self.lines) = (text, glyphs, lines);
        }
        Ok(())
    }
}

/// Draw glyphs in a row, one run a face.
pub(super) fn draw_glyphs(
    surface: &mut Surface<'_>,
    text: &str,
    glyphs: &[SetGlyph<'_>],
    start: Point,
    size: f32,
    spacing_em: f32,
) {
    let mut x = start.x;
    for run in glyphs.chunk_by(|one, next| std::ptr::eq(one.face, next.face)) {
        let placed: Vec<KrillaGlyph> = run
            .iter()
            .map(|glyph| {
                let id = GlyphId::new(u32::from(glyph.id));
                KrillaGlyph::new(id, glyph.advance_em + spacing_em, 0.0, 0.0, 0.0, glyph.bytes.clone(), None)
            })
            .collect();
        surface.draw_glyphs(Point::from_xy(x, start.y), &placed, run[0].face.font.clone(), text, size, false);
        x += size * run.iter().map(|glyph| glyph.advance_em + spacing_em).sum::<f32>();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::certificate_pdf::palette::INK;

    fn lines(text: &str, ems: f32) -> Vec<String> {
        let fonts = Fonts::embedded().unwrap();
        let block = TextBlock::new(&fonts, text, Setting::new(Style::Regular, 10.0, ems * 10.0, INK)).unwrap();
        let line = |range: &Range<usize>| block.glyphs[range.clone()].iter().map(|glyph| glyph.character).collect();
        block.lines.iter().map(line).collect()
    }

    #[test]
    fn no_line_begins_with_a_closing_mark_or_ends_with_an_opening_one() {
        assert_eq!(lines("郴州市第一人民医院，护理部", 9.0), ["郴州市第一人民医", "院，护理部"]);
        assert_eq!(lines("根据人社部的《规定》发证", 7.0), ["根据人社部的", "《规定》发证"]);
    }

    #[test]
    fn words_and_numbers_stay_whole_unless_longer_than_a_line() {
        assert_eq!(lines("第2026年度", 3.5), ["第2026", "年度"]);
        assert_eq!(lines("Chenzhou First Hospital", 6.0), ["Chenzhou", "First", "Hospital"]);
        let long = lines(&"W".repeat(40), 5.0);
        assert!(long.len() > 1 && long.concat() == "W".repeat(40));
    }

    #[test]
    fn centred_lines_are_of_about_one_length() {
        let fonts = Fonts::embedded().unwrap();
        let setting = Setting::new(Style::Regular, 10.0, 100.0, INK).align(Align::Centre);
        let block = TextBlock::new(&fonts, "郴州市人力资源和社会保", setting).unwrap();
        assert_eq!(block.lines, [0..6, 6..11]);
    }

    #[test]
    fn an_empty_text_has_no_height() {
        assert_eq!(lines("", 5.0), Vec::<String>::new());
    }

    /// Every character must come out again, whatever the width: a lost one would change a name.
    #[test]
    fn breaking_loses_nothing_but_spaces() {
        let text = "（一）《专业技术人员继续教育规定》Order No. 25, 2015——第八条……共90学时。";
        let plain: String = text.chars().filter(|character| *character != ' ').collect();
        for ems in 1..40 {
            let joined: String = lines(text, ems as f32).concat().chars().filter(|c| *c != ' ').collect();
            assert_eq!(joined, plain, "at {ems} em");
        }
    }

    #[test]
    fn a_cut_text_ends_with_an_ellipsis() {
        let fonts = Fonts::embedded().unwrap();
        let setting = Setting { lines_max: 2, ..Setting::new(Style::Regular, 10.0, 50.0, INK) };
        let block = TextBlock::new(&fonts, &"护理".repeat(20), setting).unwrap();
        assert_eq!((block.lines.len(), block.text.ends_with('…')), (2, true));
    }
}
