//! QR codes as a matrix for drawing and as SVG that may stand inside a page.

use std::fmt::Write as _;

use fast_qr::{ECL, QRBuilder};

/// Light modules around a code, on each side, that scanners need (ISO/IEC 18004, 9.1).
pub const QUIET_ZONE_MODULES: usize = 4;

/// Why a text has no QR code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QrError {
    /// More bytes than the largest code holds at the chosen error correction (2,331 bytes at level M).
    #[error("a text of {bytes} bytes does not fit a QR code")]
    TooLong {
        /// Length of the text refused.
        bytes: usize,
    },
}

/// The modules of a QR code without its quiet zone, in rows from the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrMatrix {
    size: usize,
    dark: Vec<bool>,
}

/// A horizontal stretch of dark modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DarkRun {
    /// Column of the first dark module.
    pub x: usize,
    /// Row, from the top.
    pub y: usize,
    /// How many modules are dark one after another, at least one.
    pub length: usize,
}

impl QrMatrix {
    /// Modules on a side.
    pub fn size(&self) -> usize {
        self.size
    }

    /// Whether the module in column `x` of row `y` is dark; outside the code everything is light.
    pub fn is_dark(&self, x: usize, y: usize) -> bool {
        x < self.size && y < self.size && self.dark[y * self.size + x]
    }

    /// Dark modules merged into horizontal runs, so that a drawing has one rectangle a run.
    pub fn runs(&self) -> Vec<DarkRun> {
        let mut runs = Vec::new();
        for y in 0..self.size {
            let mut x = 0;
            while x < self.size {
                let length = (x..self.size).take_while(|&column| self.is_dark(column, y)).count();
                if length > 0 {
                    runs.push(DarkRun { x, y, length });
                }
                x += length.max(1);
            }
        }
        runs
    }

    /// The code as an SVG element: white ground with the quiet zone, one path for all dark modules.
    ///
    /// It carries neither inline style nor a role or label: the element around it says what the code is for.
    pub fn svg(&self) -> String {
        let side = self.size + 2 * QUIET_ZONE_MODULES;
        let mut svg = format!(
            r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges"><path fill="#fff" d="M0 0h{side}v{side}H0z"/><path fill="#000" d=""##
        );
        for DarkRun { x, y, length } in self.runs() {
            let (left, top) = (x + QUIET_ZONE_MODULES, y + QUIET_ZONE_MODULES);
            // Writing to a String cannot fail.
            let _ = write!(svg, "M{left} {top}h{length}v1h-{length}z");
        }
        svg.push_str(r#""/></svg>"#);
        svg
    }
}

/// The QR code of `text` (UTF-8 bytes, error correction level M).
///
/// # Errors
/// [`QrError::TooLong`] when no code holds the text.
pub fn matrix(text: &str) -> Result<QrMatrix, QrError> {
    let code = QRBuilder::new(text).ecl(ECL::M).build().map_err(|_| QrError::TooLong { bytes: text.len() })?;
    let size = code.size;
    let dark = (0..size * size).map(|index| code.data[index].value()).collect();
    Ok(QrMatrix { size, dark })
}

/// The QR code of `text` as an SVG element; see [`QrMatrix::svg`].
///
/// # Panics
/// When the text is longer than a code holds (2,331 bytes). Use [`matrix`] for text of unknown length.
pub fn svg(text: &str) -> String {
    match matrix(text) {
        Ok(matrix) => matrix.svg(),
        Err(error) => panic!("{error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A scanner that finds no quiet zone does not see the code at all.
    #[test]
    fn the_svg_has_a_white_quiet_zone_and_no_inline_style() {
        let matrix = matrix("weixin://wxpay/bizpayurl?pr=abc").unwrap();
        let svg = matrix.svg();
        let side = matrix.size() + 8;
        assert!(svg.contains(&format!(r#"viewBox="0 0 {side} {side}""#)));
        assert!(svg.contains(&format!(r##"fill="#fff" d="M0 0h{side}v{side}H0z""##)));
        assert!(!svg.contains("style") && !svg.contains("role="));
        assert!(svg.contains("M4 4h7v1h-7z"), "the finder pattern begins after the quiet zone");
    }

    /// Merged runs must draw just the dark modules: one lost module can make a code unreadable.
    #[test]
    fn runs_cover_exactly_the_dark_modules() {
        let matrix = matrix("https://cz.example.cn/v/8F3K-22QX?k=0123456789abcdef").unwrap();
        let mut drawn = vec![false; matrix.size() * matrix.size()];
        for run in matrix.runs() {
            for x in run.x..run.x + run.length {
                assert!(!std::mem::replace(&mut drawn[run.y * matrix.size() + x], true));
            }
        }
        assert_eq!(drawn, matrix.dark);
        assert!(!matrix.is_dark(matrix.size(), 0));
    }

    #[test]
    fn a_text_beyond_the_largest_code_is_refused() {
        assert!(matrix(&"a".repeat(2_331)).is_ok());
        assert_eq!(matrix(&"a".repeat(2_332)), Err(QrError::TooLong { bytes: 2_332 }));
    }
}
