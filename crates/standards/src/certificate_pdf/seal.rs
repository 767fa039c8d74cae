//! A round seal of vectors: ring, star, name along the upper arc, and the mark that says it is a sample.

use std::f32::consts::{PI, TAU};

use krilla::geom::{Path, PathBuilder, Point, Transform};
use krilla::tagging::Node;

use super::CertificateError;
use super::fonts::{Fonts, SetGlyph, Style};
use super::page::Seal;
use super::palette::{CINNABAR, WHITE, fill, finish, rectangle, stroke};
use super::sheet::Sheet;
use super::text_block::draw_glyphs;

/// Outer radius in points.
pub(super) const RADIUS: f32 = 51.0;
const RING: f32 = 2.4;
const STAR_RADIUS: f32 = 15.5;
/// The widest arc of a name, in radians.
const ARC_MAX: f32 = 250.0 / 360.0 * TAU;
const LETTER_SIZE_MAX: f32 = 14.0;
/// Middle of a Chinese glyph above its baseline, for a font size of 1.
const MIDDLE_EM: f32 = 0.38;

/// A seal whose glyphs have been found.
pub(super) struct SealDrawing<'fonts> {
    arc: Lettering<'fonts>,
    foot: Lettering<'fonts>,
    mark: Option<Lettering<'fonts>>,
}

struct Lettering<'fonts> {
    text: String,
    glyphs: Vec<SetGlyph<'fonts>>,
    /// Width for a font size of 1.
    width_em: f32,
}

impl<'fonts> SealDrawing<'fonts> {
    pub fn new(fonts: &'fonts Fonts, seal: &Seal) -> Result<Self, CertificateError> {
        let mark = seal.sample_mark.as_deref();
        Ok(Self {
            arc: Lettering::new(fonts, Style::Title, &seal.arc)?,
            foot: Lettering::new(fonts, Style::Title, &seal.foot)?,
            mark: mark.map(|mark| Lettering::new(fonts, Style::Bold, mark)).transpose()?,
        })
    }

    /// Draw it around `x`, `y`; returns its contents.
    pub fn draw(&self, sheet: &mut Sheet<'_, '_>, x: f32, y: f32) -> Vec<Node> {
        let mut nodes = vec![sheet.content(|surface| {
            surface.set_fill(None);
            surface.set_stroke(Some(stroke(CINNABAR, RING)));
            surface.draw_path(&circle(x, y, RADIUS - RING / 2.0));
            surface.set_stroke(None);
            surface.set_fill(Some(fill(CINNABAR)));
            surface.draw_path(&star(x, y, STAR_RADIUS));
        })];
        if !self.arc.glyphs.is_empty() {
            nodes.push(self.arc.draw_arc(sheet, x, y));
        }
        if !self.foot.glyphs.is_empty() {
            nodes.push(self.foot.draw_row(sheet, x, y + RADIUS * 0.56, 9.0, RADIUS * 1.2));
        }
        if let Some(mark) = &self.mark {
            nodes.push(mark.draw_mark(sheet, x, y + RADIUS * 0.86));
        }
        nodes
    }
}

impl<'fonts> Lettering<'fonts> {
    fn new(fonts: &'fonts Fonts, style: Style, text: &str) -> Result<Self, CertificateError> {
        let glyphs = fonts.set(style, text)?;
        let width_em = glyphs.iter().map(|glyph| glyph.advance_em).sum();
        Ok(Self { text: text.to_owned(), glyphs, width_em })
    }

    /// Letters on a circle inside the ring, evenly, the middle one upright. Whoever copies them gets the name whole.
    fn draw_arc(&self, sheet: &mut Sheet<'_, '_>, x: f32, y: f32) -> Node {
        // Size such that the letters with a quarter of air fill the arc at most.
        let middle = RADIUS - RING - 3.0 - LETTER_SIZE_MAX / 2.0;
        let size = (ARC_MAX * middle / (self.width_em * 1.22)).min(LETTER_SIZE_MAX);
        let middle = RADIUS - RING - 3.0 - size / 2.0;
        let step = (size * 1.55 / middle).min(ARC_MAX / self.width_em);
        let mut angle = -step * self.width_em / 2.0;
        sheet.spelled(&self.text, |surface| {
            for glyph in &self.glyphs {
                let half = glyph.advance_em / 2.0;
                angle += step * half;
                let (sine, cosine) = angle.sin_cos();
                let (middle_x, middle_y) = (x + middle * sine, y - middle * cosine);
                surface.push_transform(&Transform::from_row(cosine, sine, -sine, cosine, middle_x, middle_y));
                let start = Point::from_xy(-size * half, size * MIDDLE_EM);
                draw_glyphs(surface, &self.text, std::slice::from_ref(glyph), start, size, 0.0);
                surface.pop();
                angle += step * half;
            }
        })
    }

    /// Letters in a row, their middle at `x` and `y`, smaller than `size` when they would be wider than `width`.
    fn draw_row(&self, sheet: &mut Sheet<'_, '_>, x: f32, y: f32, size: f32, width: f32) -> Node {
        let size = size.min(width / self.width_em.max(0.01));
        let start = Point::from_xy(x - self.width_em * size / 2.0, y + size * MIDDLE_EM);
        sheet.content(|surface| draw_glyphs(surface, &self.text, &self.glyphs, start, size, 0.0))
    }

    /// The mark of a sample: letters on a white strip with a red edge across the lower rim.
    fn draw_mark(&self, sheet: &mut Sheet<'_, '_>, x: f32, y: f32) -> Node {
        let size = 10.5;
        let width = (self.width_em * size + 14.0).min(RADIUS * 2.4);
        sheet.decoration(|surface| {
            surface.set_fill(Some(fill(WHITE)));
            surface.set_stroke(Some(stroke(CINNABAR, 1.2)));
            surface.draw_path(&rectangle(x - width / 2.0, y - 9.0, width, 18.0));
            surface.set_stroke(None);
            surface.set_fill(Some(fill(CINNABAR)));
        });
        self.draw_row(sheet, x, y, size, width - 8.0)
    }
}

/// Four cubic arcs.
fn circle(x: f32, y: f32, radius: f32) -> Path {
    let reach = radius * 0.552_285;
    let mut path = PathBuilder::new();
    path.move_to(x + radius, y);
    path.cubic_to(x + radius, y + reach, x + reach, y + radius, x, y + radius);
    path.cubic_to(x - reach, y + radius, x - radius, y + reach, x - radius, y);
    path.cubic_to(x - radius, y - reach, x - reach, y - radius, x, y - radius);
    path.cubic_to(x + reach, y - radius, x + radius, y - reach, x + radius, y);
    path.close();
    finish(path)
}

/// A five-pointed star, one point up.
fn star(x: f32, y: f32, radius: f32) -> Path {
    // The inner points of a regular star lie on a circle smaller by cos 72° / cos 36°.
    let inner = radius * (TAU / 5.0).cos() / (PI / 5.0).cos();
    let mut path = PathBuilder::new();
    for point in 0..10 {
        let distance = if point % 2 == 0 { radius } else { inner };
        let (sine, cosine) = (PI / 5.0 * point as f32).sin_cos();
        let (to_x, to_y) = (x + distance * sine, y - distance * cosine);
        if point == 0 { path.move_to(to_x, to_y) } else { path.line_to(to_x, to_y) }
    }
    path.close();
    finish(path)
}
