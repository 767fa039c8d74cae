//! The page being drawn, and the structure that a screen reader follows.

use krilla::geom::Rect;
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, BBox, ContentTag, Identifier, Node, SpanTag, Tag, TagGroup, TagKind};

use super::fonts::Fonts;
use super::text_block::TextBlock;

/// A4, in points.
pub(super) const PAGE_WIDTH: f32 = 595.276;
pub(super) const PAGE_HEIGHT: f32 = 841.89;
/// Left edge of everything inside the frame.
pub(super) const LEFT: f32 = 66.0;
/// Width of everything inside the frame.
pub(super) const WIDTH: f32 = PAGE_WIDTH - 2.0 * LEFT;
/// Lower edge of everything inside the frame.
pub(super) const BOTTOM: f32 = PAGE_HEIGHT - 57.0;

/// How closely a page is set: a short certificate fills its page with air, a long one keeps fourteen lines of table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Density {
    Roomy,
    Dense,
}

impl Density {
    /// The measure for this density.
    pub fn pick<T>(self, roomy: T, dense: T) -> T {
        match self {
            Self::Roomy => roomy,
            Self::Dense => dense,
        }
    }
}

/// One page and its structure so far.
pub(super) struct Sheet<'page, 'fonts> {
    pub surface: Surface<'page>,
    pub fonts: &'fonts Fonts,
    /// What has been drawn, in reading order.
    pub nodes: Vec<Node>,
}

impl Sheet<'_, '_> {
    /// Draw lines and grounds that mean nothing when read aloud.
    pub fn decoration(&mut self, draw: impl FnOnce(&mut Surface<'_>)) {
        let artifact = Artifact::with_kind(ArtifactType::Layout);
        self.surface.start_tagged(ContentTag::Artifact(artifact));
        draw(&mut self.surface);
        self.surface.end_tagged();
    }

    /// Draw content and return what the structure calls it.
    pub fn content(&mut self, draw: impl FnOnce(&mut Surface<'_>)) -> Node {
        let identifier: Identifier = self.surface.start_tagged(ContentTag::Other);
        draw(&mut self.surface);
        self.surface.end_tagged();
        identifier.into()
    }

    /// Draw a text and return its content.
    pub fn text(&mut self, block: &TextBlock<'_>, left: f32, top: f32) -> Node {
        self.content(|surface| block.draw(surface, left, top))
    }

    /// Draw a text as a paragraph of its own.
    pub fn paragraph(&mut self, block: &TextBlock<'_>, left: f32, top: f32) {
        let node = self.text(block, left, top);
        self.push(Tag::P, vec![node]);
    }

    /// Draw letters that stand apart, and say how they read together.
    pub fn spelled(&mut self, text: &str, draw: impl FnOnce(&mut Surface<'_>)) -> Node {
        let span = SpanTag::empty().with_actual_text(Some(text));
        let identifier = self.surface.start_tagged(ContentTag::Span(span));
        draw(&mut self.surface);
        self.surface.end_tagged();
        identifier.into()
    }

    /// Make what has been drawn within `area` a figure that is read as `alternative`.
    pub fn figure(&mut self, alternative: &str, area: Rect, contents: Vec<Node>) {
        let tag = Tag::Figure(Some(alternative.to_owned())).with_bbox(Some(BBox::new(0, area)));
        self.push(tag, contents);
    }

    /// Add to the structure.
    pub fn push(&mut self, tag: impl Into<TagKind>, children: Vec<Node>) {
        self.nodes.push(TagGroup::with_children(tag, children).into());
    }

    /// End the drawing and hand out the structure.
    pub fn finish(self) -> Vec<Node> {
        self.surface.finish();
        self.nodes
    }
}
