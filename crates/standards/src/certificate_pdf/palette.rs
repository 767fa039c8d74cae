//! Colours and lines: the visual language of the pages, on paper.

use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Rect};
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, LineCap, Stroke, StrokeDash};

/// Red, green, blue.
pub(super) type Colour = (u8, u8, u8);

pub(super) const INK: Colour = (0x1d, 0x21, 0x29);
pub(super) const INK_SOFT: Colour = (0x56, 0x5d, 0x6b);
pub(super) const LINE: Colour = (0xcf, 0xc9, 0xbb);
pub(super) const AZURITE: Colour = (0x0f, 0x60, 0x73);
pub(super) const AZURITE_DEEP: Colour = (0x0a, 0x46, 0x54);
pub(super) const AZURITE_WASH: Colour = (0xe7, 0xf1, 0xf2);
pub(super) const CINNABAR: Colour = (0xb3, 0x32, 0x1d);
pub(super) const WHITE: Colour = (0xff, 0xff, 0xff);
pub(super) const BLACK: Colour = (0, 0, 0);

/// An opaque fill.
pub(super) fn fill((red, green, blue): Colour) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), opacity: NormalizedF32::ONE, ..Fill::default() }
}

/// An opaque line of `width` points.
pub(super) fn stroke((red, green, blue): Colour, width: f32) -> Stroke {
    Stroke { paint: rgb::Color::new(red, green, blue).into(), width, ..Stroke::default() }
}

/// Round beads `pitch` points apart.
pub(super) fn beads(colour: Colour, width: f32, pitch: f32) -> Stroke {
    let dash = StrokeDash { array: vec![0.0, pitch], offset: 0.0 };
    Stroke { line_cap: LineCap::Round, dash: Some(dash), ..stroke(colour, width) }
}

/// A rectangle of positive size; a size of nothing becomes a hair.
pub(super) fn rectangle(x: f32, y: f32, width: f32, height: f32) -> Path {
    let mut path = PathBuilder::new();
    push_rectangle(&mut path, x, y, width, height);
    finish(path)
}

/// Add a rectangle to a path.
pub(super) fn push_rectangle(path: &mut PathBuilder, x: f32, y: f32, width: f32, height: f32) {
    path.push_rect(area(x, y, width, height));
}

/// The area of a rectangle.
pub(super) fn area(x: f32, y: f32, width: f32, height: f32) -> Rect {
    Rect::from_xywh(x, y, width.max(0.01), height.max(0.01)).expect("a finite rectangle of positive size")
}

/// A horizontal line.
pub(super) fn horizontal(x: f32, y: f32, width: f32) -> Path {
    let mut path = PathBuilder::new();
    path.move_to(x, y);
    path.line_to(x + width.max(0.01), y);
    finish(path)
}

/// The path of a builder that holds at least one segment.
pub(super) fn finish(path: PathBuilder) -> Path {
    path.finish().expect("a path of finite segments")
}
