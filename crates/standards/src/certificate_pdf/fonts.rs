//! The faces a certificate is set in, and which of them writes a character.

use std::collections::HashMap;
use std::ops::Range;

use krilla::text::Font;

use super::CertificateError;

static REGULAR: &[u8] = include_bytes!("../../fonts/JixueSans-Regular.ttf");
static BOLD: &[u8] = include_bytes!("../../fonts/JixueSans-Bold.ttf");
static TITLE: &[u8] = include_bytes!("../../fonts/JixueTitle-Bold.ttf");

/// The typefaces of a certificate. Reading them costs some milliseconds: make one and keep it.
pub struct Fonts {
    regular: Face,
    bold: Face,
    title: Face,
    extra: Vec<Face>,
}

/// How a text is to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    /// Sans; knows every character that we can offer.
    Regular,
    /// Bold sans for labels and headings; a text it cannot write whole is set in Regular.
    Bold,
    /// Bold serif for titles and large figures; a text it cannot write whole is set in Bold.
    Title,
}

/// One typeface with its characters.
pub(super) struct Face {
    pub font: Font,
    glyphs: HashMap<char, Glyph>,
}

#[derive(Clone, Copy)]
struct Glyph {
    id: u16,
    advance_em: f32,
}

/// A character set in a face.
#[derive(Clone)]
pub(super) struct SetGlyph<'fonts> {
    pub face: &'fonts Face,
    pub id: u16,
    pub character: char,
    /// Its bytes in the text.
    pub bytes: Range<usize>,
    /// Width for a font size of 1.
    pub advance_em: f32,
}

impl Fonts {
    /// The faces that this crate carries.
    ///
    /// # Errors
    /// None with the faces of this repository, which a test reads.
    pub fn embedded() -> Result<Self, CertificateError> {
        Self::with_extra_faces(Vec::new())
    }

    /// As [`Fonts::embedded`], with full font files (TrueType or OpenType, first face) for characters those lack.
    ///
    /// # Errors
    /// [`CertificateError::BadFont`] for a file that is not a font.
    pub fn with_extra_faces(files: Vec<Vec<u8>>) -> Result<Self, CertificateError> {
        let carried = |bytes: &'static [u8]| {
            Face::read(bytes, Font::new(bytes.into(), 0)).ok_or(CertificateError::BadFont { index: 0 })
        };
        let extra = files.into_iter().enumerate().map(|(index, bytes)| {
            let font = Font::new(bytes.clone().into(), 0);
            Face::read(&bytes, font).ok_or(CertificateError::BadFont { index })
        });
        Ok(Self {
            regular: carried(REGULAR)?,
            bold: carried(BOLD)?,
            title: carried(TITLE)?,
            extra: extra.collect::<Result<_, _>>()?,
        })
    }

    /// Set `text`, one glyph a character: neither Chinese nor our Latin needs shaping.
    ///
    /// # Errors
    /// [`CertificateError::MissingGlyph`] names the first character that no face has, control characters included.
    pub(super) fn set(&self, style: Style, text: &str) -> Result<Vec<SetGlyph<'_>>, CertificateError> {
        let whole = |face: &Face| text.chars().all(|character| face.glyphs.contains_key(&character));
        let first = match style {
            Style::Title if whole(&self.title) => &self.title,
            Style::Title | Style::Bold if whole(&self.bold) => &self.bold,
            _ => &self.regular,
        };
        let set = |(at, character): (usize, char)| {
            let mut faces = std::iter::once(first).chain(&self.extra);
            let found = faces.find_map(|face| Some((face, *face.glyphs.get(&character)?)));
            let (face, glyph) = found.ok_or(CertificateError::MissingGlyph { character })?;
            let bytes = at..at + character.len_utf8();
            Ok(SetGlyph { face, id: glyph.id, character, bytes, advance_em: glyph.advance_em })
        };
        text.char_indices().map(set).collect()
    }
}

impl Face {
    fn read(bytes: &[u8], font: Option<Font>) -> Option<Self> {
        let face = ttf_parser::Face::parse(bytes, 0).ok()?;
        let per_em = f32::from(face.units_per_em());
        let mut glyphs = HashMap::new();
        let tables = face.tables().cmap?.subtables.into_iter().filter(|table| table.is_unicode());
        for table in tables {
            table.codepoints(|code| {
                let character = char::from_u32(code).filter(|character| !character.is_control());
                let id = table.glyph_index(code).filter(|id| id.0 != 0);
                if let (Some(character), Some(id)) = (character, id) {
                    let advance_em = f32::from(face.glyph_hor_advance(id).unwrap_or(0)) / per_em;
                    glyphs.insert(character, Glyph { id: id.0, advance_em });
                }
            });
        }
        Some(Self { font: font?, glyphs })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn missing(fonts: &Fonts, style: Style, text: &str) -> Option<char> {
        match fonts.set(style, text) {
            Err(CertificateError::MissingGlyph { character }) => Some(character),
            _ => None,
        }
    }

    /// A teacher whose name shows as an empty box does not have a certificate.
    #[test]
    fn the_carried_faces_write_names_that_gb_2312_lacks() {
        let fonts = Fonts::embedded().unwrap();
        for name in ["王玥珺", "赵璟瑄", "李喆堃", "陈犇骉", "刘䶮", "张赟翀", "吴旻垚", "周囍", "欧阳昇", "郑頔"]
        {
            for style in [Style::Regular, Style::Bold, Style::Title] {
                assert_eq!(missing(&fonts, style, name), None, "{name}");
            }
        }
    }

    #[test]
    fn a_character_without_a_glyph_is_named() {
        let fonts = Fonts::embedded().unwrap();
        assert_eq!(missing(&fonts, Style::Regular, "王𰻝"), Some('𰻝'));
        assert_eq!(missing(&fonts, Style::Bold, "王\n明"), Some('\n'));
    }

    /// A line in two weights looks like a forgery.
    #[test]
    fn a_line_keeps_one_face() {
        let fonts = Fonts::embedded().unwrap();
        let faces = |style, text: &str| {
            let set = fonts.set(style, text).unwrap();
            set.iter().map(|glyph| std::ptr::from_ref(glyph.face)).collect::<Vec<_>>()
        };
        assert!(faces(Style::Title, "继续教育证书").iter().all(|&face| std::ptr::eq(face, &fonts.title)));
        assert!(faces(Style::Title, "妇幼保健院").iter().all(|&face| std::ptr::eq(face, &fonts.bold)));
        assert!(faces(Style::Bold, "王玥").iter().all(|&face| std::ptr::eq(face, &fonts.regular)));
    }

    #[test]
    fn what_is_not_a_font_is_refused_by_its_place() {
        let refused = Fonts::with_extra_faces(vec![REGULAR.to_vec(), b"no font".to_vec()]);
        assert!(matches!(refused.err(), Some(CertificateError::BadFont { index: 1 })));
    }
}
