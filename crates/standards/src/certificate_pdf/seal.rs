//! A round seal of vectors: ring, star, name along the upper arc, and the mark that says it is a sample.
//!
//! Its letters are drawn as outlines: a seal is a picture, and its name must not be torn into the text around it.

use std::f32::consts::{PI, TAU};

use krilla::geom::{Path, PathBuilder, Point, Transform};
use krilla::surface::Surface;
use krilla::text::{GlyphId, KrillaGlyph};

use super::CertificateError;
use super::fonts::{Fonts, SetGlyph, Style};
use super::page::Seal;
use super::palette::{CINNABAR, WHITE, fill, finish, rectangle, stroke};

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
    arc: Vec<SetGlyph<'fonts>>,
    foot: Vec<SetGlyph<'fonts>>,
    mark: Option<Vec<SetGlyph<'fonts>>>,
}

impl<'fonts> SealDrawing<'fonts> {
    pub fn new(fonts: &'fonts Fonts, seal: &Seal) -> Result<Self, CertificateError> {
        let mark = seal.sample_mark.as_deref();
        Ok(Self {
            arc: fonts.set(Style::Title, &seal.arc)?,
            foot: fonts.set(Style::Title, &seal.foot)?,
            mark: mark.map(|mark| fonts.set(Style::Bold, mark)).transpose()?,
        })
    }

    pub fn draw(&self, surface: &mut Surface<'_>, x: f32, y: f32) {
        surface.set_fill(None);
        surface.set_stroke(Some(stroke(CINNABAR, RING)));
        surface.draw_path(&circle(x, y, RADIUS - RING / 2.0));
        surface.set_stroke(None);
        surface.set_fill(Some(fill(CINNABAR)));
        surface.draw_path(&star(x, y, STAR_RADIUS));
        self.draw_arc(surface, x, y);
        draw_outlined(surface, &self.foot, x, y + RADIUS * 0.56, 9.0, RADIUS * 1.2);
        if let Some(mark) = &self.mark {
            draw_mark(surface, mark, x, y + RADIUS * 0.86);
        }
    }

    /// Letters stand on a circle inside the ring, evenly, the middle one upright.
    fn draw_arc(&self, surface: &mut Surface<'_>, x: f32, y: f32) {
        let advances: f32 = self.arc.iter().map(|glyph| glyph.advance_em).sum();
        if advances == 0.0 {
            return;
        }
        // Size such that the letters with a quarter of air fill the arc at most.
        let middle = RADIUS - RING - 3.0 - LETTER_SIZE_MAX / 2.0;
        let size = (ARC_MAX * middle / (advances * 1.22)).min(LETTER_SIZE_MAX);
        let middle = RADIUS - RING - 3.0 - size / 2.0;
        let step = (size * 1.55 / middle).min(ARC_MAX / advances);
        let mut angle = -step * advances / 2.0;
        for glyph in &self.arc {
            angle += step * glyph.advance_em / 2.0;
            let (sine, cosine) = angle.sin_cos();
            let place = Place {
                x: x + middle * sine,
                y: y - middle * cosine,
                sine,
                cosine,
            };
            draw_outline(surface, glyph, place, size);
            angle += step * glyph.advance_em / 2.0;
        }
    }
}

/// The mark of a sample: a white strip with a red edge across the lower rim.
fn draw_mark(surface: &mut Surface<'_>, mark: &[SetGlyph<'_>], x: f32, y: f32) {
    let size = 10.5;
    let advances: f32 = mark.iter().map(|glyph| glyph.advance_em).sum();
    let width = (advances * size + 14.0).min(RADIUS * 2.4);
    surface.set_fill(Some(fill(WHITE)));
    surface.set_stroke(Some(stroke(CINNABAR, 1.2)));
    surface.draw_path(&rectangle(x - width / 2.0, y - 9.0, width, 18.0));
    surface.set_stroke(None);
    surface.set_fill(Some(fill(CINNABAR)));
    draw_outlined(surface, mark, x, y, size, width - 8.0);
}

/// Letters in a row around `x`, their middle at `y`, smaller than `size` when they would be wider than `width`.
fn draw_outlined(surface: &mut Surface<'_>, glyphs: &[SetGlyph<'_>], x: f32, y: f32, size: f32, width: f32) {
    let advances: f32 = glyphs.iter().map(|glyph| glyph.advance_em).sum();
    let size = size.min(width / advances.max(0.01));
    let mut left = x - advances * size / 2.0;
    for glyph in glyphs {
        let width = glyph.advance_em * size;
        draw_outline(
            surface,
            glyph,
            Place {
                x: left + width / 2.0,
                y,
                sine: 0.0,
                cosine: 1.0,
            },
            size,
        );
        left += width;
    }
}

/// One letter with its middle at the origin of `place`, which maps from units of `size` points.
///
/// It is drawn at a font size of 1,000, the faces' units: whole numbers make a path a third as long.
fn draw_outline(surface: &mut Surface<'_>, glyph: &SetGlyph<'_>, place: Place, size: f32) {
    const UNITS: f32 = 1_000.0;
    let scale = size / UNITS;
    let Place { x, y, sine, cosine } = place;
    let transform = Transform::from_row(cosine * scale, sine * scale, -sine * scale, cosine * scale, x, y);
    surface.push_transform(&transform);
    let text = glyph.character.to_string();
    let id = GlyphId::new(u32::from(glyph.id));
    let placed = KrillaGlyph::new(id, glyph.advance_em, 0.0, 0.0, 0.0, 0..text.len(), None);
    let start = Point::from_xy((-glyph.advance_em / 2.0 * UNITS).round(), MIDDLE_EM * UNITS);
    surface.draw_glyphs(start, &[placed], glyph.face.font.clone(), &text, UNITS, true);
    surface.pop();
}

/// Where the middle of a letter is, and how far it is turned.
struct Place {
    x: f32,
    y: f32,
    sine: f32,
    cosine: f32,
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
        if point == 0 {
            path.move_to(to_x, to_y)
        } else {
            path.line_to(to_x, to_y)
        }
    }
    path.close();
    finish(path)
}
